// SPDX-License-Identifier: Apache-2.0
// What every decision is a multiple of: a call through the shared library, a clock read, a CAS.
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <atomic>
#include <cstdint>

static void floor_call(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(og_breaker_state(nullptr));
}
BENCHMARK(floor_call);

static void floor_clock(benchmark::State& state) {
  og_clock* clock = nullptr;
  og_clock_create_system(&clock, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_clock_now(clock));
  og_clock_destroy(&clock);
}
BENCHMARK(floor_clock);

static void floor_kernel_clock(benchmark::State& state) {
  og_clock* clock = nullptr;
  og_clock_create_monotonic(&clock, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_clock_now(clock));
  og_clock_destroy(&clock);
}
BENCHMARK(floor_kernel_clock);

static void floor_cas(benchmark::State& state) {
  static std::atomic<int64_t> word;
  for (auto _ : state) {
    int64_t seen = word.load(std::memory_order_relaxed);
    benchmark::DoNotOptimize(word.compare_exchange_strong(seen, seen + 1));
  }
}
BENCHMARK(floor_cas)->Threads(1)->Threads(2);
