// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

// A minute of an autoscaler's life, with two days behind it: five metrics in, one decision out.
static void autoscaler_minute(benchmark::State& state, const char* predictor) {
  og_config* config = nullptr;
  og_autoscaler* autoscaler = nullptr;
  og_clock* clock = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "predictor", predictor);
  og_config_set_int(config, "initial_instances", 1);
  og_clock_create_manual(0, &clock, nullptr);
  og_autoscaler_create(config, clock, &autoscaler, nullptr);
  int64_t minute = 0;
  auto live = [&] {
    const int64_t now = ++minute * 60'000'000'000;
    og_autoscaler_observe_at(autoscaler, static_cast<double>(minute % 90), 50,
                             static_cast<double>(1000 + minute % 777), 100, 0, now);
    return og_autoscaler_decide_at(autoscaler, now);
  };
  for (int i = 0; i < 2 * 1440; ++i) live();
  for (auto _ : state) benchmark::DoNotOptimize(live());
  og_autoscaler_destroy(&autoscaler);
  og_clock_destroy(&clock);
  og_config_destroy(&config);
}
BENCHMARK_CAPTURE(autoscaler_minute, reactive, "none");
BENCHMARK_CAPTURE(autoscaler_minute, linear, "linear");
BENCHMARK_CAPTURE(autoscaler_minute, seasonal, "seasonal");
BENCHMARK_CAPTURE(autoscaler_minute, pool, "pool");
