// SPDX-License-Identifier: Apache-2.0
// Hits, keys drawn evenly from those held, beside what one would write by hand: a mutex, a hash map
// and a list in order of use.
#include <benchmark/benchmark.h>
#include <outgrow.h>

#include <cstring>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

constexpr size_t kKeys = 10'000;

const std::vector<std::string>& keys() {
  static const auto* all = [] {
    auto* made = new std::vector<std::string>;
    for (size_t i = 0; i < kKeys; ++i) made->push_back("session:" + std::to_string(10'000'000 + i));
    return made;
  }();
  return *all;
}
const std::string kValue(100, 'v');

// One step of a linear congruence: cheap beside what is measured.
struct Walk {
  uint32_t state;
  const std::string& next() {
    state = state * 1664525 + 1013904223;
    return keys()[(uint64_t{state} * kKeys) >> 32];
  }
};

og_cache* full_cache(const char* ttl) {
  og_config* config = nullptr;
  og_cache* cache = nullptr;
  og_config_create(&config, nullptr);
  og_config_set(config, "ttl_ms", ttl);
  og_cache_create(config, nullptr, &cache, nullptr);
  og_config_destroy(&config);
  for (const auto& key : keys()) {
    og_cache_set(cache, key.data(), static_cast<int64_t>(key.size()), kValue.data(),
                 static_cast<int64_t>(kValue.size()), OG_CACHE_DEFAULT_TTL);
  }
  return cache;
}
og_cache* lasting() {
  static og_cache* cache = full_cache("0");
  return cache;
}
og_cache* expiring() {
  static og_cache* cache = full_cache("1d");
  return cache;
}

void copy_hits(benchmark::State& state, og_cache* cache) {
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  char out[128];
  for (auto _ : state) {
    const std::string& key = walk.next();
    benchmark::DoNotOptimize(
        og_cache_get(cache, key.data(), static_cast<int64_t>(key.size()), out, sizeof out));
  }
}
void cache_hit_copied(benchmark::State& state) { copy_hits(state, lasting()); }
BENCHMARK(cache_hit_copied)->Threads(1)->Threads(2);

void cache_hit_copied_with_ttl(benchmark::State& state) { copy_hits(state, expiring()); }
BENCHMARK(cache_hit_copied_with_ttl)->Threads(1)->Threads(2);

void cache_hit_pinned(benchmark::State& state) {
  og_cache* cache = lasting();
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  for (auto _ : state) {
    const std::string& key = walk.next();
    og_value* value = nullptr;
    benchmark::DoNotOptimize(
        og_cache_pin(cache, key.data(), static_cast<int64_t>(key.size()), &value));
    og_value_destroy(&value);
  }
}
BENCHMARK(cache_hit_pinned)->Threads(1)->Threads(2);

void cache_hit_pinned_many(benchmark::State& state) {
  constexpr int64_t kBatch = 64;
  og_cache* cache = lasting();
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
    benchmark::DoNotOptimize(og_cache_pin_many(cache, data, lens, kBatch, values, nullptr));
    for (og_value*& value : values) og_value_destroy(&value);
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(cache_hit_pinned_many)->Threads(1)->Threads(2);

void cache_miss(benchmark::State& state) {
  og_cache* cache = lasting();
  for (auto _ : state) benchmark::DoNotOptimize(og_cache_get(cache, "not there", 9, nullptr, 0));
}
BENCHMARK(cache_miss)->Threads(1)->Threads(2);

void cache_set_same_size(benchmark::State& state) {
  og_cache* cache = lasting();
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  for (auto _ : state) {
    const std::string& key = walk.next();
    og_cache_set(cache, key.data(), static_cast<int64_t>(key.size()), kValue.data(),
                 static_cast<int64_t>(kValue.size()), OG_CACHE_DEFAULT_TTL);
  }
}
BENCHMARK(cache_set_same_size)->Threads(1)->Threads(2);

class HandWrittenLru {
 public:
  HandWrittenLru() {
    for (const auto& key : keys()) {
      by_use_.push_front({key, kValue});
      by_key_[key] = by_use_.begin();
    }
  }
  int64_t get(const std::string& key, char* out, size_t capacity) {
    std::lock_guard lock(mutex_);
    auto found = by_key_.find(key);
    if (found == by_key_.end()) return -1;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    const std::string& value = found->second->second;
    std::memcpy(out, value.data(), std::min(capacity, value.size()));
    return static_cast<int64_t>(value.size());
  }

 private:
  std::mutex mutex_;
  std::list<std::pair<std::string, std::string>> by_use_;
  std::unordered_map<std::string, std::list<std::pair<std::string, std::string>>::iterator> by_key_;
};

void cache_hit_by_hand_mutex_map_list(benchmark::State& state) {
  static auto* lru = new HandWrittenLru;
  Walk walk{static_cast<uint32_t>(state.thread_index())};
  char out[128];
  for (auto _ : state) benchmark::DoNotOptimize(lru->get(walk.next(), out, sizeof out));
}
BENCHMARK(cache_hit_by_hand_mutex_map_list)->Threads(1)->Threads(2);

}  // namespace
