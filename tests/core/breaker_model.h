// SPDX-License-Identifier: Apache-2.0
#pragma once

// The breaker written for clarity: plain fields, a map of permits, no bits.
#include <map>
#include <optional>

#include "core/guard/breaker.h"

namespace og {

struct BreakerLimits {
  int failures, successes, permits;
  int64_t open_ns, permit_ns;
};

class BreakerModel {
 public:
  explicit BreakerModel(BreakerLimits limits) : limits_(limits) {}

  // The number of the call that was let through, or nothing.
  bool lets_in(int64_t now) const { return BreakerModel(*this).enter(now).has_value(); }
  std::optional<int> enter(int64_t now) {
    if (state_ == BreakerState::kForcedOpen) return std::nullopt;
    if (state_ == BreakerState::kOpen) {
      if (now < opened_at_ + limits_.open_ns) return std::nullopt;
      move(BreakerState::kHalfOpen);
    }
    if (state_ == BreakerState::kHalfOpen) {
      int out = 0;
      for (auto& [number, call] : calls_) out += holds(call, now);
      if (out >= limits_.permits) return std::nullopt;
    }
    // Deadlines are whole milliseconds, none early.
    int64_t deadline = (now + limits_.permit_ns + 999'999) / 1'000'000 * 1'000'000;
    calls_[next_] = {era_, state_ == BreakerState::kHalfOpen, deadline, false};
    return next_++;
  }

  Status exit(int number, bool success, int64_t now) {
    Call& call = calls_.at(number);
    if (call.era != era_ || (call.half_open && !holds(call, now))) return Status::kLapsed;
    if (call.half_open) call.returned = true;
    if (state_ == BreakerState::kForcedClosed) return Status::kOk;
    if (state_ == BreakerState::kClosed) {
      count_ = success ? 0 : count_ + 1;
      if (count_ >= limits_.failures) trip(now);
    } else if (!success) {
      trip(now);
    } else if (++count_ >= limits_.successes) {
      move(BreakerState::kClosed);
    }
    return Status::kOk;
  }

  Status cancel(int number, int64_t now) {
    Call& call = calls_.at(number);
    if (call.era != era_ || (call.half_open && !holds(call, now))) return Status::kLapsed;
    if (call.half_open) call.returned = true;
    return Status::kOk;
  }

  void move(BreakerState to) {
    state_ = to;
    count_ = 0;
    ++era_;
  }

  BreakerState state() const { return state_; }
  int64_t transitions() const { return era_; }

 private:
  struct Call {
    int64_t era;
    bool half_open;
    int64_t deadline;
    bool returned;
  };
  bool holds(const Call& call, int64_t now) const {
    return call.half_open && call.era == era_ && !call.returned && now < call.deadline;
  }
  void trip(int64_t now) {
    opened_at_ = now;
    move(BreakerState::kOpen);
  }

  BreakerLimits limits_;
  BreakerState state_ = BreakerState::kClosed;
  int count_ = 0, next_ = 0;
  int64_t era_ = 0, opened_at_ = 0;
  std::map<int, Call> calls_;
};

}  // namespace og
