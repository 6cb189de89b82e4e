// SPDX-License-Identifier: Apache-2.0
// The breaker against its model, over random schedules.
#include "tests/core/breaker_model.h"

#include <vector>

#include "core/base/random.h"
#include "core/guard/breaker.h"
#include "tests/catch.h"

namespace og {

TEST_CASE("the breaker does what its state machine does") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    BreakerLimits limits{
        static_cast<int>(1 + random.below(4)), static_cast<int>(1 + random.below(4)),
        static_cast<int>(1 + random.below(3)), static_cast<int64_t>(random.below(50)) * 1'000'000,
        static_cast<int64_t>(1 + random.below(30)) * 1'000'000};
    Config config;
    config.set_int("failure_threshold", limits.failures);
    config.set_int("success_threshold", limits.successes);
    config.set_int("half_open_permits", limits.permits);
    config.set_int("open_ms", limits.open_ns / 1'000'000);
    config.set_int("permit_ms", limits.permit_ns / 1'000'000);
    auto clock = make_manual_clock(0);
    auto breaker = std::move(*Breaker::create(config, clock));
    BreakerModel model(limits);
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
