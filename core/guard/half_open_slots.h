// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>

#include "core/scope/permit_slot.h"

namespace og {

// The permits of a half-open breaker: a slot each, whose tag is a generation in 14 bits and a
// sequence in 12.
//
// A slot is free when its deadline has passed, when its attachment is gone, or when it is of
// another generation than the breaker's present one. The last is so only if the generation is still
// the present one after the slot was read: for a caller that was held up, the slot may be of a
// newer one, and somebody's. A claim that comes too late all the same is given back; meanwhile it
// is of an old generation, which is in nobody's way. The sequence tells a slot's former holder from
// the present one. tests/core/half_open_slots_test.cpp runs the interleavings, with deaths at every
// step.
template <class M = Memory>
class HalfOpenSlots {
 public:
  using Word = typename M::Word;
  using Slot = PermitSlot<M>;
  using View = typename Slot::View;
  static constexpr int kSequenceBits = 12;
  static constexpr uint64_t kSequenceMask = (1u << kSequenceBits) - 1;

  // count: how many of the slots are given out; others that are held may be given back.
  HalfOpenSlots(Slot* slots, const std::atomic<int64_t>& count, Word& sequence) noexcept
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
  // is_current(): whether the generation is still the breaker's. None when it is not, or all are
  // held.
  template <class Current, class Alive>
  Taken take(const Claim& claim, Current&& is_current, Alive&& is_alive) noexcept {
    const auto count = static_cast<int>(count_.load(std::memory_order_relaxed));
    for (int i = 0; i < count; ++i) {
      Slot& slot = slots_[i];
      const View seen = slot.read();
      if (is_held(seen, claim.generation, claim.now, is_alive)) continue;
      if (!is_current()) return {};
      const uint64_t sequence = sequence_.fetch_add(1, std::memory_order_relaxed) & kSequenceMask;
      const uint64_t deadline = Slot::deadline_ms(claim.now, claim.permit_ns);
      if (!slot.claim(seen, tag(claim.generation, sequence), deadline, claim.attachment)) continue;
      if (is_current()) return {i, sequence};
      give_back(claim.generation, i, sequence, claim.now);
      return {};
    }
    return {};
  }

  // False when it is no longer theirs.
  bool give_back(int64_t generation, int slot, uint64_t sequence, int64_t now) noexcept {
    const View seen = slots_[slot].read();
    return seen.tag() == tag(generation, sequence) && !seen.is_free(now) &&
           slots_[slot].give_back(seen);
  }

  // 0 when a slot is free, else ns until the first is by its time.
  template <class Alive>
  int64_t free_after(int64_t generation, int64_t now, Alive&& is_alive) const noexcept {
    uint64_t soonest = Slot::kLastDeadline;  // in ns it has 64 bits
    const auto count = static_cast<int>(count_.load(std::memory_order_relaxed));
    for (int i = 0; i < count; ++i) {
      const View seen = slots_[i].read();
      if (!is_held(seen, generation, now, is_alive)) return 0;
      soonest = std::min(soonest, seen.deadline_ms());
    }
    const uint64_t due = soonest * 1'000'000, present = static_cast<uint64_t>(now);
    if (due <= present) return 0;
    return static_cast<int64_t>(
        std::min<uint64_t>(due - present, std::numeric_limits<int64_t>::max()));
  }

 private:
  static constexpr uint64_t kGenerationMask = Slot::kMostTag >> kSequenceBits;

  static uint64_t tag(int64_t generation, uint64_t sequence) noexcept {
    return (static_cast<uint64_t>(generation) & kGenerationMask) << kSequenceBits | sequence;
  }
  template <class Alive>
  static bool is_held(const View& seen, int64_t generation, int64_t now,
                      Alive&& is_alive) noexcept {
    return seen.tag() >> kSequenceBits == (static_cast<uint64_t>(generation) & kGenerationMask) &&
           !seen.is_free(now) && is_alive(seen.attachment());
  }

  Slot* const slots_;
  const std::atomic<int64_t>& count_;
  Word& sequence_;
};

}  // namespace og
