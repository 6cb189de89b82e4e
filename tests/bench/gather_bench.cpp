// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <string>
#include <vector>

static og_gather* make_gather(const char* order) {
  og_config* config = nullptr;
  og_gather* gather = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "order", order);
  og_gather_create(config, nullptr, &gather, nullptr);
  og_config_destroy(&config);
  return gather;
}

// A whole query: 1,000 rows in and out. Time a row.
static void gather_rows(benchmark::State& state, const char* order) {
  constexpr int kRows = 1000;
  og_gather* gather = make_gather(order);
  auto shards = static_cast<int32_t>(state.range(0));
  std::vector<std::string> keys;
  for (int i = 0; i < kRows; ++i) keys.push_back("key-" + std::to_string(100000 + i));
  int64_t out = 0;
  for (auto _ : state) {
    og_query* query = nullptr;
    og_gather_start(gather, nullptr, shards, &query, nullptr);
    for (int i = 0; i < kRows; ++i) {
      const std::string& key = keys[static_cast<size_t>(i)];
      auto len = static_cast<int64_t>(key.size());
      og_query_row(query, i % shards, key.data(), len, key.data(), len);
    }
    for (int32_t i = 0; i < shards; ++i) og_query_done(query, i);
    while (og_query_next(query, nullptr, nullptr, nullptr, nullptr, nullptr) == OG_OK) ++out;
    og_query_destroy(&query);
  }
  if (out != static_cast<int64_t>(state.iterations()) * kRows)
    state.SkipWithError("rows are missing");
  state.SetItemsProcessed(out);
  og_gather_destroy(&gather);
}
BENCHMARK_CAPTURE(gather_rows, shard, "shard")->Arg(8)->Arg(64);
BENCHMARK_CAPTURE(gather_rows, key, "key")->Arg(8)->Arg(64);

static void gather_state(benchmark::State& state) {
  og_gather* gather = make_gather("shard");
  og_query* query = nullptr;
  og_gather_start(gather, nullptr, 8, &query, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(og_query_state(query, nullptr));
  state.SetLabel("clock+call");
  og_query_destroy(&query);
  og_gather_destroy(&gather);
}
BENCHMARK(gather_state);
