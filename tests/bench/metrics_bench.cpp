// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

static og_metrics* shared_metrics() {
  static og_metrics* metrics = [] {
    og_metrics* made = nullptr;
    og_metrics_create(nullptr, &made, nullptr);
    return made;
  }();
  return metrics;
}

static void metrics_increment(benchmark::State& state) {
  int32_t id = og_metrics_counter(shared_metrics(), "bench_total", "Bench.", nullptr, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_metrics_increment(shared_metrics(), id, 1));
}
BENCHMARK(metrics_increment)->Threads(1)->Threads(2);

static void metrics_observe(benchmark::State& state) {
  int32_t id = og_metrics_histogram(shared_metrics(), "bench_seconds", "Bench.", nullptr, nullptr);
  int64_t ns = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_metrics_observe(shared_metrics(), id, ns += 1000));
  }
}
BENCHMARK(metrics_observe)->Threads(1)->Threads(2);
