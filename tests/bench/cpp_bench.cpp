// SPDX-License-Identifier: Apache-2.0
// outgrow.hpp beside the C calls that it is made of: the layer itself should cost nothing.
#include <benchmark/benchmark.h>

#include <outgrow.hpp>
#include <string_view>

namespace {

constexpr std::string_view kKey = "client-000012345";

void cpp_limiter_c(benchmark::State& state) {
  og_config* config = nullptr;
  og_limiter* limiter = nullptr;
  og_config_create(&config, nullptr);
  og_config_limiter_rate(config, "1000000000/s");
  og_limiter_create(config, nullptr, &limiter, nullptr);
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_limiter_acquire(limiter, kKey.data(), kKey.size(), 1));
  }
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
}
BENCHMARK(cpp_limiter_c);

void cpp_limiter_hpp(benchmark::State& state) {
  outgrow::RateLimiter limiter({{"rate", "1000000000/s"}});
  for (auto _ : state) benchmark::DoNotOptimize(bool(limiter.acquire(kKey)));
}
BENCHMARK(cpp_limiter_hpp);

void cpp_breaker_c(benchmark::State& state) {
  og_breaker* breaker = nullptr;
  og_breaker_create(nullptr, nullptr, &breaker, nullptr);
  for (auto _ : state) {
    benchmark::DoNotOptimize(og_breaker_exit(breaker, og_breaker_enter(breaker), 1));
  }
  og_breaker_destroy(&breaker);
}
BENCHMARK(cpp_breaker_c);

void cpp_breaker_hpp(benchmark::State& state) {
  outgrow::CircuitBreaker breaker;
  for (auto _ : state) benchmark::DoNotOptimize(breaker.call([] { return 1; }));
}
BENCHMARK(cpp_breaker_hpp);

}  // namespace
