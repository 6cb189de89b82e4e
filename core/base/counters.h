// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace og {

// The calling thread's stripe. The first kOwnedStripes live threads own one each, so theirs are
// bumped by a plain load and store; all others share the last and pay for an atomic add.
inline constexpr int kOwnedStripes = 16;
int claim_stripe() noexcept;
inline thread_local int t_stripe = -1;
inline int thread_stripe() noexcept {
  int stripe = t_stripe;
  return stripe >= 0 ? stripe : claim_stripe();
}

// N event counters (N <= 8: one cache line a stripe), cheap to bump from every thread and summed on
// reading. A sum read while others count is some value between the true ones before and after.
template <size_t N>
class StripedCounters {
  static_assert(N <= 8, "one cache line a stripe");

 public:
  void add(size_t which, int64_t by = 1) noexcept {
    int stripe = thread_stripe();
    auto& cell = lines_[static_cast<size_t>(stripe)].cells[which];
    if (stripe < kOwnedStripes) [[likely]] {
      cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    } else {
      cell.fetch_add(by, std::memory_order_relaxed);
    }
  }

  int64_t total(size_t which) const noexcept {
    int64_t sum = 0;
    for (const Line& line : lines_) sum += line.cells[which].load(std::memory_order_relaxed);
    return sum;
  }

  // While nobody adds.
  void reset() noexcept {
    for (Line& line : lines_) {
      for (auto& cell : line.cells) cell.store(0, std::memory_order_relaxed);
    }
  }

 private:
  struct alignas(64) Line {
    std::array<std::atomic<int64_t>, 8> cells{};
  };
  std::array<Line, kOwnedStripes + 1> lines_{};
};

}  // namespace og
