// SPDX-License-Identifier: Apache-2.0
// What every decision is a multiple of: a call through the shared library, a read of the system
// clock (without the call), a compare-and-swap, a hash of a 16-byte key.
#include <benchmark/benchmark.h>
#include <outgrow.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <atomic>
#include <cstdint>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static void floor_call(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(og_breaker_state(nullptr));
}
BENCHMARK(floor_call);

// The least that a clock can cost: the counter and one multiplication, else the kernel's.
static void floor_clock(benchmark::State& state) {
#if defined(__x86_64__)
  uint64_t rate = 1431655765;
  benchmark::DoNotOptimize(rate);
  for (auto _ : state) benchmark::DoNotOptimize((__rdtsc() * rate) >> 32);
#else
  og_clock* clock = nullptr;
  og_clock_create_monotonic(&clock, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_clock_now(clock));
  og_clock_destroy(&clock);
#endif
}
BENCHMARK(floor_clock);

static void clock_now(benchmark::State& state, og_status (*create)(og_clock**, og_error**)) {
  og_clock* clock = nullptr;
  create(&clock, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_clock_now(clock));
  og_clock_destroy(&clock);
  state.SetLabel("clock+call");
}
BENCHMARK_CAPTURE(clock_now, system, og_clock_create_system);
BENCHMARK_CAPTURE(clock_now, monotonic, og_clock_create_monotonic);
BENCHMARK_CAPTURE(clock_now, coarse, og_clock_create_coarse);

static void floor_hash(benchmark::State& state) {
  std::string key = "client-000012345";
  for (auto _ : state) {
    benchmark::DoNotOptimize(key.data());
    benchmark::DoNotOptimize(XXH3_64bits(key.data(), key.size()));
  }
}
BENCHMARK(floor_hash);

static void floor_cas(benchmark::State& state) {
  static std::atomic<int64_t> word;
  for (auto _ : state) {
    int64_t seen = word.load(std::memory_order_relaxed);
    benchmark::DoNotOptimize(word.compare_exchange_strong(seen, seen + 1));
  }
}
BENCHMARK(floor_cas)->Threads(1)->Threads(2);
