// SPDX-License-Identifier: Apache-2.0
// The seam between a shard and its eviction: one that lets the newest go, in this file alone.
#include <string>
#include <utility>

#include "core/base/hash.h"
#include "core/cache/cache_shard.h"
#include "core/cache/evictions.h"
#include "tests/catch.h"

namespace og {
namespace {

class NewestFirst final : public Eviction {
 public:
  NewestFirst(int64_t, Charge) {}
  void push(CacheEntry* entry, CacheEntry::Queue) noexcept override {
    entry->older = newest_;
    entry->newer = nullptr;
    if (newest_ != nullptr) newest_->newer = entry;
    newest_ = entry;
  }
  void remove(CacheEntry* entry) noexcept override {
    (entry->newer != nullptr ? entry->newer->older : newest_) = entry->older;
    if (entry->older != nullptr) entry->older->newer = entry->newer;
  }
  CacheEntry* victim() noexcept override { return newest_; }
  void evict(CacheEntry* victim) noexcept override { remove(victim); }
  CacheEntry* clear() noexcept override { return std::exchange(newest_, nullptr); }

 private:
  CacheEntry* newest_ = nullptr;
};
constexpr EvictionRow kNewestFirst{.word = "newest_first", .make = &make_eviction<NewestFirst>};

struct Shard {
  explicit Shard(const EvictionRow& eviction) : shard(settings_of(eviction), 1, gate) {}
  static CacheSettings settings_of(const EvictionRow& eviction) {
    CacheSettings settings;
    settings.capacity_entries = 3;
    settings.max_leases = 1;
    settings.eviction = &eviction;
    return settings;
  }
  void store(const char* key) {
    CacheEntry* entry = CacheEntry::make(hash64(key), key, "value");
    entry->weight = 1;
    CHECK(shard.store(CacheValue::adopt(entry), {}, CacheShard::kNoLease, 0) == Status::kOk);
  }
  bool has(const char* key) const { return shard.index().find(hash64(key), key) != nullptr; }

  ReadGate gate;
  CacheShard shard;
};

}  // namespace

TEST_CASE("cache: which entry goes is the eviction's to say") {
  Shard newest(kNewestFirst), fifo(kS3Fifo);
  for (const char* key : {"a", "b", "c", "d"}) {
    newest.store(key);
    fifo.store(key);
  }
  CHECK(newest.has("a"));
  CHECK_FALSE(newest.has("c"));
  CHECK(newest.has("d"));
  CHECK_FALSE(fifo.has("a"));
  CHECK(fifo.has("c"));
  CHECK(newest.shard.stats().evictions == 1);

  newest.store("a");  // in place of itself: nothing goes
  CHECK(newest.shard.stats().evictions == 1);
  CHECK(newest.shard.erase(hash64("b"), "b", 0));
  newest.store("e");
  CHECK(newest.shard.stats().evictions == 1);
  newest.shard.clear();
  CHECK(newest.shard.stats().entries == 0);
  newest.store("f");
  CHECK(newest.has("f"));
}

}  // namespace og
