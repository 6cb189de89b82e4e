// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/cache/cache_entry.h"
#include "core/cache/eviction.h"
#include "core/cache/ghost_list.h"

namespace og {

// S3-FIFO: which entry goes when room is needed (Yang, Zhang, Qiu, Yue, Vinayak: "FIFO Queues are
// All You Need for Cache Eviction", SOSP 2023).
//
// A new entry starts on probation, in a first-in first-out queue of a tenth of the capacity. Most
// keys of real traffic are asked for once: they fall out at its end, having displaced nothing that
// is in use, and a scan passes through the same way. One that was hit meanwhile moves to the main
// queue, where each hit, up to three, buys it one more round. The hashes of those that fell out of
// probation are remembered, for nine tenths of the capacity; a key that comes back while it is
// remembered goes to the main queue at once.
//
// It was chosen by measurement, on the four traces that tests/core/cache_trace_test.cpp replays,
// against LRU, W-TinyLFU with Caffeine's hill climbing, S3-FIFO with an adaptive probation share
// (climbing, and by ghosts as ARC does) and with a frequency sketch at its door. Each of these wins
// somewhere, and loses two to fifteen points somewhere else (blocks that are read in bursts, small
// caches); this one stays within a point of the better of LRU and S3-FIFO on all. One choice
// differs from the paper: one hit on probation promotes, where the paper asks for two, which costs
// up to 0.7 points on small caches and gains up to 1.1 on those two that follow recency.
//
// And a hit costs one store to a byte of the entry (CacheEntry::used), no list is touched: hits
// need no lock. Everything here is called under the shard's lock.
class S3Fifo final : public Eviction {
 public:
  S3Fifo(int64_t capacity, Charge charge);

  void push(CacheEntry* entry, CacheEntry::Queue queue) noexcept override;
  void remove(CacheEntry* entry) noexcept override;
  // The next to go, still in its queue; what earned it moves to the main queue. Null when empty.
  CacheEntry* victim() noexcept override;
  // Removes the victim, and remembers it when it never got beyond probation.
  void evict(CacheEntry* victim) noexcept override;
  void resize(int64_t capacity) noexcept override;
  // Empties the queues and gives their entries, chained by `older`.
  CacheEntry* clear() noexcept override;

 private:
  struct Fifo {
    CacheEntry* newest = nullptr;
    CacheEntry* oldest = nullptr;
    int64_t charge = 0;
    void push(CacheEntry* entry, int64_t charge) noexcept;
    void remove(CacheEntry* entry, int64_t charge) noexcept;
  };
  Fifo& queue_of(const CacheEntry* entry) noexcept {
    return entry->queue == CacheEntry::Queue::kMain ? main_ : probation_;
  }

  Fifo probation_;
  Fifo main_;
  GhostList ghosts_;
  const Charge charge_;
  int64_t probation_share_;
};

inline constexpr EvictionRow kS3Fifo{.word = "s3_fifo", .make = &make_eviction<S3Fifo>};

}  // namespace og
