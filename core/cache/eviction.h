// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/cache/cache_entry.h"

namespace og {

// Which entry of a shard goes when room is needed. Every call is made under the shard's lock.
//
// A hit calls nothing here, and so needs no lock: it counts itself in the entry
// (CacheEntry::used), where an eviction finds it when it next looks at the entry. Within an entry
// `queue`, `newer` and `older` are the eviction's, and `uses` is its to lower.
class Eviction {
 public:
  // What an entry takes of the capacity: its bytes, or 1 where entries are counted.
  using Charge = int64_t (*)(const CacheEntry&);

  virtual ~Eviction() = default;
  // Takes in a new entry, or the successor of one that stood in `queue` and was removed.
  virtual void push(CacheEntry* entry,
                    CacheEntry::Queue queue = CacheEntry::Queue::kNone) noexcept = 0;
  virtual void remove(CacheEntry* entry) noexcept = 0;
  // The next to go, still taken in. Null when there is none.
  virtual CacheEntry* victim() noexcept = 0;
  // Removes the victim, for want of room.
  virtual void evict(CacheEntry* victim) noexcept = 0;
  // Another capacity, for those that go by it. What is taken in may exceed it until it is evicted.
  virtual void resize(int64_t) noexcept {}
  // Lets go of all entries and gives them, chained by `older`.
  virtual CacheEntry* clear() noexcept = 0;
};

// What an eviction's file tells of it: a row of kEvictions (evictions.h).
struct EvictionRow {
  const char* word;
  std::unique_ptr<Eviction> (*make)(int64_t capacity, Eviction::Charge charge);
};

template <class E>
std::unique_ptr<Eviction> make_eviction(int64_t capacity, Eviction::Charge charge) {
  return std::make_unique<E>(capacity, charge);
}

}  // namespace og
