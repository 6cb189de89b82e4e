// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace og {

// Whose turn it is: a plan's position in its order. Valid when zeroed, also in a segment.
struct Turn {
  Turn() = default;
  explicit Turn(uint64_t start) : next(start) {}
  alignas(64) std::atomic<uint64_t> next{0};
  uint64_t take() noexcept { return next.fetch_add(1, std::memory_order_relaxed); }
};

}  // namespace og
