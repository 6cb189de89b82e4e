// SPDX-License-Identifier: Apache-2.0
#include "core/cache/hash_index.h"

#include <bit>

namespace og {

HashIndex::Table::Table(size_t size)
    : mask(size - 1), shift(64 - std::countr_zero(size)), slots(new Slot[size]) {}

HashIndex::HashIndex() : table_(new Table(kSmallest)) {}

HashIndex::~HashIndex() { delete table_.load(); }

HashIndex::Table* HashIndex::reserve() {
  Table* old = table_.load(std::memory_order_relaxed);
  if ((old->used + 1) * 4 <= (old->mask + 1) * 3) return nullptr;
  size_t size = std::bit_ceil(2 * (live_ + 1));
  auto* fresh = new Table(size < kSmallest ? kSmallest : size);
  for (size_t i = 0; i <= old->mask; ++i) {
    CacheEntry* entry = old->slots[i].entry.load(std::memory_order_relaxed);
    if (entry != nullptr) insert_into(*fresh, entry);
  }
  table_.store(fresh, std::memory_order_seq_cst);
  return old;
}

void HashIndex::put(CacheEntry* entry, CacheEntry* old) noexcept {
  if (old != nullptr) {
    slot_of(old).entry.store(entry, std::memory_order_seq_cst);
    return;
  }
  insert_into(*table_.load(std::memory_order_relaxed), entry);
  ++live_;
}

// The hash is stored before the pointer. A reader that meets the new hash with no pointer, or the
// pointer under the hash it replaced, walks on, as it would have a moment before.
void HashIndex::insert_into(Table& table, CacheEntry* entry) noexcept {
  size_t i = table.home(entry->hash);
  while (table.slots[i].entry.load(std::memory_order_relaxed) != nullptr) i = (i + 1) & table.mask;
  Slot& slot = table.slots[i];
  if (slot.hash.load(std::memory_order_relaxed) == 0) ++table.used;
  slot.hash.store(entry->hash, std::memory_order_relaxed);
  slot.entry.store(entry, std::memory_order_seq_cst);
}

// Slots before an empty one lead nowhere, so those become empty again at once, which makes
// rebuilding rare.
void HashIndex::erase(CacheEntry* entry) noexcept {
  Table& table = *table_.load(std::memory_order_relaxed);
  Slot& slot = slot_of(entry);
  slot.entry.store(nullptr, std::memory_order_seq_cst);
  --live_;
  auto i = static_cast<size_t>(&slot - table.slots.get());
  if (table.slots[(i + 1) & table.mask].hash.load(std::memory_order_relaxed) != 0) return;
  while (table.slots[i].hash.load(std::memory_order_relaxed) != 0 &&
         table.slots[i].entry.load(std::memory_order_relaxed) == nullptr) {
    table.slots[i].hash.store(0, std::memory_order_relaxed);
    --table.used;
    i = (i - 1) & table.mask;
  }
}

HashIndex::Table* HashIndex::clear() {
  auto* fresh = new Table(kSmallest);
  live_ = 0;
  return table_.exchange(fresh, std::memory_order_seq_cst);
}

CacheEntry* HashIndex::at(size_t at) const noexcept {
  const Table& table = *table_.load(std::memory_order_relaxed);
  return table.slots[at & table.mask].entry.load(std::memory_order_relaxed);
}

HashIndex::Slot& HashIndex::slot_of(const CacheEntry* entry) const noexcept {
  const Table& table = *table_.load(std::memory_order_relaxed);
  size_t i = table.home(entry->hash);
  while (table.slots[i].entry.load(std::memory_order_relaxed) != entry) i = (i + 1) & table.mask;
  return table.slots[i];
}

}  // namespace og
