// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "core/balance/weighted_cycle.h"

namespace og {

// A cycle, and a fingerprint of those whose cycle it is: their indexes and weights.
struct NamedCycle {
  std::shared_ptr<const Cycle> cycle;
  uint64_t fingerprint = 0;
};

// The cycle of weighted round robin of a set in a segment, so that whoever changes the set draws it
// and all processes have it with a copy.
//
// It is told by its fingerprint: a reader compares it with that of the members that he sees,
// whatever the order in which set and cycle were changed. Writers have the segment's lock; while
// one writes, the number of writings is odd, which a reader sees before or after his copy. Who died
// writing leaves it odd until the next. What is damaged or half written each process draws itself.
//
// Zeroed at first. An entry is an endpoint's index in 16 bits. Where few endpoints have a long
// cycle it may find no room: each process then draws it, which costs little with few weights.
class CycleRecord {
 public:
  static constexpr uint64_t kEntriesAnEndpoint = 512;

  static uint64_t room(uint64_t capacity) {
    const auto longest = static_cast<uint64_t>(longest_cycle(capacity)) + capacity;
    return std::min(longest, kEntriesAnEndpoint * capacity);
  }
  static uint64_t bytes_for(uint64_t capacity) {
    return sizeof(Head) + (room(capacity) * 2 + 63) / 64 * 64;
  }
  static uint64_t fingerprint(std::span<const Member> members) noexcept;

  // memory: bytes_for(capacity), on a cache line's boundary.
  CycleRecord(char* memory, uint64_t capacity)
      : capacity_(capacity),
        head_(reinterpret_cast<Head*>(memory)),
        entries_(reinterpret_cast<Entry*>(memory + sizeof(Head))) {}

  // Somebody picks by it.
  void want() noexcept { head_->wanted.store(1, std::memory_order_relaxed); }
  bool is_wanted() const noexcept { return head_->wanted.load(std::memory_order_relaxed) != 0; }

  // Under the segment's lock.
  void write(const NamedCycle& drawn) noexcept;
  // The members'; null when it is not there.
  std::shared_ptr<const Cycle> read(std::span<const Member> members) const;

 private:
  using Entry = std::atomic<uint16_t>;
  struct alignas(64) Head {
    std::atomic<uint64_t> wanted;
    std::atomic<uint64_t> writings;  // odd while one writes
    std::atomic<uint64_t> fingerprint;
    std::atomic<uint64_t> length;
  };

  const uint64_t capacity_;
  Head* const head_;
  Entry* const entries_;
};

}  // namespace og
