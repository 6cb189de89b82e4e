// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

// A sample of each resource, by policy: 0 is vpa, 1 autopilot.
static void sizer_observe(benchmark::State& state) {
  og_config* config = nullptr;
  og_sizer* sizer = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "policy", state.range(0) == 0 ? "vpa" : "autopilot");
  og_sizer_create(config, nullptr, &sizer, nullptr);
  og_config_destroy(&config);
  for (auto _ : state) {
    og_sizer_observe_cpu(sizer, 0.5);
    og_sizer_observe_memory(sizer, 4e8);
  }
  og_sizer_destroy(&sizer);
}
BENCHMARK(sizer_observe)->Arg(0)->Arg(1);

static void sizer_recommend(benchmark::State& state) {
  og_sizer* sizer = nullptr;
  og_sizer_create(nullptr, nullptr, &sizer, nullptr);
  for (int i = 0; i < 1000; ++i) {
    og_sizer_observe_cpu(sizer, 0.01 * i);
    og_sizer_observe_memory(sizer, 1e6 * i);
  }
  for (auto _ : state) {
    og_sizing* sizing = nullptr;
    og_sizer_recommend(sizer, &sizing, nullptr);
    benchmark::DoNotOptimize(sizing);
    og_sizing_destroy(&sizing);
  }
  og_sizer_destroy(&sizer);
}
BENCHMARK(sizer_recommend);
