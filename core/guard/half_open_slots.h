// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/double_word.h"

namespace og {

// The permits of a half-open breaker: a slot each, two adjacent words that are swapped as one.
//
//   holder      generation in 14 bits, sequence in 12, deadline in 38 (ms); 0: free
//   attachment  of the segment's, whose process holds it; 0 on the heap
//
// A slot is free when its deadline has passed, when its attachment is gone, or when it is of another
// generation than the breaker's present one. The last is so only if the generation is still the
// present one after the slot was read: for a caller that was held up, the slot may be of a newer one,
// and somebody's. A claim that comes too late all the same is given back; meanwhile it is of an old
// generation, which is in nobody's way. The sequence tells a slot's former holder from the present one.
// tests/core/half_open_slots_test.cpp runs the interleavings, with deaths at every step.
template <class M = Memory>
class HalfOpenSlots {
 public:
  using Word = typename M::Word;
  struct alignas(16) Slot {
    Word holder;
    Word attachment;
  };
  static constexpr int kSequenceBits = 12;
  static constexpr uint64_t kSequenceMask = (1u << kSequenceBits) - 1;

  HalfOpenSlots(Slot* slots, int count, Word& sequence) noexcept
      : slots_(slots), count_(count), sequence_(sequence) {}

  struct Claim {
    int64_t generation;
    int64_t now;
    int64_t permit_ns;
    uint64_t attachment;
  };
  struct Taken {
    int slot = -1;  // none
    uint64_t sequence = 0;
  };
  // is_current(): whether the generation is still the breaker's. None when it is not, or all are held.
  template <class Current, class Alive>
  Taken take(const Claim& claim, Current&& is_current, Alive&& is_alive) noexcept {
    for (int i = 0; i < count_; ++i) {
      Slot& slot = slots_[i];
      const uint64_t seen = slot.holder.load(std::memory_order_seq_cst);
      const uint64_t by = slot.attachment.load(std::memory_order_seq_cst);
      if (is_held(seen, by, claim.generation, claim.now, is_alive)) continue;
      if (!is_current()) return {};
      const uint64_t sequence = sequence_.fetch_add(1, std::memory_order_relaxed) & kSequenceMask;
      const uint64_t mine = word(claim.generation, sequence, deadline_ms(claim.now, claim.permit_ns));
      if (!M::swap_pair(&slot.holder, seen, by, mine, claim.attachment)) continue;
      if (is_current()) return {i, sequence};
      give_back(claim.generation, i, sequence, claim.now);
      return {};
    }
    return {};
  }

  // False when it is no longer theirs.
  bool give_back(int64_t generation, int slot, uint64_t sequence, int64_t now) noexcept {
    Word& holder = slots_[slot].holder;
    uint64_t seen = holder.load(std::memory_order_seq_cst);
    return seen >> kDeadlineBits == word(generation, sequence, 0) >> kDeadlineBits &&
           !has_passed(seen, now) && holder.compare_exchange_strong(seen, 0, std::memory_order_seq_cst);
  }

  // 0 when a slot is free, else ns until the first is by its time.
  template <class Alive>
  int64_t free_after(int64_t generation, int64_t now, Alive&& is_alive) const noexcept {
    uint64_t soonest = kDeadlineMask;
    for (int i = 0; i < count_; ++i) {
      const uint64_t seen = slots_[i].holder.load(std::memory_order_seq_cst);
      const uint64_t by = slots_[i].attachment.load(std::memory_order_seq_cst);
      if (!is_held(seen, by, generation, now, is_alive)) return 0;
      soonest = std::min(soonest, seen & kDeadlineMask);
    }
    return std::max<int64_t>(static_cast<int64_t>(soonest) * 1'000'000 - now, 0);
  }

 private:
  static constexpr int kDeadlineBits = 38;
  static constexpr uint64_t kDeadlineMask = (uint64_t{1} << kDeadlineBits) - 1;
  static constexpr uint64_t kGenerationMask = (1u << (64 - kDeadlineBits - kSequenceBits)) - 1;

  static uint64_t word(int64_t generation, uint64_t sequence, uint64_t deadline_ms) noexcept {
    return ((static_cast<uint64_t>(generation) & kGenerationMask) << (kSequenceBits + kDeadlineBits)) |
           (sequence << kDeadlineBits) | deadline_ms;
  }
  static uint64_t deadline_ms(int64_t now, int64_t permit_ns) noexcept {
    const int64_t ms = now / 1'000'000 + (permit_ns + 999'999) / 1'000'000;
    return std::min(static_cast<uint64_t>(ms), kDeadlineMask);
  }
  static bool has_passed(uint64_t holder, int64_t now) noexcept {
    return static_cast<int64_t>(holder & kDeadlineMask) <= now / 1'000'000;
  }
  template <class Alive>
  static bool is_held(uint64_t holder, uint64_t attachment, int64_t generation, int64_t now,
                      Alive&& is_alive) noexcept {
    const uint64_t of = holder >> (kSequenceBits + kDeadlineBits);
    return holder != 0 && of == (static_cast<uint64_t>(generation) & kGenerationMask) &&
           !has_passed(holder, now) && is_alive(attachment);
  }

  Slot* const slots_;
  const int count_;
  Word& sequence_;
};

}  // namespace og
