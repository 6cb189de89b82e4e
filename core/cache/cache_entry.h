// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "core/base/time.h"

namespace og {

inline constexpr int64_t kNeverExpires = kEndOfTime;

// Keys and values are counted in 32 bits inside an entry.
inline constexpr int64_t kMaxCacheKeyBytes = std::numeric_limits<int32_t>::max();
inline constexpr int64_t kMaxCacheValueBytes = std::numeric_limits<int32_t>::max();

// One cached item in one allocation: this header, one cache line, then the key's bytes, then the
// value's. All but `refs` and `uses` is fixed before the entry is published, or belongs to the
// shard's lock; a new value for a key is a new entry. Counted by references, of which the cache
// holds one, so a value handed out outlives its eviction and even its cache.
struct CacheEntry {
  // Where the eviction has it. On probation is what was not hit since it came.
  enum class Queue : uint8_t { kNone, kProbation, kMain };

  // One reference, the caller's. Throws std::bad_alloc.
  static CacheEntry* make(uint64_t hash, std::string_view key, std::string_view value);

  void ref() noexcept { refs.fetch_add(1, std::memory_order_relaxed); }
  void unref() noexcept;

  std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(this + 1), key_size};
  }
  std::string_view value() const noexcept {
    return {reinterpret_cast<const char*>(this + 1) + key_size, value_size};
  }

  std::atomic<int32_t> refs{1};
  std::atomic<uint8_t> uses{0};  // hits since it was last looked at, saturating at kMaxUses
  Queue queue = Queue::kNone;
  bool absent = false;  // the key is known not to exist
  uint32_t key_size = 0;
  uint32_t value_size = 0;
  uint64_t hash = 0;
  int64_t fresh_until = kNeverExpires;
  int64_t usable_until = kNeverExpires;  // stale from fresh_until to here
  int64_t weight = 0;
  CacheEntry* newer = nullptr;  // neighbours in its queue; `older` also chains retired entries
  CacheEntry* older = nullptr;

  // Counts a hit. Two threads may lose one of their two counts, which no eviction will notice; an
  // entry already at the top is only read, so hot entries stay shared between processors' caches.
  static constexpr uint8_t kMaxUses = 3;
  void used() noexcept {
    uint8_t count = uses.load(std::memory_order_relaxed);
    if (count < kMaxUses) {
      uses.store(static_cast<uint8_t>(count + 1), std::memory_order_relaxed);
    }
  }
};
static_assert(sizeof(CacheEntry) == 64);

// A reference to a cached value: the bytes stay as they are for as long as it lives. Empty when
// there is no value. Costs one atomic addition to make and one to let go.
class CacheValue {
 public:
  CacheValue() = default;
  static CacheValue share(CacheEntry* entry) noexcept {
    entry->ref();
    return CacheValue(entry);
  }
  // A value of its own, in no cache. Throws std::bad_alloc.
  static CacheValue copy_of(std::string_view bytes) {
    return CacheValue(CacheEntry::make(0, {}, bytes));
  }
  // Takes over a reference that release() gave up.
  static CacheValue adopt(CacheEntry* entry) noexcept { return CacheValue(entry); }

  CacheValue(const CacheValue& other) noexcept : entry_(other.entry_) {
    if (entry_ != nullptr) entry_->ref();
  }
  CacheValue(CacheValue&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  CacheValue& operator=(CacheValue other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~CacheValue() {
    if (entry_ != nullptr) entry_->unref();
  }

  explicit operator bool() const noexcept { return entry_ != nullptr; }
  std::string_view bytes() const noexcept {
    return entry_ != nullptr ? entry_->value() : std::string_view();
  }
  int64_t fresh_until() const noexcept { return entry_ != nullptr ? entry_->fresh_until : 0; }
  CacheEntry* get() const noexcept { return entry_; }
  CacheEntry* release() noexcept { return std::exchange(entry_, nullptr); }

 private:
  explicit CacheValue(CacheEntry* entry) noexcept : entry_(entry) {}
  CacheEntry* entry_ = nullptr;
};

}  // namespace og
