// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <string>
#include <vector>

static og_shards* make_shards(const char* strategy, int64_t count) {
  og_config* config = nullptr;
  og_shards* shards = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "strategy", strategy);
  og_config_set_int(config, "shards", count);
  std::vector<std::string> splits;
  std::vector<const void*> data;
  std::vector<int64_t> lens;
  if (std::string(strategy) == "range") {
    for (int64_t i = 1; i < count; ++i) splits.push_back("client-" + std::to_string(100000 + i));
    for (const std::string& split : splits) {
      data.push_back(split.data());
      lens.push_back(static_cast<int64_t>(split.size()));
    }
  }
  og_shards_create(config, data.data(), lens.data(), static_cast<int64_t>(data.size()), &shards,
                   nullptr);
  og_config_destroy(&config);
  return shards;
}

// A new key each time, of 16 bytes, so that the branches of the search are not learnt.
static void shards_of(benchmark::State& state, const char* strategy) {
  og_shards* shards = make_shards(strategy, state.range(0));
  std::vector<std::string> keys;
  for (int i = 0; i < 4096; ++i) {
    keys.push_back("client-" + std::to_string(100000 + i * 7919 % state.range(0)) + "-xy");
  }
  size_t at = 0;
  for (auto _ : state) {
    const std::string& key = keys[at++ & 4095];
    benchmark::DoNotOptimize(og_shards_of(shards, key.data(), static_cast<int64_t>(key.size())));
  }
  state.SetLabel(std::string(strategy) == "hash" ? "hash+call" : "call");
  og_shards_destroy(&shards);
}
BENCHMARK_CAPTURE(shards_of, hash, "hash")->Arg(16)->Arg(1024);
BENCHMARK_CAPTURE(shards_of, range, "range")->Arg(16)->Arg(1024);
