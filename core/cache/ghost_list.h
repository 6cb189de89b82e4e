// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace og {

// Remembers the hashes of what was lately evicted: a first-in first-out queue of a given total
// charge, kept without a queue. Every hash carries the sum of all charges that entered before it,
// and has left once what entered since exceeds the capacity. Linear probing; the departed are
// dropped when the table is rebuilt, so each operation is O(1) amortized. 16 bytes a slot. Under
// the shard's lock.
class GhostList {
 public:
  explicit GhostList(int64_t capacity) : capacity_(capacity) {}

  void add(uint64_t hash, int64_t charge) noexcept;
  // Whether the hash was remembered; it no longer is.
  bool take(uint64_t hash) noexcept;
  void clear() noexcept;
  void resize(int64_t capacity) noexcept { capacity_ = capacity; }

 private:
  struct Slot {
    uint64_t hash = 0;  // 0 has never been used
    int64_t entered = kTaken;
  };
  static constexpr int64_t kTaken = -1;
  bool remembered(const Slot& slot) const noexcept {
    return slot.entered != kTaken && sum_ - slot.entered <= capacity_;
  }
  bool rebuild() noexcept;
  Slot& probe(uint64_t hash) noexcept;

  int64_t capacity_;
  int64_t sum_ = 0;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace og
