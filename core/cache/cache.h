// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/fork_aware.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/base/status.h"
#include "core/cache/cache_entry.h"
#include "core/cache/cache_shard.h"

namespace og {

// What a lookup found.
//   kOk      a fresh value
//   kAbsent  the key is known not to exist
//   kMiss    nothing; with a lease, the caller is the one to load the value and fill() it, and may
//            use `value` meanwhile, which is stale when there is one
//   kStale   a value past its time to live, while another caller loads (get_or_lease only)
//   kWait    nothing yet, another caller loads: ask again within wait_ns (get_or_lease only)
struct CacheLookup {
  Status outcome = Status::kMiss;
  CacheValue value;
  int64_t lease = 0;    // positive when granted
  int64_t wait_ns = 0;  // kWait, kStale: until the standing lease lapses
};

struct CachePut {
  static constexpr int64_t kDefaultTtl = -1;
  int64_t ttl_ns = kDefaultTtl;  // 0 is for ever
  int64_t weight = 0;            // bytes to charge for the value, where not its size
};

struct CacheStats {
  int64_t hits = 0;
  int64_t negative_hits = 0;
  int64_t stale_hits = 0;
  int64_t misses = 0;  // also those that were told to wait
  int64_t waits = 0;
  CacheShardStats totals;
};

// Values by key in memory, within a budget of bytes or entries, each for its time to live.
//
// A hit takes no lock and allocates nothing: it passes a ReadGate, probes a HashIndex, counts the
// use in the entry (S3Fifo) and hands out a reference to the bytes or copies them. Only one that
// expires reads the clock. Writers lock the one shard that holds the key. The budget is never
// exceeded: room is made before an entry enters. Not counted in it: entries already evicted that
// somebody still holds, and some 16 KiB a shard on the way to being freed (retired_bytes).
//
// Leases keep a popular key's expiry from sending every caller to the store, and a slow load from
// overwriting a newer change: get_or_lease() hands one caller the right to fill() and makes the
// others wait or take the stale value; set(), erase() and clear() withdraw it (see LeaseTable).
// They are per process, as the cache is: a forked child has the values and none of the leases,
// whose loads are its parent's.
//
// Every method may be called from every thread. Those named _at are told the time instead of
// reading the clock. Keys and values are any bytes, up to 2 GiB each; longer keys are never found
// and never stored. What allocates may throw std::bad_alloc, with nothing changed.
class Cache final : private ForkAware {
 public:
  static Result<std::unique_ptr<Cache>> create(const Config& config, ClockPtr clock);
  ~Cache();

  // A fresh value by reference (kOk), kAbsent, or kMiss.
  CacheLookup get(std::string_view key) const noexcept;
  CacheLookup get_at(std::string_view key, int64_t now_ns) const noexcept;
  // `count` lookups at one clock read, index lines fetched ahead.
  void get_many(const std::string_view* keys, size_t count, CacheLookup* out) const noexcept;
  void get_many_at(const std::string_view* keys, size_t count, CacheLookup* out,
                   int64_t now_ns) const noexcept;
  // Fetches what lookups of `count` keys, some sixteen at most, are about to read.
  void prefetch(const std::string_view* keys, size_t count) const noexcept;
  // A fresh value's first `capacity` bytes into `out`: its whole size, or Status kAbsent or kMiss.
  int64_t copy(std::string_view key, void* out, int64_t capacity) const noexcept;
  int64_t copy_at(std::string_view key, void* out, int64_t capacity, int64_t now_ns) const noexcept;

  // As get(), and on a miss a lease for one caller at a time.
  CacheLookup get_or_lease(std::string_view key) const;
  CacheLookup get_or_lease_at(std::string_view key, int64_t now_ns) const {
    return get_or_lease_at(hash_of(key), key, now_ns);
  }
  // For who asks of one key more than once: its hash, never 0.
  uint64_t hash_of(std::string_view key) const noexcept {
    return HashIndex::nonzero(hash64(key, settings_.seed));
  }
  CacheLookup get_or_lease_at(uint64_t hash, std::string_view key, int64_t now_ns) const;
  // How long get_or_lease_at() would have its caller wait for another's load, 0 when it would not.
  // Counted as no lookup. While no lease is out it looks nothing up.
  int64_t must_wait_at(uint64_t hash, std::string_view key, int64_t now_ns) const noexcept;
  // Stores what the lease was for: kOk, kLapsed when it no longer stands, kFull when the value is
  // larger than a shard.
  Status fill(std::string_view key, int64_t lease, std::string_view value, CachePut put = {});
  Status fill_at(std::string_view key, int64_t lease, std::string_view value, CachePut put,
                 int64_t now_ns);
  Status fill_absent(std::string_view key, int64_t lease, int64_t ttl_ns = CachePut::kDefaultTtl);
  Status fill_absent_at(std::string_view key, int64_t lease, int64_t ttl_ns, int64_t now_ns);
  // Gives a lease back unused, so that the next caller loads: whether it still stood.
  bool give_up(std::string_view key, int64_t lease) noexcept;
  bool give_up_at(std::string_view key, int64_t lease, int64_t now_ns) noexcept;

  // Stores in any case and withdraws the key's lease: kOk, or kFull, which removes the old value.
  Status set(std::string_view key, std::string_view value, CachePut put = {});
  Status set_at(std::string_view key, std::string_view value, CachePut put, int64_t now_ns);
  Status set_absent(std::string_view key, int64_t ttl_ns = CachePut::kDefaultTtl);
  Status set_absent_at(std::string_view key, int64_t ttl_ns, int64_t now_ns);
  // Removes the key and withdraws its lease: whether something usable was there.
  bool erase(std::string_view key) noexcept;
  bool erase_at(std::string_view key, int64_t now_ns) noexcept;
  // Removes everything and withdraws all leases, shard by shard.
  void clear();
  // Changes the budget: what does not fit into a smaller one goes at once, shard by shard, as the
  // eviction has it. The other options cannot change.
  Result<void> reconfigure(const Config& config);

  int64_t size() const noexcept {
    return stats().totals.entries;
  }  // with what has expired unnoticed
  int64_t bytes() const noexcept { return stats().totals.bytes; }
  int64_t now() const noexcept { return clock_->now(); }
  const ClockPtr& clock() const noexcept { return clock_; }
  const CacheSettings& settings() const noexcept { return settings_; }
  CacheStats stats() const noexcept;
  void collect(MetricSink& sink) const;

  // Charged for each entry beside its key and value: its header, its share of index and ghost
  // slots, what the allocator adds. Measured with glibc: 148 to 170.
  static constexpr int64_t kEntryOverhead = 160;

 private:
  Cache(const CacheSettings& settings, ClockPtr clock);

  void after_fork_in_child() noexcept override;

  template <class Now, class Take>
  Status read(std::string_view key, Now now, Take take) const noexcept;
  template <class Now, class Take>
  Status look_up(uint64_t hash, std::string_view key, Now now, Take take) const noexcept;
  template <class Now>
  CacheLookup lease(uint64_t hash, std::string_view key, Now now) const;
  Status store(std::string_view key, std::string_view value, bool absent, int64_t lease,
               CachePut put, int64_t now_ns);
  CacheShard& shard_of(uint64_t hash) const noexcept { return *shards_[hash & shard_mask_]; }

  enum Counter : size_t { kHits, kNegativeHits, kStaleHits, kMisses, kWaits };

  const CacheSettings settings_;
  const ClockPtr clock_;
  const uint64_t shard_mask_;
  std::vector<std::unique_ptr<CacheShard>> shards_;
  mutable ReadGate gate_;
  mutable StripedCounters<5> counters_;
  mutable std::atomic<int64_t> next_lease_{1};
  // What the options are now. Its lock is newer than the shards', and taken before them.
  struct Changing {
    ForkMutex mutex;
    CacheSettings settings OG_GUARDED_BY(mutex);
  };
  std::unique_ptr<Changing> changing_;
};

}  // namespace og
