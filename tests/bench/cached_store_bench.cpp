// SPDX-License-Identifier: Apache-2.0
// A hit beside the cache's own, and writes in each mode over a store in memory.
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <string>
#include <vector>

namespace {

constexpr size_t kKeys = 10'000;
const std::string kValue(100, 'v');

const std::vector<std::string>& keys() {
  static const auto* all = [] {
    auto* made = new std::vector<std::string>;
    for (size_t i = 0; i < kKeys; ++i) made->push_back("session:" + std::to_string(10'000'000 + i));
    return made;
  }();
  return *all;
}

struct Walk {
  uint32_t state;
  const std::string& next() {
    state = state * 1664525 + 1013904223;
    return keys()[(uint64_t{state} * kKeys) >> 32];
  }
};

struct Parts {
  explicit Parts(const char* mode) {
    og_config* config = nullptr;
    og_config_create(&config, nullptr);
    og_config_set(config, "mode", mode);
    og_config_set(config, "batch_size", "1000");
    og_config_set(config, "flush_interval_ms", "10");
    og_cache_create(nullptr, nullptr, &cache, nullptr);
    og_store_create(nullptr, nullptr, &store, nullptr);
    og_cached_store_create(config, cache, store, nullptr, &cached, nullptr);
    og_config_destroy(&config);
    for (const auto& key : keys()) set(key);
    og_cached_store_flush(cached, INT64_MAX);
    for (const auto& key : keys()) get(key);
  }
  void set(const std::string& key) {
    og_cached_store_set(cached, key.data(), static_cast<int64_t>(key.size()), kValue.data(),
                        static_cast<int64_t>(kValue.size()), nullptr);
  }
  void get(const std::string& key) {
    og_value* value = nullptr;
    benchmark::DoNotOptimize(og_cached_store_get(
        cached, key.data(), static_cast<int64_t>(key.size()), &value, nullptr, nullptr));
    og_value_destroy(&value);
  }
  og_cache* cache = nullptr;
  og_store* store = nullptr;
  og_cached_store* cached = nullptr;
};

// Never destroyed: the benchmarks share them.
Parts& parts(const char* mode) {
  static auto* aside = new Parts("aside");
  static auto* through = new Parts("through");
  static auto* behind = new Parts("behind");
  return *(mode[0] == 'a' ? aside : mode[0] == 't' ? through : behind);
}

void cached_store_hit_of_the_cache_alone(benchmark::State& state) {
  Parts& all = parts("aside");
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  for (auto _ : state) {
    const std::string& key = walk.next();
    og_value* value = nullptr;
    benchmark::DoNotOptimize(
        og_cache_pin(all.cache, key.data(), static_cast<int64_t>(key.size()), &value));
    og_value_destroy(&value);
  }
}
BENCHMARK(cached_store_hit_of_the_cache_alone)->Threads(1)->Threads(2);

void cached_store_hit(benchmark::State& state, const char* mode) {
  Parts& all = parts(mode);
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  for (auto _ : state) all.get(walk.next());
}
BENCHMARK_CAPTURE(cached_store_hit, aside, "aside")->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(cached_store_hit, behind, "behind")->Threads(1)->Threads(2);

void cached_store_hit_many(benchmark::State& state) {
  constexpr int64_t kBatch = 64;
  Parts& all = parts("aside");
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  const void* data[kBatch];
  int64_t lens[kBatch];
  og_value* values[kBatch];
  for (auto _ : state) {
    for (int64_t i = 0; i < kBatch; ++i) {
      const std::string& key = walk.next();
      data[i] = key.data();
      lens[i] = static_cast<int64_t>(key.size());
    }
    benchmark::DoNotOptimize(
        og_cached_store_get_many(all.cached, data, lens, kBatch, values, nullptr));
    for (og_value*& value : values) og_value_destroy(&value);
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(cached_store_hit_many)->Threads(1)->Threads(2);

void cached_store_load(benchmark::State& state) {
  Parts& all = parts("aside");
  for (auto _ : state) {
    og_cache_delete(all.cache, keys()[0].data(), static_cast<int64_t>(keys()[0].size()));
    all.get(keys()[0]);
  }
}
BENCHMARK(cached_store_load);

void cached_store_set(benchmark::State& state, const char* mode) {
  Parts& all = parts(mode);
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  for (auto _ : state) all.set(walk.next());
}
BENCHMARK_CAPTURE(cached_store_set, aside, "aside")->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(cached_store_set, through, "through")->Threads(1)->Threads(2);
BENCHMARK_CAPTURE(cached_store_set, behind, "behind")->Threads(1)->Threads(2);

}  // namespace
