// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/cache/cache_entry.h"

namespace og {

// From key to entry: open addressing with linear probing, read without a lock inside a ReadGate
// pass and written under the shard's lock.
//
// A slot holds the whole hash beside the pointer, so a probe touches an entry only where the hashes
// agree, four slots to a cache line. Within a table an entry never moves: an erased slot keeps its
// hash and a null pointer until reused, and when three quarters of the slots have been used the
// live ones are copied to a new table, published in one store. A reader may finish its walk in the
// old table, which it could have done before the change; the caller retires that table like an
// entry.
class HashIndex {
 public:
  struct Slot {
    std::atomic<uint64_t> hash{0};  // 0 has never been used
    std::atomic<CacheEntry*> entry{nullptr};
  };
  struct Table {
    explicit Table(size_t size);
    const size_t mask;
    const int shift;  // a hash's top bits are its home, its low ones have chosen the shard
    size_t used = 0;  // slots that are not empty
    Table* retired_next = nullptr;
    const std::unique_ptr<Slot[]> slots;
    size_t home(uint64_t hash) const noexcept { return static_cast<size_t>(hash >> shift); }
  };

  HashIndex();
  ~HashIndex();

  // Readers, inside a pass. `hash` is never 0: see nonzero().
  CacheEntry* find(uint64_t hash, std::string_view key) const noexcept {
    const Table& table = *table_.load(std::memory_order_seq_cst);
    for (size_t i = table.home(hash);; i = (i + 1) & table.mask) {
      const Slot& slot = table.slots[i];
      uint64_t seen = slot.hash.load(std::memory_order_relaxed);
      if (seen == 0) return nullptr;
      if (seen != hash) continue;
      CacheEntry* entry = slot.entry.load(std::memory_order_seq_cst);
      if (entry != nullptr && entry->key() == key) return entry;
    }
  }
  void prefetch(uint64_t hash) const noexcept {
    const Table& table = *table_.load(std::memory_order_seq_cst);
    __builtin_prefetch(&table.slots[table.home(hash)]);
  }
  // The entry that find() is likely to look at, for prefetching.
  const CacheEntry* guess(uint64_t hash) const noexcept {
    const Table& table = *table_.load(std::memory_order_seq_cst);
    return table.slots[table.home(hash)].entry.load(std::memory_order_seq_cst);
  }

  // Writers, under the lock.
  // Makes room for one more put(); the table to retire, if that took a new one. Throws bad_alloc.
  [[nodiscard]] Table* reserve();
  // Publishes `entry` in place of `old`, which has the same key, or in a slot of its own when null.
  void put(CacheEntry* entry, CacheEntry* old) noexcept;
  void erase(CacheEntry* entry) noexcept;
  // Starts afresh; the table to retire. Throws bad_alloc, leaving all as it was.
  [[nodiscard]] Table* clear();

  size_t live() const noexcept { return live_; }
  size_t slots() const noexcept { return table_.load(std::memory_order_relaxed)->mask + 1; }
  // What stands in slot number `at`, modulo their number; may be null.
  CacheEntry* at(size_t at) const noexcept;

  static constexpr uint64_t nonzero(uint64_t hash) noexcept { return hash == 0 ? 1 : hash; }

 private:
  static constexpr size_t kSmallest = 16;
  Slot& slot_of(const CacheEntry* entry) const noexcept;
  static void insert_into(Table& table, CacheEntry* entry) noexcept;

  std::atomic<Table*> table_;
  size_t live_ = 0;
};

}  // namespace og
