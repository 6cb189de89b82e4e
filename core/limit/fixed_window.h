// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"
#include "core/limit/window_units.h"

namespace og {

// Windows of the rate's period, which begin at whole periods of the clock, counted from its zero:
// with a clock of Unix time, and with times given in it, at full seconds, minutes and hours of UTC;
// with the system's clock, which begins near the machine's boot, at moments that mean nothing, but
// the same ones for all who share the limiter. They are numbered from the epoch's first.
class FixedSteps {
 public:
  FixedSteps(const LimitWords& words, uint64_t start) noexcept
      : period_(std::max<uint64_t>(words[1], 1)), phase_(start % period_) {}

  uint64_t word() const noexcept { return period_; }
  uint64_t window_at(uint64_t elapsed) const noexcept { return (elapsed + phase_) / period_; }
  int64_t begins(uint64_t window) const noexcept {
    const auto ns = static_cast<unsigned __int128>(window) * period_;
    if (ns <= phase_) return 0;
    return static_cast<int64_t>(std::min<unsigned __int128>(ns - phase_, kEndOfTime));
  }

 private:
  uint64_t period_;  // ns
  uint64_t phase_;   // of the epoch's start within its window
};

class WindowUnits : public WindowUnitsOf<FixedSteps> {
 public:
  WindowUnits(uint64_t count, uint64_t period_ns, uint64_t capacity = 0,
              uint64_t max_wait_ns = 0) noexcept
      : WindowUnits({count, period_ns, capacity, 0, 0, max_wait_ns}, 0) {}

  // Without a start: of one from which the epoch's windows get furthest.
  static WindowUnits of(const LimitWords& words) noexcept { return {words, words[1] - 1}; }
  static WindowUnits of(const LimitWords& words, uint64_t start) noexcept { return {words, start}; }

 private:
  WindowUnits(const LimitWords& words, uint64_t start) noexcept
      : WindowUnitsOf(words, FixedSteps(words, start)) {}
};

class FixedWindowPolicy {
 public:
  using Cells = TokenBucket<Memory, WindowUnits>;
  static constexpr const char* kWord = "fixed_window";
  static constexpr bool kHoldsBurst = true;
  static constexpr std::span<const OptionSpec> kOptions{};

  static Result<FixedWindowPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord, Holds::kBurst); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    if (auto fits = check_window_count(setup.rate, kWord); !fits)
      return tl::unexpected(std::move(fits.error()));
    const int64_t burst = burst_of(setup);
    return FixedWindowPolicy(WindowUnits(static_cast<uint64_t>(setup.rate.count),
                                         static_cast<uint64_t>(setup.rate.period_ns),
                                         static_cast<uint64_t>(burst), max_wait_of(setup)));
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
