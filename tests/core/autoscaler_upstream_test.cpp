// SPDX-License-Identifier: Apache-2.0
// Outages of what calls the service: told, held, and taught to nobody.
#include <cmath>
#include <random>

#include "core/scale/autoscaler.h"
#include "core/scale/upstream.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kMinute = 60'000'000'000;
constexpr int64_t kHold = 30 * kMinute;

// An hour of a usual 400 a minute: below 400 - 4 * sqrt(400) = 320 it is too low.
Upstream known(int64_t& minute) {
  Upstream upstream(kHold);
  for (minute = 0; minute < 61; ++minute) upstream.add(minute * kMinute, 400, 400);
  CHECK(upstream.bound() == 320);
  return upstream;
}

struct Days {
  std::unique_ptr<Autoscaler> autoscaler;
  std::mt19937_64 random{31};

  explicit Days(const char* hold) {
    Config config;
    config.set_int("initial_instances", 10);
    config.set_int("max_instances", 20);
    config.set("predictor", "seasonal");
    config.set_double("instance_capacity", 1000);
    config.set("outage_hold_ms", hold);
    autoscaler = std::move(*Autoscaler::create(config, make_manual_clock(0)));
  }
  // Minutes of a daily wave of independent requests, of which `share` arrive.
  ScaleDecision live(int64_t from, int64_t to, double share = 1) {
    ScaleDecision last;
    for (int64_t minute = from; minute < to; ++minute) {
      const double mean = 5000 - 3000 * std::cos(2 * M_PI * static_cast<double>(minute) / 1440);
      std::poisson_distribution<int> requests(mean);
      const double rate = share * requests(random);
      autoscaler->observe_at({{rate / 100, kMissing, rate, kMissing, 0}}, minute * kMinute);
      last = *autoscaler->decide_at(minute * kMinute);
    }
    return last;
  }
};

}  // namespace

TEST_CASE("three low minutes are an outage, for as long as it holds") {
  int64_t minute = 0;
  Upstream upstream = known(minute);
  for (int i = 0; i < 2; ++i) upstream.add(minute++ * kMinute, 319, 400);
  CHECK_FALSE(upstream.out((minute - 1) * kMinute));
  CHECK(upstream.doubtful(319, minute * kMinute));
  CHECK_FALSE(upstream.doubtful(320, minute * kMinute));
  upstream.add(minute * kMinute, 319, 400);
  CHECK(upstream.out(minute * kMinute));
  CHECK(upstream.out(minute * kMinute + kHold - 1));
  CHECK_FALSE(upstream.out(minute * kMinute + kHold));
}

TEST_CASE("a minute between that is not low begins anew") {
  int64_t minute = 0;
  Upstream upstream = known(minute);
  for (const double rate : {319., 319., 320., 319., 319.}) {
    upstream.add(minute++ * kMinute, rate, 400);
    CHECK_FALSE(upstream.out((minute - 1) * kMinute));
  }
}

TEST_CASE("what is low after the hold is the load, until it has been back") {
  int64_t minute = 0;
  Upstream upstream = known(minute);
  for (int i = 0; i < 33; ++i) upstream.add(minute++ * kMinute, 10, 400);
  for (int i = 0; i < 60; ++i) {
    upstream.add(minute * kMinute, 10, 400);
    CHECK_FALSE(upstream.out(minute * kMinute));
    CHECK_FALSE(upstream.doubtful(10, minute++ * kMinute));
  }
}

TEST_CASE("without an hour of known minutes nothing is told") {
  Upstream upstream(kHold);
  for (int64_t minute = 0; minute < 59; ++minute) upstream.add(minute * kMinute, 400, 400);
  for (int64_t minute = 59; minute < 80; ++minute) {
    upstream.add(minute * kMinute, 0, std::nullopt);
    CHECK_FALSE(upstream.out(minute * kMinute));
  }
}

TEST_CASE("while errors are high policy demand learns nothing of the load") {
  Config config;
  config.set_int("initial_instances", 4);
  config.set("policy", "demand");
  auto autoscaler = std::move(*Autoscaler::create(config, make_manual_clock(0)));
  const auto live = [&](int64_t from, int64_t to, double load, double errors) {
    ScaleDecision last;
    for (int64_t minute = from; minute < to; ++minute) {
      const double cpu = 100 * load / *autoscaler->instances();
      autoscaler->observe_at({{cpu, kMissing, kMissing, kMissing, errors}}, minute * kMinute);
      last = *autoscaler->decide_at(minute * kMinute);
    }
    return last;
  };
  live(0, 15, 2.4, 0);
  CHECK(live(15, 25, 0.04, 50).reason == ScaleReason::kErrors);
  live(25, 30, 2.4, 0);
  const ScaleDecision after = live(30, 31, 2.4, 0);
  CHECK(after.reason == ScaleReason::kWindow);
  CHECK(live(31, 51, 2.4, 0).value == Approx(2.4));
}

TEST_CASE("in an outage nothing shrinks, and the forecast of days after is as without one") {
  constexpr int64_t kNoon = 5 * 1440 + 720;
  Days with("30min"), without("30min"), unaware("0");
  for (Days* days : {&with, &without, &unaware}) days->live(0, kNoon);
  const int32_t count = *with.autoscaler->instances();
  CHECK(count >= 8);
  const ScaleDecision held = with.live(kNoon, kNoon + 25, 0.02);
  CHECK(held.reason == ScaleReason::kOutage);
  CHECK(held.metric == Metric::kRequestRate);
  CHECK(held.desired == count);
  CHECK(without.live(kNoon, kNoon + 25).reason != ScaleReason::kOutage);
  CHECK(unaware.live(kNoon, kNoon + 25, 0.02).desired < count);
  const auto noon_of_next_day = [&](Days& days) {
    days.live(kNoon + 25, kNoon + 1440);
    return days.autoscaler->forecast_at((kNoon + 1440) * kMinute)->rate;
  };
  const double expected = noon_of_next_day(without);
  CHECK(noon_of_next_day(with) == Approx(expected).epsilon(0.01));
}

}  // namespace og
