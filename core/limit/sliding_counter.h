// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/limit/counts_inheritance.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"

namespace og {

// About `count` requests in any time of the rate's period, told from two counters a key: of what
// passed in the present window, and in the one before it, as if the latter had come evenly.
//
//   previous * (period - elapsed) / period + present + cost <= count
//
// is decided in integers: both sides times the period, in 128 bits. Nothing is rounded. Windows
// begin where those of fixed_window do.
//
// Against the exact log (window_log.h): of the previous window's requests, some x passed within the
// last period, of which the formula knows but what x would be had they come evenly. So what it
// counts is less than the log does by at most previous * elapsed / period, and more by at most
// previous * (period - elapsed) / period. Hence:
//
//   - in no period more than 2 * count - 1 pass. Of the previous window x + present <= count +
//     previous * elapsed / period; once elapsed is period - 1, x is none, and less than count is
//     beyond. That many pass where `count` come just before a window's end and the rest just before
//     the end of the next
//   - a request may be refused, or have to wait, that the log lets through: where all of the
//     previous window came at its beginning
//
// Both counters lie in the cell's one value, with n = count + 1:
//
//   value = (window * n + previous) * n + present
//
// It grows with each request, and with each window. Two windows on, nothing is left of it: it is
// idle. Windows are numbered from the epoch's first, which is 2, so that the line below which
// values are idle is never below 0.
//
// A request from before the latest window of its key counts as of that window's beginning, and
// where turns to come were ever given (token_slots.h), waits for it.
class CounterUnits {
 public:
  static constexpr bool kAreTokens = false;

  struct Moment {
    uint64_t floor;  // the last value that is idle
    uint64_t ceil;   // nothing counted, in the present window
    uint64_t window;
    uint64_t into;  // ns
  };
  struct Taken {
    bool passes;
    uint64_t value = 0;
    int64_t due = 0;
  };

  CounterUnits(uint64_t count, uint64_t period_ns, uint64_t max_wait_ns = 0) noexcept
      : CounterUnits({count, period_ns, 0, 0, 0, max_wait_ns}, 0) {}

  // The largest count of which nine years of windows fit within values.
  static uint64_t most_count(uint64_t period_ns) noexcept {
    const uint64_t windows = (kMostElapsed + period_ns) / period_ns + kFirst + 1;
    auto root = static_cast<uint64_t>(std::sqrt(static_cast<double>(kMostValue / windows)));
    while (root * root > kMostValue / windows) --root;
    while ((root + 1) * (root + 1) <= kMostValue / windows) ++root;
    return root - 1;
  }

  LimitWords words() const noexcept { return {count_, period_, 0, 0, 0, max_wait_}; }
  // Without a start: of one from which the epoch's windows get furthest. Words that were scribbled
  // over still divide.
  static CounterUnits of(const LimitWords& words) noexcept { return {words, words[1] - 1}; }
  static CounterUnits of(const LimitWords& words, uint64_t start) noexcept {
    return {words, start};
  }

  Moment at(uint64_t elapsed) const noexcept {
    const uint64_t since = elapsed + phase_;
    const uint64_t window = since / period_ + kFirst;
    return {(window - 1) * square_ - 1, window * square_, window, since % period_};
  }
  int64_t when(uint64_t value) const noexcept { return time_of(value / square_ + 2, 0); }

  // Whether its window has not begun, and when that does.
  bool is_ahead(uint64_t value, const Moment& now) const noexcept {
    return value / square_ > now.window;
  }
  int64_t counts_from(uint64_t value) const noexcept { return time_of(value / square_, 0); }
  Taken take(uint64_t value, const Moment& now, uint64_t cost) const noexcept {
    const Counts counts = counted(value, now);
    if (counts.present + cost > count_) {
      // The next window, and as far into it as leaves room: nothing will have passed in it.
      const uint64_t room = count_ - std::min(cost, count_);
      return {false, 0, time_of(counts.window + 1, until_room(counts.present, room))};
    }
    const uint64_t room = count_ - counts.present - cost;
    if (Wide{counts.previous} * (period_ - counts.into) > Wide{room} * period_)
      return {false, 0, time_of(counts.window, until_room(counts.previous, room))};
    return {true, counts.window * square_ + counts.previous * n_ + counts.present + cost};
  }
  uint64_t left(uint64_t value, const Moment& now) const noexcept {
    return count_ - used(value, now);
  }
  // What counts, rounded up; at most all.
  uint64_t used(uint64_t value, const Moment& now) const noexcept {
    const Counts counts = counted(value, now);
    const Wide weighted = Wide{counts.previous} * (period_ - counts.into);
    const auto passed = counts.present + static_cast<uint64_t>((weighted + period_ - 1) / period_);
    return std::min(passed, count_);
  }

  // Nothing counted in the value's own window: what passed before it is not called back.
  uint64_t begin_of(uint64_t value, const Moment&) const noexcept { return value - value % n_; }

  uint64_t per_token() const noexcept { return 1; }
  uint64_t capacity() const noexcept { return square_ - 1; }
  int64_t burst() const noexcept { return static_cast<int64_t>(count_); }
  int64_t max_wait() const noexcept {  // ns
    return static_cast<int64_t>(std::min(max_wait_, TokenUnits::kMostWait));
  }
  uint64_t most_held() const noexcept { return capacity(); }

  // With so many requests in the window of that time.
  uint64_t first(uint64_t used, uint64_t elapsed) const noexcept {
    return used == 0 ? 0 : at(elapsed).window * square_ + used;
  }

 private:
  using Wide = unsigned __int128;
  struct Counts {
    uint64_t window, into, previous, present;
  };

  static constexpr uint64_t kFirst = 2;
  static constexpr uint64_t kMostValue = uint64_t{1} << 62;
  static constexpr uint64_t kMostElapsed = LimitEpochs<>::kMaxElapsed + LimitEpochs<>::kSlack;

  CounterUnits(const LimitWords& words, uint64_t start) noexcept
      : count_(std::clamp<uint64_t>(words[0], 1, kMostCount)),
        period_(std::max<uint64_t>(words[1], 1)),
        max_wait_(words[kBesideSets]),
        phase_(start % period_),
        n_(count_ + 1),
        square_(n_ * n_) {}

  // What a value counts at a moment: of a later window, at its beginning.
  Counts counted(uint64_t value, const Moment& now) const noexcept {
    const uint64_t window = value / square_, counts = value % square_;
    if (window == now.window) return {window, now.into, counts / n_, counts % n_};
    if (window > now.window) return {window, 0, counts / n_, counts % n_};
    return {now.window, now.into, window + 1 == now.window ? counts % n_ : 0, 0};
  }
  // ns into a window at which what passed in the one before weighs no more than `room`.
  uint64_t until_room(uint64_t previous, uint64_t room) const noexcept {
    const Wide lasts = Wide{room} * period_ / std::max<uint64_t>(previous, 1);
    return period_ - static_cast<uint64_t>(std::min<Wide>(lasts, period_));
  }
  // ns of the epoch; 0 for a time before.
  int64_t time_of(uint64_t window, uint64_t into) const noexcept {
    const Wide ns = Wide{window - std::min(window, kFirst)} * period_ + into;
    if (ns <= phase_) return 0;
    return static_cast<int64_t>(std::min<Wide>(ns - phase_, kEndOfTime));
  }

  static constexpr uint64_t kMostCount = (uint64_t{1} << 31) - 2;

  uint64_t count_;
  uint64_t period_;    // ns
  uint64_t max_wait_;  // ns
  uint64_t phase_;     // of the epoch's start within its window
  uint64_t n_;
  uint64_t square_;
};

// What counted as the configuration changed counts as passed in the window of the change, or in
// that of the time at which a window of turns to come begins.
inline uint64_t carry(TokensInheritance rule, uint64_t value, uint64_t lasted,
                      const CounterUnits& from, const CounterUnits& to) noexcept {
  const auto most = [](const CounterUnits& units) { return static_cast<uint64_t>(units.burst()); };
  const auto ended = from.at(lasted);
  const auto begins =
      from.is_ahead(value, ended) ? static_cast<uint64_t>(from.counts_from(value)) : lasted;
  return to.first(inherit_count(rule, from.used(value, ended), most(from), most(to)),
                  begins - std::min(begins, lasted));
}

class SlidingCounterPolicy {
 public:
  using Cells = TokenBucket<Memory, CounterUnits>;
  static constexpr const char* kWord = "sliding_counter";
  static constexpr std::span<const OptionSpec> kOptions{};

  static Result<SlidingCounterPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    const auto count = static_cast<uint64_t>(setup.rate.count);
    const auto period = static_cast<uint64_t>(setup.rate.period_ns);
    const uint64_t most = CounterUnits::most_count(period);
    if (count > most) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be " + std::to_string(count) + " events in " +
                      std::to_string(period) + " ns with sliding_counter, which counts up to " +
                      std::to_string(most) +
                      " in so long: use a longer period, fixed_window or token_bucket",
                  "rate");
    }
    return SlidingCounterPolicy(CounterUnits(count, period, max_wait_of(setup)));
  }
  static uint64_t tag_mask(uint64_t) noexcept { return ~uint64_t{0}; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept { return units_.words(); }
  Result<void> can_follow(uint64_t, TokensInheritance) const { return {}; }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs}; }

 private:
  explicit SlidingCounterPolicy(CounterUnits units) : units_(units) {}

  CounterUnits units_;
};

}  // namespace og
