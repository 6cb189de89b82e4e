// SPDX-License-Identifier: Apache-2.0
// The breaker against a state machine written for clarity: plain fields, a map of permits, no bits.
#include <map>
#include <optional>
#include <vector>

#include "core/base/random.h"
#include "core/guard/breaker.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Limits {
  int failures, successes, permits;
  int64_t open_ns, permit_ns;
};

class Model {
 public:
  explicit Model(Limits limits) : limits_(limits) {}

  // The number of the call that was let through, or nothing.
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
    // Deadlines are kept in whole milliseconds, rounded up.
    int64_t deadline = (now / 1'000'000 + (limits_.permit_ns + 999'999) / 1'000'000) * 1'000'000;
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
    return call.half_open && call.era == era_ && !call.returned &&
           now / 1'000'000 < call.deadline / 1'000'000;
  }
  void trip(int64_t now) {
    opened_at_ = now;
    move(BreakerState::kOpen);
  }

  Limits limits_;
  BreakerState state_ = BreakerState::kClosed;
  int count_ = 0, next_ = 0;
  int64_t era_ = 0, opened_at_ = 0;
  std::map<int, Call> calls_;
};

}  // namespace

TEST_CASE("the breaker does what its state machine does") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    Limits limits{static_cast<int>(1 + random.below(4)), static_cast<int>(1 + random.below(4)),
                  static_cast<int>(1 + random.below(3)),
                  static_cast<int64_t>(random.below(50)) * 1'000'000,
                  static_cast<int64_t>(1 + random.below(30)) * 1'000'000};
    Config config;
    config.set_int("failure_threshold", limits.failures);
    config.set_int("success_threshold", limits.successes);
    config.set_int("half_open_permits", limits.permits);
    config.set_int("open_ms", limits.open_ns / 1'000'000);
    config.set_int("permit_ms", limits.permit_ns / 1'000'000);
    auto clock = make_manual_clock(0);
    auto breaker = std::move(*Breaker::create(config, clock));
    Model model(limits);
    std::vector<std::pair<int, int64_t>> calls;  // the model's number, the breaker's permit

    for (int step = 0; step < 2000; ++step) {
      INFO("seed " << seed << " step " << step);
      if (random.below(3) == 0) clock->advance(static_cast<int64_t>(random.below(8'000'000)));
      int64_t now = clock->now();
      uint64_t what = random.below(1000);
      if (what < 480 || calls.empty()) {
        auto wanted = model.enter(now);
        int64_t permit = breaker->enter();
        REQUIRE((permit > 0) == wanted.has_value());
        if (wanted) calls.emplace_back(*wanted, permit);
      } else if (what < 990) {
        // Mostly recent calls; now and then one from long ago, or one that has been returned.
        size_t back = random.below(10) ? random.below(4) : random.below(calls.size());
        auto [number, permit] = calls[calls.size() - 1 - std::min(back, calls.size() - 1)];
        bool success = random.below(2) == 0;
        if (what < 960) {
          REQUIRE(breaker->exit(permit, success) == model.exit(number, success, now));
        } else {
          REQUIRE(breaker->cancel(permit) == model.cancel(number, now));
        }
      } else if (what < 993) {
        breaker->force_open();
        model.move(BreakerState::kForcedOpen);
      } else if (what < 996) {
        breaker->force_closed();
        model.move(BreakerState::kForcedClosed);
      } else {
        breaker->reset();
        model.move(BreakerState::kClosed);
      }
      REQUIRE(breaker->state() == model.state());
      REQUIRE(breaker->transitions() == model.transitions());
    }
  }
}

}  // namespace og
