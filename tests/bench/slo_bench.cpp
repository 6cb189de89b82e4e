// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

// To count a call, from so many threads.
static void slo_record(benchmark::State& state) {
  static og_slo* const slo = [] {
    og_slo* made = nullptr;
    og_slo_create(nullptr, nullptr, &made, nullptr);
    return made;
  }();
  for (auto _ : state) benchmark::DoNotOptimize(og_slo_record(slo, 1, 1));
}
BENCHMARK(slo_record)->Threads(1)->Threads(2);

// To ask whether somebody is to be called, of three days that burn in every window's half.
static void slo_state(benchmark::State& state) {
  og_slo* slo = nullptr;
  og_slo_create(nullptr, nullptr, &slo, nullptr);
  constexpr int64_t kBucket = 300'000'000'000;
  for (int64_t i = 0; i < 864; ++i) {
    og_slo_good_at(slo, 999, i * kBucket);
    og_slo_bad_at(slo, i > 792 ? 2 : 0, i * kBucket);
  }
  for (auto _ : state) benchmark::DoNotOptimize(og_slo_state_at(slo, 864 * kBucket));
  og_slo_destroy(&slo);
}
BENCHMARK(slo_state);
