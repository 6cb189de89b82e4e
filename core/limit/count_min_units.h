// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "core/limit/fixed_window.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/limit_words.h"

namespace og {

// Windows of a period, those of fixed_window, of `count` requests each. Words that were scribbled
// over still divide and shift.
class CountMinUnits {
 public:
  CountMinUnits(uint64_t count, uint64_t period_ns) noexcept
      : CountMinUnits({count, period_ns}, 0) {}

  // Without a start: of one from which the epoch's windows get furthest.
  static CountMinUnits of(const LimitWords& words) noexcept { return {words, words[1] - 1}; }
  static CountMinUnits of(const LimitWords& words, uint64_t start) noexcept {
    return {words, start};
  }

  // The largest count of which nine years of windows fit within values, and leave them room for
  // changes.
  static uint64_t most_count(uint64_t period_ns) noexcept {
    const uint64_t windows = (kMostElapsed + period_ns) / period_ns + 1;
    const int bits = kValueBits - static_cast<int>(std::bit_width(windows));
    return std::min((uint64_t{1} << std::max(bits, 0)) - 1, kMostInWindow);
  }

  LimitWords words() const noexcept { return {count_, steps_.word()}; }
  uint64_t count() const noexcept { return count_; }
  int bits() const noexcept { return bits_; }
  uint64_t window_at(uint64_t elapsed) const noexcept { return steps_.window_at(elapsed); }
  int64_t begins(uint64_t window) const noexcept { return steps_.begins(window); }
  // What no value is of which a window has begun by then.
  uint64_t beyond(uint64_t elapsed) const noexcept {
    return (steps_.window_at(elapsed) + 1) << bits_;
  }

 private:
  static constexpr uint64_t kMostElapsed = LimitEpochs<>::kMaxElapsed + LimitEpochs<>::kSlack;
  static constexpr int kValueBits = 61;

  CountMinUnits(const LimitWords& words, uint64_t start) noexcept
      : count_(std::clamp<uint64_t>(words[0], 1, kMostInWindow)),
        bits_(static_cast<int>(std::bit_width(count_))),
        steps_(words, start) {}

  uint64_t count_;
  int bits_;
  FixedSteps steps_;
};

}  // namespace og
