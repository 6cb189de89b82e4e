// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/cache/cache.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int kThreads = 8;

template <class F>
void run_threads(int count, F body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

std::unique_ptr<Cache> make(std::initializer_list<std::pair<const char*, const char*>> options) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  return std::move(*Cache::create(config, make_manual_clock()));
}

// A value that tells whether it is whole and whose it is: the key, repeated.
std::string value_of(const std::string& key, uint64_t times) {
  std::string value;
  for (uint64_t i = 0; i <= times; ++i) value += key;
  return value;
}
bool whole(std::string_view value, const std::string& key) {
  if (value.empty() || value.size() % key.size() != 0) return false;
  for (size_t i = 0; i < value.size(); i += key.size()) {
    if (value.substr(i, key.size()) != key) return false;
  }
  return true;
}

// Everything at once, on a cache so small that entries, tables and ghosts come and go all the time.
void churn(int threads, int rounds, const char* shards) {
  auto cache =
      make({{"capacity_bytes", "40KiB"}, {"shards", shards}, {"ttl_ms", "1"}, {"stale_ms", "1"}});
  std::atomic<int64_t> torn{0}, over{0}, hits{0};
  run_threads(threads, [&](int thread) {
    Random random(static_cast<uint64_t>(thread) + 1);
    std::vector<CacheValue> held(8);
    char buffer[4096];
    for (int i = 0; i < rounds; ++i) {
      std::string key = "key" + std::to_string(random.below(200));
      auto now = static_cast<int64_t>(i) * 1000;
      switch (random.below(12)) {
        case 0:
          cache->set_at(key, value_of(key, random.below(200)), {}, now);
          break;
        case 1:
          cache->erase_at(key, now);
          break;
        case 2:
          if (random.below(1000) == 0) cache->clear();
          break;
        case 3:
        case 4: {
          CacheLookup found = cache->get_or_lease_at(key, now);
          if (found.value && !whole(found.value.bytes(), key)) torn.fetch_add(1);
          if (found.lease > 0)
            cache->fill_at(key, found.lease, value_of(key, random.below(50)), {}, now);
          break;
        }
        case 5:
        case 6: {
          int64_t size = cache->copy_at(key, buffer, sizeof buffer, now);
          if (size < 0) break;
          hits.fetch_add(1, std::memory_order_relaxed);
          if (!whole({buffer, static_cast<size_t>(size)}, key)) torn.fetch_add(1);
          break;
        }
        case 7: {
          std::string other = "key" + std::to_string(random.below(200));
          std::string_view keys[] = {key, other};
          CacheLookup found[2];
          cache->get_many_at(keys, 2, found, now);
          if (found[0].value && !whole(found[0].value.bytes(), key)) torn.fetch_add(1);
          if (found[1].value && !whole(found[1].value.bytes(), other)) torn.fetch_add(1);
          break;
        }
        case 8:
          if (cache->bytes() > 40 * 1024) over.fetch_add(1);
          break;
        default: {
          CacheLookup found = cache->get_at(key, now);
          if (found.value && !whole(found.value.bytes(), key)) torn.fetch_add(1);
          held[random.below(held.size())] = std::move(found.value);
        }
      }
    }
  });
  CHECK(torn.load() == 0);
  CHECK(over.load() == 0);
  CHECK(hits.load() > 0);
  CHECK(cache->stats().totals.evictions > 0);
}

}  // namespace

TEST_CASE("cache: eight threads of everything see whole values within the budget") {
  churn(kThreads, 20'000, "1");
  churn(kThreads, 20'000, "4");
}

TEST_CASE("cache: more threads than stripes of its read gate") { churn(24, 3'000, "1"); }

TEST_CASE("cache: of many threads that miss, one loads") {
  auto cache = make({{"lease_ms", "1h"}});
  constexpr int kKeys = 2000;
  std::vector<std::atomic<int>> loads(kKeys);
  run_threads(kThreads, [&](int) {
    for (int i = 0; i < kKeys; ++i) {
      std::string key = std::to_string(i);
      for (;;) {
        CacheLookup found = cache->get_or_lease_at(key, 0);
        if (found.outcome == Status::kOk) break;
        if (found.lease > 0) {
          loads[static_cast<size_t>(i)].fetch_add(1);
          cache->fill_at(key, found.lease, "loaded", {}, 0);
        } else {
          std::this_thread::yield();
        }
      }
    }
  });
  int once = 0;
  for (auto& count : loads) once += count.load() == 1;
  CHECK(once == kKeys);
}

// The race that leases are for: a loader reads the store, the store changes and the key is deleted,
// the loader fills. Whoever looks after the deletion must never see the older version.
TEST_CASE("cache: no fill puts an old version over a newer deletion") {
  auto cache = make({{"lease_ms", "1h"}});
  std::atomic<int64_t> stored{1};   // the system of record
  std::atomic<int64_t> deleted{0};  // every version below has been deleted from the cache
  std::atomic<int64_t> stale{0}, reads{0};
  std::atomic<bool> done{false};
  run_threads(kThreads, [&](int thread) {
    if (thread == 0) {
      for (int i = 0; i < 20'000; ++i) {
        int64_t version = stored.fetch_add(1) + 1;
        cache->erase_at("k", 0);
        deleted.store(version);
        if (i % 8 == 0) std::this_thread::yield();
      }
      while (reads.load() == 0) std::this_thread::yield();  // the readers may not have run yet
      done.store(true);
      return;
    }
    while (!done.load()) {
      int64_t floor = deleted.load();
      CacheLookup found = cache->get_or_lease_at("k", 0);
      if (found.outcome == Status::kOk) {
        int64_t version = 0;
        std::memcpy(&version, found.value.bytes().data(), sizeof version);
        reads.fetch_add(1, std::memory_order_relaxed);
        if (version < floor) stale.fetch_add(1);
      } else if (found.lease > 0) {
        int64_t version = stored.load();
        if (thread % 2 == 0) std::this_thread::yield();
        cache->fill_at("k", found.lease, {reinterpret_cast<const char*>(&version), sizeof version},
                       {}, 0);
      } else {
        std::this_thread::yield();
      }
    }
  });
  CHECK(reads.load() > 0);
  CHECK(stale.load() == 0);
}

}  // namespace og
