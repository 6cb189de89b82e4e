// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.h"

#include <chrono>
#include <cstdlib>

#include "core/base/tsc_clock.h"
#include "tests/catch.h"

namespace og {
namespace {

// A counter of three ticks a nanosecond, and the kernel's view of the same time.
uint64_t g_ticks;
int64_t g_kernel_ns;
uint64_t ticks() noexcept { return g_ticks; }
int64_t kernel_ns() noexcept { return g_kernel_ns; }

void pass(int64_t ns, int64_t drift_ppm = 0) {
  g_kernel_ns += ns;
  g_ticks += static_cast<uint64_t>(ns * 3 + ns * 3 / 1'000'000 * drift_ppm);
}

TscClock fresh() {
  g_ticks = 1'000'000'000'000;
  g_kernel_ns = 5'000'000'000;
  return TscClock(TscClock::Source{&ticks, &kernel_ns});
}

}  // namespace

TEST_CASE("a manual clock moves forward when told, and only then") {
  auto clock = make_manual_clock(7);
  CHECK(clock->now() == 7);
  CHECK(clock->set(10));
  CHECK(clock->advance(5));
  CHECK(clock->now() == 15);
  CHECK_FALSE(clock->set(14));
  CHECK_FALSE(clock->advance(-1));
  CHECK_FALSE(clock->advance(INT64_MAX));
  CHECK(clock->now() == 15);
  CHECK_FALSE(make_monotonic_clock()->set(INT64_MAX));
}

TEST_CASE("the counter follows the kernel's clock once calibrated") {
  TscClock clock = fresh();
  CHECK(clock.now() == g_kernel_ns);
  for (int i = 0; i < 1000; ++i) {
    pass(20'000'000);
    REQUIRE(std::llabs(clock.now() - g_kernel_ns) <= 1000);
  }
  CHECK_FALSE(clock.fell_back());
}

TEST_CASE("a counter that drifts slowly is held to the kernel's clock without stepping back") {
  auto ppm = GENERATE(-200, -20, 20, 200);
  TscClock clock = fresh();
  pass(20'000'000);
  clock.now();
  int64_t last = 0;
  for (int i = 0; i < 20'000; ++i) {  // the rate of the counter changes after calibration
    pass(10'000'000, ppm);
    int64_t now = clock.now();
    REQUIRE(now >= last);
    REQUIRE(std::llabs(now - g_kernel_ns) < 1'000'000);
    last = now;
  }
  CHECK_FALSE(clock.fell_back());
}

TEST_CASE("a counter that jumps is given up for the kernel's clock") {
  TscClock clock = fresh();
  pass(20'000'000);
  clock.now();
  int64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    g_ticks += 3'000'000'000;  // a second that did not pass
    pass(1'100'000'000);
    int64_t now = clock.now();
    REQUIRE(now >= last);
    last = now;
  }
  CHECK(clock.fell_back());
  pass(100'000'000'000);
  CHECK(clock.now() == g_kernel_ns);
}

TEST_CASE("a counter that is written back is given up, and time goes on") {
  TscClock clock = fresh();
  pass(20'000'000);
  clock.now();
  pass(1'000'000'000);
  int64_t last = clock.now();
  g_ticks -= 2'000'000'000;
  for (int i = 0; i < 10; ++i) {
    pass(2'000'000'000);
    int64_t now = clock.now();
    REQUIRE(now >= last);
    last = now;
  }
  CHECK(clock.fell_back());
  CHECK(clock.now() == g_kernel_ns);
}

TEST_CASE("the system clock and the kernel's tell the same time for a second and a half") {
  auto clock = system_clock();
  auto begin = std::chrono::steady_clock::now();
  int64_t last = 0, furthest = 0;
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(1500)) {
    int64_t before = monotonic_ns();
    int64_t now = clock->now();
    int64_t after = monotonic_ns();
    REQUIRE(now >= last);
    last = now;
    int64_t outside = now < before ? before - now : now > after ? now - after : 0;
    furthest = std::max(furthest, outside);
  }
  CAPTURE(furthest);
  CHECK(furthest < 100'000);  // 0.1 ms: RFC 5905's worst crystal drifts 0.5 ms in a second
}

}  // namespace og
