// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

namespace {

og_service* make(bool cached) {
  og_config* config = nullptr;
  og_service* service = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "servers", "a, b, c, d");
  og_config_set(config, "limiter.rate", "1000000000/s");
  og_config_set(config, "breaker.failure_threshold", "5");
  og_config_set(config, "replicas.replicas", "2");
  if (cached) og_config_set(config, "cache.capacity_bytes", "64MiB");
  og_service_create(config, nullptr, &service, nullptr);
  og_config_destroy(&config);
  return service;
}

// Limiter, balancer, breaker, replicas; in and out.
void service_begin_end(benchmark::State& state) {
  static og_service* service = make(false);
  for (auto _ : state) {
    int64_t call =
        og_service_begin(service, OG_SERVICE_READ, "client", 6, "key", 3, nullptr, nullptr);
    benchmark::DoNotOptimize(
        og_service_end(service, call, 1, -1, nullptr, OG_SERVICE_KEEP_NOTHING, 0));
  }
  state.SetLabel("clock+clock+call+call");
}
BENCHMARK(service_begin_end)->Threads(1)->Threads(2);

// Limiter, balancer, breaker, cache.
void service_hit(benchmark::State& state) {
  static og_service* service = make(true);
  int64_t call =
      og_service_begin(service, OG_SERVICE_READ, "client", 6, "key", 3, nullptr, nullptr);
  if (call > 0) og_service_end(service, call, 1, -1, "value", 5, 0);
  for (auto _ : state) {
    og_value* value = nullptr;
    benchmark::DoNotOptimize(
        og_service_begin(service, OG_SERVICE_READ, "client", 6, "key", 3, &value, nullptr));
    og_value_destroy(&value);
  }
  state.SetLabel("clock+call+call");
}
BENCHMARK(service_hit)->Threads(1)->Threads(2);

}  // namespace
