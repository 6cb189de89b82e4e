// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <string_view>

namespace {

struct Edge {
  Edge() {
    og_config *rate = nullptr, *edge = nullptr;
    og_config_create(&rate, nullptr);
    og_config_set(rate, "rate", "100/s");
    og_limiter_create(rate, nullptr, &limiter, nullptr);
    og_config_create(&edge, nullptr);
    og_config_set(edge, "trusted", "10.0.0.0/8, 192.168.0.0/16, 2001:db8::/32");
    og_http_create(edge, limiter, &http, nullptr);
    og_config_destroy(&edge);
    og_config_destroy(&rate);
  }
  ~Edge() {
    og_http_destroy(&http);
    og_limiter_destroy(&limiter);
  }
  og_limiter* limiter = nullptr;
  og_http* http = nullptr;
};

void ask_client(benchmark::State& state, std::string_view remote, std::string_view forwarded) {
  const Edge edge;
  for (auto _ : state) {
    og_text* key = nullptr;
    og_http_client(edge.http, remote.data(), static_cast<int64_t>(remote.size()), forwarded.data(),
                   static_cast<int64_t>(forwarded.size()), &key, nullptr);
    benchmark::DoNotOptimize(key);
    og_text_destroy(&key);
  }
}

}  // namespace

static void http_client(benchmark::State& state) { ask_client(state, "192.0.2.7:4711", ""); }
BENCHMARK(http_client);

static void http_client_behind(benchmark::State& state) {
  ask_client(state, "10.0.0.1:4711", "198.51.100.1, [2001:db9:1:2::7]:80, 10.1.1.1");
}
BENCHMARK(http_client_behind);

static void http_fields(benchmark::State& state) {
  const Edge edge;
  for (auto _ : state) {
    og_text* fields = nullptr;
    og_http_fields(edge.http, "key", 3, 0, nullptr, 0, &fields, nullptr);
    benchmark::DoNotOptimize(fields);
    og_text_destroy(&fields);
  }
}
BENCHMARK(http_fields);
