// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/limit/counts_inheritance.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"

namespace og {

// At most `count` requests in each window of the rate's period. Windows begin at whole periods of
// the clock, counted from its zero: with a clock of Unix time, and with times given in it, at full
// seconds, minutes and hours of UTC; with the system's clock, which begins near the machine's boot,
// at moments that mean nothing, but the same ones for all who share the limiter.
//
// It is a token bucket whose time goes in steps. Windows are numbered from the epoch's first, and
// window w begins with the value at w * count, on which it counts up to (w + 1) * count: so the
// value of a full window is that with which the next one begins, and a window that is over is idle.
//
// A request from before the latest window of its key counts in that one: who read the clock just
// before a window began is not told to come again at once.
class WindowUnits {
 public:
  static constexpr bool kAreTokens = false;
  static constexpr uint64_t kMostCount = 1'000'000'000'000;

  struct Moment {
    uint64_t floor;  // the present window's beginning
    uint64_t ceil;
  };
  struct Taken {
    bool passes;
    uint64_t value = 0;
    int64_t due = 0;
  };

  WindowUnits(uint64_t count, uint64_t period_ns) noexcept : WindowUnits({count, period_ns}, 0) {}

  LimitWords words() const noexcept { return {count_, period_, 0, 0}; }
  // Without a start: of one from which the epoch's windows get furthest. Words that were scribbled
  // over still divide.
  static WindowUnits of(const LimitWords& words) noexcept { return {words, words[1] - 1}; }
  static WindowUnits of(const LimitWords& words, uint64_t start) noexcept { return {words, start}; }

  Moment at(uint64_t elapsed) const noexcept {
    const uint64_t begins = (elapsed + phase_) / period_ * count_;
    return {begins, begins};
  }
  int64_t when(uint64_t value) const noexcept {
    const uint64_t window = (value + count_ - 1) / count_;
    const auto ns = static_cast<unsigned __int128>(window) * period_;
    if (ns <= phase_) return 0;
    return static_cast<int64_t>(std::min<unsigned __int128>(ns - phase_, kEndOfTime));
  }
  Taken take(uint64_t value, const Moment& now, uint64_t need) const noexcept {
    const uint64_t next = value + need;
    if (next <= window_of(value, now) + count_) return {true, next};
    return {false, 0, when(next - count_)};
  }
  uint64_t left(uint64_t value, const Moment& now) const noexcept {
    return count_ - used(value, now);
  }
  // At most all.
  uint64_t used(uint64_t value, const Moment& now) const noexcept {
    const uint64_t begins = window_of(value, now);
    return value > begins ? std::min(value - begins, count_) : 0;
  }

  uint64_t begin_of(uint64_t value, const Moment& now) const noexcept {
    return window_of(value, now);
  }

  uint64_t per_token() const noexcept { return 1; }
  uint64_t capacity() const noexcept { return count_; }
  int64_t burst() const noexcept { return static_cast<int64_t>(count_); }

 private:
  WindowUnits(const LimitWords& words, uint64_t start) noexcept
      : count_(std::max<uint64_t>(words[0], 1)),
        period_(std::max<uint64_t>(words[1], 1)),
        phase_(start % period_) {}

  // The beginning of the window that a value is of, which is above its beginning.
  uint64_t window_of(uint64_t value, const Moment& now) const noexcept {
    return value <= now.floor + count_ ? now.floor : (value - 1) / count_ * count_;
  }

  uint64_t count_;
  uint64_t period_;  // ns
  uint64_t phase_;   // of the epoch's start within its window
};

// What passed in the window in which the configuration changes counts in the new one's, by the
// rule. Where a caller's time was later and has begun another, that one counts so.
inline uint64_t carry(TokensInheritance rule, uint64_t value, uint64_t lasted,
                      const WindowUnits& from, const WindowUnits& to) noexcept {
  return inherit_count(rule, from.used(value, from.at(lasted)), from.capacity(), to.capacity());
}

class FixedWindowPolicy {
 public:
  using Cells = TokenBucket<Memory, WindowUnits>;
  static constexpr const char* kWord = "fixed_window";
  static constexpr std::span<const OptionSpec> kOptions{};

  static Result<FixedWindowPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord); !others)
      return tl::unexpected(std::move(others.error()));
    if (static_cast<uint64_t>(setup.rate.count) > WindowUnits::kMostCount) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be " + std::to_string(setup.rate.count) +
                      " events in its period with fixed_window: use up to " +
                      std::to_string(WindowUnits::kMostCount),
                  "rate");
    }
    return FixedWindowPolicy(WindowUnits(static_cast<uint64_t>(setup.rate.count),
                                         static_cast<uint64_t>(setup.rate.period_ns)));
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept { return units_.words(); }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs}; }

 private:
  explicit FixedWindowPolicy(WindowUnits units) : units_(units) {}

  WindowUnits units_;
};

}  // namespace og
