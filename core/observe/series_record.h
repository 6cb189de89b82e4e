// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "core/base/histogram.h"

namespace og {

// One of the program's own series, in memory that processes may share. Names are written once,
// before the kind, and never changed; lengths are checked when they are read.
struct alignas(64) SeriesRecord {
  static constexpr uint32_t kMostText = 480;

  std::atomic<uint64_t> kind;       // 0: none yet, else 1 + OwnSeries::Kind
  std::atomic<int64_t> count;       // of a counter
  std::atomic<double> level;        // of a gauge
  uint32_t family, help, instance;  // lengths of the texts, which follow one another
  uint32_t unused;
  char text[kMostText];
  Histogram histogram;

  struct Names {
    std::string_view family, help, instance;
  };
  // Empty where the lengths are not within the record.
  Names names() const noexcept {
    const uint64_t a = family, b = help, c = instance;
    if (a + b + c > kMostText) return {};
    return {{text, a}, {text + a, b}, {text + a + b, c}};
  }
};

}  // namespace og
