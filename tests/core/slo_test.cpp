// SPDX-License-Identifier: Apache-2.0
// Expected times come from the workbook's formulas (The Site Reliability Workbook, chapter 5):
// detection = (1 - objective) / share of bad events * window * burn rate; the reset is when the
// short window no longer burns above the rate.
#include "core/observe/slo.h"

#include <cmath>
#include <initializer_list>
#include <memory>
#include <utility>

#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                  kDay = 24 * kHour;
constexpr int64_t kStart = 10 * kDay;

// So many events each second, of which `share` are bad.
constexpr int64_t kEach = 1000;

struct Traffic {
  explicit Traffic(std::initializer_list<std::pair<const char*, const char*>> options = {}) {
    Config config;
    for (const auto& option : options) config.set(option.first, option.second);
    slo = std::move(*Slo::create(config, make_manual_clock(0)));
  }
  void second(double share) {
    const auto bad = static_cast<int64_t>(std::llround(share * kEach));
    CHECK(slo->good_at(kEach - bad, now) == Status::kOk);
    CHECK(slo->bad_at(bad, now) == Status::kOk);
    now += kSecond;
  }
  void healthy(int64_t time) {  // in steps that a bucket holds a whole number of
    for (const int64_t end = now + time; now < end; now += kMinute)
      (void)slo->good_at(60 * kEach, now);
  }
  // Seconds until the state is `wanted`.
  int64_t until(SloState wanted, double share, int64_t most) {
    for (int64_t i = 0; i <= most; ++i) {
      if (slo->state_at(now) == wanted) return i;
      second(share);
    }
    return -1;
  }

  std::unique_ptr<Slo> slo;
  int64_t now = kStart;
};

// Seconds until the long window burns above `rate`; the events of a second come together.
int64_t detection(double objective, double share, int64_t window_s, double rate) {
  return static_cast<int64_t>(
      std::ceil((1 - objective) / share * static_cast<double>(window_s) * rate));
}

TEST_CASE("slo: it pages after the workbook's time, at every share of bad events") {
  for (const double share : {1.0, 0.5, 0.1, 0.05}) {
    Traffic traffic;
    traffic.healthy(3 * kDay);
    const int64_t expected = detection(0.999, share, 3600, 14.4);
    const int64_t seen = traffic.until(SloState::kPage, share, 2 * expected);
    CAPTURE(share);
    CHECK((seen == expected || seen == expected + 1));
  }
}

TEST_CASE("slo: a page ends when five minutes no longer burn, whose time the formula says") {
  Traffic traffic;
  traffic.healthy(3 * kDay);
  for (int i = 0; i < 900; ++i) traffic.second(1);
  REQUIRE(traffic.slo->state_at(traffic.now) == SloState::kPage);
  // 15 minutes of nothing but bad events burn above 6 over six hours as well, until the 30 minutes
  // hold fewer than .006 bad: the page stays for 30 * 60 * (1 - .006) s.
  const auto expected = static_cast<int64_t>(std::ceil(1800 - 0.006 * 1800));
  int64_t seen = 0;
  while (traffic.slo->state_at(traffic.now) == SloState::kPage) traffic.second(0), ++seen;
  CHECK((seen == expected || seen == expected + 1));
}

TEST_CASE("slo: slow burns want a ticket") {
  Traffic day;
  day.healthy(3 * kDay);
  // Burns 4 times as fast: over a day above 3 after 18 hours.
  const double share = 0.004;
  int64_t hours = 0;
  for (; day.slo->state_at(day.now) == SloState::kOk && hours < 30; ++hours) {
    for (int minute = 0; minute < 60; ++minute, day.now += kMinute) {
      (void)day.slo->good_at(static_cast<int64_t>((1 - share) * 60000), day.now);
      (void)day.slo->bad_at(static_cast<int64_t>(share * 60000), day.now);
    }
  }
  CHECK(hours == 19);  // the first hour after it is above 3
  CHECK(day.slo->state_at(day.now) == SloState::kTicket);
  CHECK(day.slo->reason_at(day.now) ==
        "ticket: burns 3.2 times over 1d and 4.0 times over 2h, above 3");
}

TEST_CASE("slo: few bad events are no alarm, by option") {
  Traffic quiet, eager{{"min_bad_events", "0"}};
  for (Traffic* traffic : {&quiet, &eager}) {
    CHECK(traffic->slo->bad_at(9, kStart) == Status::kOk);
  }
  CHECK(quiet.slo->state_at(kStart) == SloState::kOk);
  CHECK(quiet.slo->reason_at(kStart) == "ok");
  CHECK(eager.slo->state_at(kStart) == SloState::kPage);
  CHECK(quiet.slo->bad_at(1, kStart) == Status::kOk);
  CHECK(quiet.slo->state_at(kStart) == SloState::kPage);
  CHECK(quiet.slo->reason_at(kStart) ==
        "page: burns 1000.0 times over 1h and 1000.0 times over 5m, above 14.4");
}

TEST_CASE("slo: a window begins in the part of its oldest bucket that lies in it") {
  Traffic traffic{{"objective", "0.9"}};
  // 100 bad ones in the bucket at kStart, 100 good ones in the next.
  CHECK(traffic.slo->bad_at(100, kStart) == Status::kOk);
  CHECK(traffic.slo->good_at(100, kStart + 5 * kMinute) == Status::kOk);
  // Two minutes into the next bucket, three minutes of the first are in the window: 60 bad.
  CHECK(traffic.slo->burn_at(5 * kMinute, kStart + 7 * kMinute) == Approx(60.0 / 160 / 0.1));
  CHECK(traffic.slo->burn_at(5 * kMinute, kStart + 10 * kMinute) == 0);
  CHECK(traffic.slo->burn_at(10 * kMinute, kStart + 10 * kMinute) == Approx(5));
  CHECK(traffic.slo->burn_at(5 * kMinute, kStart + kDay) == static_cast<double>(Status::kNone));
  CHECK(traffic.slo->burn_at(3 * kDay, kStart + kDay) == Approx(5));
  for (const int64_t window : {int64_t{0}, -kHour, 5 * kMinute - 1, 3 * kDay + 1}) {
    CHECK(traffic.slo->burn_at(window, kStart) == static_cast<double>(Status::kInvalidArgument));
  }
}

TEST_CASE("slo: the ring begins anew after three days, and what is older is late") {
  Traffic traffic;
  CHECK(traffic.slo->bad_at(7, kStart) == Status::kOk);
  CHECK(traffic.slo->good_at(1, kStart + 868 * 5 * kMinute) == Status::kOk);  // the same slot
  CHECK(traffic.slo->good_at(5, kStart + kMinute) == Status::kOk);
  CHECK(traffic.slo->stat(Slo::kGood) == 6);
  CHECK(traffic.slo->stat(Slo::kBad) == 7);
  CHECK(traffic.slo->stat(Slo::kLate) == 5);
  CHECK(traffic.slo->burn_at(3 * kDay, kStart + 868 * 5 * kMinute) == 0);
  // Bad ones of the first lap lie in the other ring's slot, and are of no lap that is asked for.
  CHECK(traffic.slo->budget_left_at(kStart + 868 * 5 * kMinute) == 1);
  CHECK(traffic.slo->faults().empty());
}

TEST_CASE("slo: a call is good where it succeeded within the time that is allowed") {
  Traffic traffic{{"latency_ms", "100"}};
  CHECK(traffic.slo->record_at(true, 100'000'000, kStart) == Status::kOk);
  CHECK(traffic.slo->record_at(true, 100'000'001, kStart) == Status::kOk);
  CHECK(traffic.slo->record_at(false, 1, kStart) == Status::kOk);
  CHECK(traffic.slo->record_at(true, -1, kStart) == Status::kInvalidArgument);
  CHECK(traffic.slo->stat(Slo::kGood) == 1);
  CHECK(traffic.slo->stat(Slo::kBad) == 2);
  Traffic any;
  CHECK(any.slo->record_at(true, kHour, kStart) == Status::kOk);
  CHECK(any.slo->stat(Slo::kGood) == 1);
}

TEST_CASE("slo: what is left of the budget, over the time that it is asked for") {
  Traffic traffic{{"objective", "0.99"}, {"budget_ms", "1d"}};
  CHECK(traffic.slo->budget_left_at(kStart) == 1);
  CHECK(traffic.slo->good_at(9970, kStart) == Status::kOk);
  CHECK(traffic.slo->bad_at(30, kStart) == Status::kOk);
  CHECK(traffic.slo->budget_left_at(kStart + kHour) == Approx(0.7));
  CHECK(traffic.slo->bad_at(1000, kStart) == Status::kOk);
  CHECK(traffic.slo->budget_left_at(kStart + kHour) == 0);
  CHECK(traffic.slo->budget_left_at(kStart + 25 * kHour) == 1);  // it is over
  Config config;
  config.set("objective", "0.5");
  CHECK(traffic.slo->reconfigure(config));
  CHECK(traffic.slo->budget_left_at(kStart + kHour) == Approx(1 - 1030.0 / 11000 / 0.5));
}

TEST_CASE("slo: counts that cannot be are refused, and change nothing") {
  Traffic traffic;
  CHECK(traffic.slo->good_at(-1, kStart) == Status::kInvalidArgument);
  CHECK(traffic.slo->bad_at(Slo::kMostAtOnce + 1, kStart) == Status::kInvalidArgument);
  CHECK(traffic.slo->bad_at(0, kStart) == Status::kOk);
  CHECK(traffic.slo->stat(Slo::kGood) + traffic.slo->stat(Slo::kBad) == 0);
}

}  // namespace
}  // namespace og
