// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.h"
#include "core/limit/counts_inheritance.h"
#include "core/limit/limit_words.h"
#include "core/limit/token_units.h"

namespace og {

inline constexpr uint64_t kMostInWindow = 1'000'000'000'000;

// `count` requests more at each window's beginning, and at most `capacity` at once: of a capacity
// like the count, at most that many in each window; of a greater one, what windows leave unused is
// there in later ones.
//
// It is a token bucket whose time goes in steps: bucket4j's interval refill, aligned. Windows are
// numbered by Steps, and window w begins with the value at w * count, on which it counts up to
// w * count + capacity. So a value is idle once as many windows have begun as give back what it
// counts.
//
//   window_at(elapsed)  the window of that time of the epoch
//   begins(window)      when it does, in ns of the epoch; 0 for a time before
//
// A request from before a value's earliest window counts in that one: who read the clock just
// before a window began is not told to come again at once. Where turns to come were ever given
// (token_slots.h), values are ahead of the clock for them, and it waits for that window.
template <class Steps>
class WindowUnitsOf {
 public:
  static constexpr bool kAreTokens = false;

  struct Moment {
    uint64_t floor;  // the present window's beginning
    uint64_t ceil;
  };
  struct Taken {
    bool passes;
    uint64_t value = 0;
    int64_t due = 0;
  };

  // Words that were scribbled over still divide. Without a capacity it is the count.
  WindowUnitsOf(const LimitWords& words, const Steps& steps) noexcept
      : count_(std::max<uint64_t>(words[0], 1)),
        capacity_(words[2] == 0 ? count_ : words[2]),
        max_wait_(words[kBesideSets]),
        steps_(steps) {}

  LimitWords words() const noexcept { return {count_, steps_.word(), capacity_, 0, 0, max_wait_}; }

  Moment at(uint64_t elapsed) const noexcept {
    const uint64_t begins = steps_.window_at(elapsed) * count_;
    return {begins, begins};
  }
  int64_t when(uint64_t value) const noexcept {
    return steps_.begins((value + count_ - 1) / count_);
  }
  // Whether it counts in a window that has not begun, and when that begins.
  bool is_ahead(uint64_t value, const Moment& now) const noexcept {
    return value > now.floor + capacity_;
  }
  int64_t counts_from(uint64_t value) const noexcept {
    return when(value - std::min(value, capacity_));
  }
  Taken take(uint64_t value, const Moment& now, uint64_t need) const noexcept {
    const uint64_t next = value + need;
    if (next <= window_of(value, now) + capacity_) return {true, next};
    return {false, 0, when(next - capacity_)};
  }
  uint64_t left(uint64_t value, const Moment& now) const noexcept {
    return capacity_ - used(value, now);
  }
  // At most all.
  uint64_t used(uint64_t value, const Moment& now) const noexcept {
    const uint64_t begins = window_of(value, now);
    return value > begins ? std::min(value - begins, capacity_) : 0;
  }

  uint64_t begin_of(uint64_t value, const Moment& now) const noexcept {
    return window_of(value, now);
  }

  uint64_t per_token() const noexcept { return 1; }
  uint64_t capacity() const noexcept { return capacity_; }
  int64_t burst() const noexcept { return static_cast<int64_t>(capacity_); }
  int64_t max_wait() const noexcept {  // ns
    return static_cast<int64_t>(std::min(max_wait_, TokenUnits::kMostWait));
  }
  // What no value is above the beginning of the window of its latest time: carry() may take it to
  // the next window.
  uint64_t most_held() const noexcept { return capacity_ + count_; }
  // The first window that begins no earlier than so late.
  uint64_t first_from(uint64_t elapsed) const noexcept {
    const uint64_t begins = at(elapsed).floor;
    return static_cast<uint64_t>(when(begins)) < elapsed ? begins + count_ : begins;
  }

 private:
  // The beginning of the present window or, of a value above all that it can hold, of the earliest
  // that can.
  uint64_t window_of(uint64_t value, const Moment& now) const noexcept {
    if (!is_ahead(value, now)) return now.floor;
    return (value - capacity_ + count_ - 1) / count_ * count_;
  }

  uint64_t count_;
  uint64_t capacity_;
  uint64_t max_wait_;  // ns
  Steps steps_;
};

// What passed by the window in which the configuration changes counts in the new one's, by the
// rule. Where a caller's time was later and has begun another, or turns were given in later ones,
// that one counts so, in the first that begins no earlier: what is taken now comes behind it.
template <class Steps>
uint64_t carry(TokensInheritance rule, uint64_t value, uint64_t lasted,
               const WindowUnitsOf<Steps>& from, const WindowUnitsOf<Steps>& to) noexcept {
  const auto ended = from.at(lasted);
  const uint64_t used =
      inherit_count(rule, from.used(value, ended), from.capacity(), to.capacity());
  if (used == 0 || !from.is_ahead(value, ended)) return to.at(0).floor + used;
  const auto begins = static_cast<uint64_t>(from.counts_from(value));
  return to.first_from(begins - std::min(begins, lasted)) + used;
}

}  // namespace og
