// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"
#include "core/scope/place.h"

namespace og {

// Striped counters that lie where the cells do: where others use those, they count for all
// together. There no thread owns a line, so each count is an atomic add, to a line that processes
// and threads are spread over.
template <size_t N>
class PlacedCounters {
 public:
  // What they need of the cells that are shared.
  static constexpr uint64_t kBytes = 32 * 64;

  // At the beginning of those.
  explicit PlacedCounters(const CellMemory& memory) noexcept
      : shared_(reinterpret_cast<Line*>(memory.shared())), scope_(memory.scope()) {}

  void add(size_t which, int64_t by = 1) noexcept {
    if (shared_) {
      // By the attachment, which after a fork is another: workers of one parent do not meet on a
      // line.
      const uint64_t line = (scope_.owner() * 11 + static_cast<uint64_t>(thread_stripe())) % kLines;
      shared_[line].cells[which].fetch_add(by, std::memory_order_relaxed);
    } else {
      own_.add(which, by);
    }
  }

  int64_t total(size_t which) const noexcept {
    if (!shared_) return own_.total(which);
    uint64_t sum = 0;  // of what others can scribble over: it may wrap
    for (uint64_t i = 0; i < kLines; ++i) {
      sum += static_cast<uint64_t>(shared_[i].cells[which].load(std::memory_order_relaxed));
    }
    return static_cast<int64_t>(sum);
  }

  // Of the heap's alone, while nobody adds.
  void reset() noexcept { own_.reset(); }

 private:
  static constexpr uint64_t kLines = 32;
  struct alignas(64) Line {
    std::atomic<int64_t> cells[8];
  };
  static_assert(sizeof(Line) * kLines == kBytes);

  Line* const shared_;  // null where nobody else counts
  const Scope& scope_;
  StripedCounters<N> own_;
};

}  // namespace og
