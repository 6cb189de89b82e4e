// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

static og_breaker* shared_breaker() {
  static og_breaker* breaker = [] {
    og_breaker* made = nullptr;
    og_breaker_create(nullptr, nullptr, &made, nullptr);
    return made;
  }();
  return breaker;
}

static void breaker_enter_exit(benchmark::State& state) {
  og_breaker* breaker = shared_breaker();
  for (auto _ : state) {
    int64_t permit = og_breaker_enter(breaker);
    benchmark::DoNotOptimize(og_breaker_exit(breaker, permit, 1));
  }
  state.SetLabel("call+call");
}
BENCHMARK(breaker_enter_exit)->Threads(1)->Threads(2);

static void breaker_refused(benchmark::State& state) {
  og_breaker* breaker = nullptr;
  og_breaker_create(nullptr, nullptr, &breaker, nullptr);
  og_breaker_force_open(breaker);
  for (auto _ : state) benchmark::DoNotOptimize(og_breaker_enter(breaker));
  state.SetLabel("clock+call");
  og_breaker_destroy(&breaker);
}
BENCHMARK(breaker_refused);
