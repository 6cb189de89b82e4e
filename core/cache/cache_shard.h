// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "core/base/fork_mutex.h"
#include "core/base/random.h"
#include "core/base/read_gate.h"
#include "core/base/status.h"
#include "core/cache/cache_entry.h"
#include "core/cache/cache_options.h"
#include "core/cache/eviction.h"
#include "core/cache/hash_index.h"
#include "core/cache/lease_table.h"
#include "core/cache/retire_list.h"

namespace og {

struct CacheShardStats {
  int64_t entries = 0;
  int64_t bytes = 0;
  int64_t leases = 0;         // standing now, or lapsed and not yet noticed
  int64_t retired_bytes = 0;  // unlinked, and freed once no reader can see them
  int64_t writes = 0;
  int64_t evictions = 0;
  int64_t probation_evictions = 0;  // of those, never hit since they came
  int64_t expirations = 0;
  int64_t too_large = 0;
  int64_t leases_granted = 0;
  int64_t leases_lapsed = 0;  // fills refused because their lease no longer stood

  CacheShardStats& operator+=(const CacheShardStats& other);
};

// One part of a cache: an index for readers without a lock, and behind one mutex the eviction
// order, the leases and whatever waits to be freed. Every change publishes at most one pointer, so
// a reader sees a key's old value or its new one and never a gap between them.
class CacheShard {
 public:
  CacheShard(const CacheSettings& settings, uint64_t seed, ReadGate& gate);
  ~CacheShard();

  const HashIndex& index() const noexcept { return index_; }

  struct Expiry {
    int64_t ttl_ns = 0;  // 0: never
    int64_t stale_ns = 0;
  };
  static constexpr int64_t kNoLease = 0;
  // Takes over the caller's reference to `entry` and publishes it. With a lease, only if that
  // stands; without, and any lease on the key falls. kFull when it is larger than the shard: what
  // the key had before is gone too. kLapsed when the lease fell. Throws std::bad_alloc with nothing
  // changed.
  Status store(CacheValue entry, Expiry expiry, int64_t lease, int64_t now_ns);

  // As store() with what is too large for any shard.
  Status refuse(uint64_t hash, std::string_view key, int64_t lease, int64_t now_ns) noexcept;

  struct Answer {
    Status outcome = Status::kMiss;  // kOk, kAbsent, kStale, kWait, or kMiss with the lease granted
    CacheValue value;                // also the stale value beside a granted lease
    int64_t wait_ns = 0;
  };
  // What is fresh by now, else grants `token` to the first to ask. Throws std::bad_alloc.
  Answer lease(uint64_t hash, std::string_view key, int64_t token, int64_t now_ns);
  // How long the key's lease stands from now on, 0 without one.
  int64_t lease_stands_for(uint64_t hash, int64_t now_ns) const noexcept;
  // A moment ago: without the lock.
  bool has_leases() const noexcept OG_NOT_ANALYSED { return !leases_.empty(); }

  bool give_up(uint64_t hash, int64_t lease, int64_t now_ns) noexcept;
  bool erase(uint64_t hash, std::string_view key, int64_t now_ns) noexcept;
  // Removes the key's entry if it can no longer be used, unless a writer is busy here.
  void drop_expired(uint64_t hash, std::string_view key, int64_t now_ns) noexcept;
  void clear();
  // Another budget. What no longer fits is evicted, a few entries at a time, so that nobody waits
  // long for the lock.
  void resize(const CacheSettings& settings, int64_t now_ns);
  CacheShardStats stats() const;

  // The child has none of the leases. It is alone, and so needs no lock.
  void after_fork_in_child() noexcept OG_NOT_ANALYSED { leases_.clear(); }

 private:
  bool accept(uint64_t hash, int64_t lease, int64_t now_ns) noexcept OG_REQUIRES(mutex_);
  void too_large(CacheEntry* old) noexcept OG_REQUIRES(mutex_);
  bool over(int64_t more_bytes, int64_t more_entries) const noexcept OG_REQUIRES(mutex_);
  // From the index and the sums; already out of its queue.
  void unlink(CacheEntry* entry) noexcept OG_REQUIRES(mutex_);
  void expire(CacheEntry* entry) noexcept OG_REQUIRES(mutex_);
  // Evicts at most so many.
  void make_room(int64_t bytes, int64_t entries, int64_t now_ns, int64_t most = INT64_MAX) noexcept
      OG_REQUIRES(mutex_);
  void sweep(int64_t now_ns) noexcept OG_REQUIRES(mutex_);
  void reap(RetireList& doomed) noexcept OG_REQUIRES(mutex_);

  const double jitter_;
  const int64_t lease_ns_;
  ReadGate& gate_;
  HashIndex index_;  // read by all; changed under the lock

  alignas(64) mutable ForkMutex mutex_;
  int64_t capacity_bytes_ OG_GUARDED_BY(mutex_);
  int64_t capacity_entries_ OG_GUARDED_BY(mutex_);
  const std::unique_ptr<Eviction> eviction_ OG_GUARDED_BY(mutex_);
  LeaseTable leases_ OG_GUARDED_BY(mutex_);
  Random random_ OG_GUARDED_BY(mutex_);
  CacheShardStats stats_ OG_GUARDED_BY(mutex_);
  bool expiring_ OG_GUARDED_BY(mutex_) = false;  // some entry has had a time to live
  size_t hand_ OG_GUARDED_BY(mutex_) = 0;        // where the sweep for expired entries goes on
  RetireList retired_ OG_GUARDED_BY(mutex_);     // unlinked since the last grace period began
  RetireList waiting_ OG_GUARDED_BY(mutex_);     // freed when grace_ is over
  ReadGate::Grace grace_ OG_GUARDED_BY(mutex_);
};

}  // namespace og
