// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.h"
#include "core/limit/counts_inheritance.h"
#include "core/limit/limit_words.h"

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
// before a window began is not told to come again at once.
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
        steps_(steps) {}

  LimitWords words() const noexcept { return {count_, steps_.word(), capacity_, 0}; }

  Moment at(uint64_t elapsed) const noexcept {
    const uint64_t begins = steps_.window_at(elapsed) * count_;
    return {begins, begins};
  }
  int64_t when(uint64_t value) const noexcept {
    return steps_.begins((value + count_ - 1) / count_);
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

 private:
  // The beginning of the present window or, of a value above all that it can hold, of the earliest
  // that can.
  uint64_t window_of(uint64_t value, const Moment& now) const noexcept {
    if (value <= now.floor + capacity_) return now.floor;
    return (value - capacity_ + count_ - 1) / count_ * count_;
  }

  uint64_t count_;
  uint64_t capacity_;
  Steps steps_;
};

// What passed by the window in which the configuration changes counts in the new one's, by the
// rule. Where a caller's time was later and has begun another, that one counts so.
template <class Steps>
uint64_t carry(TokensInheritance rule, uint64_t value, uint64_t lasted,
               const WindowUnitsOf<Steps>& from, const WindowUnitsOf<Steps>& to) noexcept {
  const uint64_t used = from.used(value, from.at(lasted));
  return to.at(0).floor + inherit_count(rule, used, from.capacity(), to.capacity());
}

}  // namespace og
