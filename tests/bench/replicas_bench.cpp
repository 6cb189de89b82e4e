// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <array>

namespace {

og_replicas* make(const char* policy) {
  og_config* config = nullptr;
  og_replicas* made = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "policy", policy);
  og_config_set_int(config, "replicas", 3);
  og_replicas_create(config, nullptr, &made, nullptr);
  og_config_destroy(&config);
  return made;
}

void replicas_read_round_robin(benchmark::State& state) {
  static og_replicas* replicas = make("round_robin");
  for (auto _ : state) benchmark::DoNotOptimize(og_replicas_read(replicas));
  state.SetLabel("cas+cas+call");
}
BENCHMARK(replicas_read_round_robin)->Threads(1)->Threads(2);

void replicas_read_least_in_flight(benchmark::State& state) {
  static og_replicas* replicas = make("least_in_flight");
  for (auto _ : state) benchmark::DoNotOptimize(og_replicas_read(replicas));
  state.SetLabel("clock+cas+call");
}
BENCHMARK(replicas_read_least_in_flight)->Threads(1)->Threads(2);

void replicas_read_many(benchmark::State& state) {
  static og_replicas* replicas = make("round_robin");
  std::array<int32_t, 64> nodes;
  while (state.KeepRunningBatch(nodes.size())) {
    og_replicas_read_many(replicas, nodes.size(), nodes.data());
    benchmark::DoNotOptimize(nodes);
  }
  state.SetLabel("cas+cas");
}
BENCHMARK(replicas_read_many)->Threads(1)->Threads(2);

void replicas_acquire_release(benchmark::State& state) {
  static og_replicas* replicas = make("round_robin");
  for (auto _ : state) {
    int32_t node = 0;
    int64_t ticket = og_replicas_acquire(replicas, 0, &node);
    benchmark::DoNotOptimize(og_replicas_release(replicas, ticket, 1, 1000));
  }
  state.SetLabel("clock+clock+cas+cas+cas+cas+call+call");
}
BENCHMARK(replicas_acquire_release)->Threads(1)->Threads(2);

}  // namespace
