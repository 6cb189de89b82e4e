// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/counters.h"

namespace og {

// Event counters by index, for a number of them known when made: StripedCounters for arrays. Each
// stripe is a row of its own, so that threads share no line.
class StripedTally {
 public:
  explicit StripedTally(size_t size)
      : size_(size),
        stride_((size + 7) / 8 * 8 + 8),
        rows_(new std::atomic<int64_t>[stride_ * kRows]()) {}

  void add(size_t which, int64_t by = 1) noexcept {
    auto stripe = static_cast<size_t>(thread_stripe());
    auto& cell = rows_[stripe * stride_ + which];
    if (stripe < kOwnedStripes) [[likely]] {
      cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    } else {
      cell.fetch_add(by, std::memory_order_relaxed);
    }
  }

  int64_t total(size_t which) const noexcept {
    int64_t sum = 0;
    for (size_t row = 0; row < kRows; ++row) {
      sum += rows_[row * stride_ + which].load(std::memory_order_relaxed);
    }
    return sum;
  }

  // While nobody adds to it.
  void reset(size_t which) noexcept {
    for (size_t row = 0; row < kRows; ++row) {
      rows_[row * stride_ + which].store(0, std::memory_order_relaxed);
    }
  }

  size_t size() const noexcept { return size_; }

 private:
  static constexpr size_t kRows = kOwnedStripes + 1;
  const size_t size_;
  const size_t stride_;  // a line's slack between rows, however the array is aligned
  std::unique_ptr<std::atomic<int64_t>[]> rows_;
};

}  // namespace og
