// SPDX-License-Identifier: Apache-2.0
// Waiting for a limiter in the order of the calls, by the system's clock.
#include <chrono>

#include "tests/cpp/error.h"

using namespace outgrow;
using namespace std::chrono_literals;

namespace {

Duration took(const std::function<void()>& call) {
  const auto begun = std::chrono::steady_clock::now();
  call();
  return std::chrono::steady_clock::now() - begun;
}

}  // namespace

TEST_CASE("who waits passes when its turn has come, and not before") {
  RateLimiter limiter({{"rate", "20/s"}, {"burst", "1"}});
  CHECK(limiter.wait("k").allowed());
  CHECK(took([&] { CHECK(limiter.wait("k").allowed()); }) > 40ms);
  CHECK(!limiter.wait("k", 2));
  CHECK(limiter.wait("k", 2).retry_after() == kNever);
  CHECK(status_of([&] { (void)limiter.wait("k", -1); }) == Status::invalid_argument);
}

TEST_CASE("a turn that is too far away is refused at once and taken from nobody") {
  RateLimiter limiter({{"rate", "1/h"}, {"max_wait_ms", "90min"}});
  CHECK(limiter.wait("k").allowed());
  CHECK(took([&] { CHECK(!limiter.wait("k", 1, 1min)); }) < 10s);
  CHECK(limiter.wait("k", 1, 1min).retry_after() > 59min);
  const Slot slot = limiter.reserve_slot("k");
  CHECK(slot);
  CHECK(slot.after > 59min);
  CHECK(!limiter.wait("k"));  // two hours
  CHECK(limiter.cancel_slot("k", 1, slot.number));
  CHECK(!limiter.cancel_slot("k", 1, slot.number));
}

TEST_CASE("who gives up waiting gives its turn back") {
  RateLimiter limiter({{"rate", "1/h"}});
  CHECK(limiter.wait("k").allowed());
  int asked = 0;
  {
    WaitCheck check([&] { return ++asked > 2; });
    CHECK(status_of([&] { (void)limiter.wait("k"); }) == Status::interrupted);
  }
  CHECK(asked == 3);
  CHECK(limiter.reserve_slot("k").after < 1h);
}

TEST_CASE("who waits has a turn with windows too, and asks again where none are given") {
  for (const char* policy : {"sliding_window", "fixed_window", "sliding_counter", "count_min"}) {
    RateLimiter limiter({{"rate", "2/100ms"}, {"policy", policy}});
    for (int i = 0; i < 6; ++i) CHECK(limiter.wait("k").allowed());
    RateLimiter seldom({{"rate", "1/h"}, {"policy", policy}});
    CHECK(seldom.wait("k").allowed());
    CHECK(!seldom.wait("k", 1, 1ms));
  }
}
