// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <string_view>

#include "core/base/histogram.h"

namespace og {

// A series, in memory that processes may share. Names are written once, before the kind, and never
// changed; lengths are checked when they are read.
struct alignas(64) SeriesRecord {
  static constexpr uint32_t kMostText = 480;

  std::atomic<uint64_t> kind;       // 0: none yet, else 1 + SeriesKind
  std::atomic<int64_t> count;       // of a counter
  std::atomic<double> level;        // of a gauge
  uint32_t family, help, instance;  // lengths of the texts, which follow one another
  uint32_t unused;
  char text[kMostText];
  Histogram histogram;

  struct Names {
    std::string_view family, help, instance;
    uint64_t bytes() const noexcept { return family.size() + help.size() + instance.size(); }
  };
  // Empty where the lengths are not within the record.
  Names names() const noexcept {
    const uint64_t a = family, b = help, c = instance;
    if (a + b + c > kMostText) return {};
    return {{text, a}, {text + a, b}, {text + a + b, c}};
  }

  // Counts, by >= 0. A counter stops at the top. Below kNearTop, thousands of threads at a time
  // that each add less than kSmall do not get there.
  void add(int64_t by) noexcept {
    constexpr int64_t kNearTop = kTop / 2, kSmall = int64_t{1} << 48;
    if (by < kSmall && count.load(std::memory_order_relaxed) < kNearTop) [[likely]] {
      count.fetch_add(by, std::memory_order_relaxed);
    } else {
      add_up_to_top(by);
    }
  }

 private:
  static constexpr int64_t kTop = std::numeric_limits<int64_t>::max();

  void add_up_to_top(int64_t by) noexcept {
    int64_t old = count.load(std::memory_order_relaxed);
    while (!count.compare_exchange_weak(old, old > kTop - by ? kTop : old + by,
                                        std::memory_order_relaxed)) {
    }
  }
};

}  // namespace og
