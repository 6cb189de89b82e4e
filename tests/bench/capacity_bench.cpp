// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <algorithm>

namespace {

og_capacity* planner(int64_t observations) {
  og_config* config = nullptr;
  og_capacity* capacity = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "service_ms", "100ms");
  og_capacity_create(config, &capacity, nullptr);
  og_config_destroy(&config);
  for (int64_t i = 0; i < observations; ++i) {
    const double n = 1.0 + static_cast<double>(i % 64), noise = static_cast<double>(i % 7) - 3;
    const double x = 100 * n / (1 + 0.03 * (n - 1) + 1e-3 * n * (n - 1));
    og_capacity_observe(capacity, n, std::max(x + noise, 1.0));
  }
  return capacity;
}

}  // namespace

// A fit of so many observations, each time anew.
static void capacity_fit(benchmark::State& state) {
  og_capacity* capacity = planner(state.range(0));
  for (auto _ : state) {
    og_usl* usl = nullptr;
    og_capacity_observe(capacity, 8, 600);
    og_capacity_fit(capacity, &usl, nullptr);
    benchmark::DoNotOptimize(usl);
    og_usl_destroy(&usl);
  }
  og_capacity_destroy(&capacity);
}
BENCHMARK(capacity_fit)->Arg(32)->Arg(1000);

// The fewest instances for so many erlangs.
static void capacity_staff(benchmark::State& state) {
  og_capacity* capacity = planner(0);
  const double rate = static_cast<double>(state.range(0)) * 600;
  for (auto _ : state) {
    og_staffing* staffing = nullptr;
    og_capacity_staff(capacity, rate, &staffing, nullptr);
    benchmark::DoNotOptimize(staffing);
    og_staffing_destroy(&staffing);
  }
  og_capacity_destroy(&capacity);
}
BENCHMARK(capacity_staff)->Arg(10)->Arg(10'000);
