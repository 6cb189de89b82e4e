// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/guard/breaker_word.h"
#include "core/guard/half_open_slots.h"

namespace og {

// What callers share of a breaker besides its settings, and begins its cells: also for the agent of
// its fleet, which has no breaker over them.
template <class M = Memory>
struct alignas(64) BreakerCell {
  static constexpr int kMostPermits = 64;

  typename M::Word word;  // BreakerWord; 0 is before the first generation
  std::atomic<int64_t> retry_at;
  typename M::Word sequence;
  std::atomic<int64_t> generations_before;  // the last renewal
  std::array<typename HalfOpenSlots<M>::Slot, kMostPermits> slots;
};

// What is counted beside the cells. Pinned: part of a segment's layout.
enum BreakerCount : size_t {
  kBreakerSuccesses,
  kBreakerFailures,
  kBreakerRefusals,
  kBreakerLapses
};

}  // namespace og
