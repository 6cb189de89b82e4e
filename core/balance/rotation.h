// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/balance/plan.h"
#include "core/balance/turn.h"

namespace og {

// Picks from an order of endpoints that is gone through again and again.

inline int32_t next_in(const std::vector<int32_t>& order, Turn& turn,
                       uint64_t offset = 0) noexcept {
  return order.empty() ? Plan::kNobody : order[(turn.take() + offset) % order.size()];
}

// The next that admits. With a turn for these picks alone each of those that admit comes as often
// as it is in the order: one who stands behind somebody that does not would otherwise get that
// one's share too.
inline int32_t next_admitted_in(const std::vector<int32_t>& order, Turn& turn,
                                const Admits& admits) noexcept {
  constexpr size_t kMostPassedOver = 4096;
  for (size_t tries = std::min(order.size(), kMostPassedOver); tries > 0; --tries) {
    const int32_t index = order[turn.take() % order.size()];
    if (admits(index)) return index;
  }
  return Plan::kNobody;
}

}  // namespace og
