// SPDX-License-Identifier: Apache-2.0
#include "core/cache/s3_fifo.h"

#include <algorithm>

namespace og {

S3Fifo::S3Fifo(int64_t capacity, Charge charge) : ghosts_(0), charge_(charge) {
  S3Fifo::resize(capacity);
}

void S3Fifo::resize(int64_t capacity) noexcept {
  ghosts_.resize(capacity - capacity / 10);
  probation_share_ = std::max<int64_t>(1, capacity / 10);
}

void S3Fifo::push(CacheEntry* entry, CacheEntry::Queue queue) noexcept {
  if (queue == CacheEntry::Queue::kNone) {
    queue = ghosts_.take(entry->hash) ? CacheEntry::Queue::kMain : CacheEntry::Queue::kProbation;
  }
  entry->queue = queue;
  queue_of(entry).push(entry, charge_(*entry));
}

void S3Fifo::remove(CacheEntry* entry) noexcept {
  queue_of(entry).remove(entry, charge_(*entry));
  entry->queue = CacheEntry::Queue::kNone;
}

CacheEntry* S3Fifo::victim() noexcept {
  for (;;) {
    bool from_probation = probation_.charge >= probation_share_ || main_.oldest == nullptr;
    CacheEntry* entry = from_probation ? probation_.oldest : main_.oldest;
    if (entry == nullptr) return nullptr;
    uint8_t uses = entry->uses.load(std::memory_order_relaxed);
    if (uses == 0) return entry;
    // Each round spends hits that paid for it, so the walk is O(1) amortized.
    queue_of(entry).remove(entry, charge_(*entry));
    entry->uses.store(from_probation ? 0 : static_cast<uint8_t>(uses - 1),
                      std::memory_order_relaxed);
    entry->queue = CacheEntry::Queue::kMain;
    main_.push(entry, charge_(*entry));
  }
}

void S3Fifo::evict(CacheEntry* victim) noexcept {
  if (victim->queue == CacheEntry::Queue::kProbation) ghosts_.add(victim->hash, charge_(*victim));
  remove(victim);
}

CacheEntry* S3Fifo::clear() noexcept {
  CacheEntry* all = probation_.newest;
  if (all != nullptr) {
    probation_.oldest->older = main_.newest;
  } else {
    all = main_.newest;
  }
  probation_ = {};
  main_ = {};
  ghosts_.clear();
  return all;
}

void S3Fifo::Fifo::push(CacheEntry* entry, int64_t by) noexcept {
  entry->newer = nullptr;
  entry->older = newest;
  (newest != nullptr ? newest->newer : oldest) = entry;
  newest = entry;
  charge += by;
}

void S3Fifo::Fifo::remove(CacheEntry* entry, int64_t by) noexcept {
  (entry->newer != nullptr ? entry->newer->older : newest) = entry->older;
  (entry->older != nullptr ? entry->older->newer : oldest) = entry->newer;
  charge -= by;
}

}  // namespace og
