// SPDX-License-Identifier: Apache-2.0
// Options that change while a noun is in use: on the heap, and for all who share a segment.
#include <memory>
#include <string>
#include <vector>

#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

using test::SegmentName;

constexpr int64_t kMs = 1'000'000, kSecond = 1'000 * kMs;

Config config_of(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  Config config;
  for (const auto& [name, value] : pairs) config.set(name, value);
  return config;
}

// One and the same noun twice, as two processes have it.
template <class Noun>
struct Pair {
  explicit Pair(const Config& config)
      : segment(test::attach(name.settings(64 << 20))), one(make(config)), other(make(config)) {}
  std::unique_ptr<Noun> make(const Config& config) {
    auto made = Noun::create(config, clock, Place(segment, "it"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  }
  SegmentName name;
  ClockPtr clock = make_manual_clock(0);
  std::shared_ptr<Segment> segment;
  std::unique_ptr<Noun> one, other;
};

}  // namespace

TEST_CASE("reconfigure: a breaker's thresholds hold with the next call, for all who share it") {
  Pair<Breaker> breakers(config_of({{"failure_threshold", "3"}, {"open_ms", "10s"}}));
  Breaker& one = *breakers.one;
  Breaker& other = *breakers.other;
  one.exit_at(one.enter_at(0), false, 0);
  one.exit_at(one.enter_at(0), false, 0);
  CHECK(one.state() == BreakerState::kClosed);
  REQUIRE(other.reconfigure(config_of({{"failure_threshold", "2"}, {"open_ms", "1s"}})));
  one.exit_at(one.enter_at(0), false, 0);  // the third: two were kept
  CHECK(one.state() == BreakerState::kOpen);
  CHECK(one.retry_after_at(0) == kSecond);
  REQUIRE(one.reconfigure(config_of({{"open_ms", "5s"}})));
  CHECK(other.retry_after_at(0) == kSecond);  // open until the time that was set when it opened
  CHECK(breakers.segment->objects()[0].options == "failure_threshold=2 open_ms=5s");
  const auto third = breakers.make(config_of({{"failure_threshold", "3"}, {"open_ms", "10s"}}));
  CHECK(third->state() == BreakerState::kOpen);
  CHECK(breakers.segment->differences().size() == 1);
}

TEST_CASE("reconfigure: half-open permits that are out stay their holders'") {
  Pair<Breaker> breakers(config_of({{"failure_threshold", "1"},
                                    {"open_ms", "1s"},
                                    {"half_open_permits", "3"},
                                    {"success_threshold", "5"}}));
  Breaker& one = *breakers.one;
  one.exit_at(one.enter_at(0), false, 0);
  std::vector<int64_t> permits;
  for (int i = 0; i < 3; ++i) permits.push_back(one.enter_at(kSecond));
  CHECK(one.enter_at(kSecond) < 0);
  REQUIRE(one.reconfigure(config_of({{"half_open_permits", "1"}, {"success_threshold", "3"}})));
  CHECK(breakers.other->exit_at(permits[2], true, kSecond) == Status::kOk);
  CHECK(one.enter_at(kSecond) < 0);  // the one slot is held
  CHECK(one.exit_at(permits[1], true, kSecond) == Status::kOk);
  CHECK(one.state() == BreakerState::kHalfOpen);
  CHECK(one.faults().empty());
  CHECK(one.exit_at(permits[0], true, kSecond) == Status::kOk);
  CHECK(one.state() == BreakerState::kClosed);
}

TEST_CASE("reconfigure: a breaker's policy cannot change, and what is unknown is named") {
  auto breaker = *Breaker::create({}, make_manual_clock(0));
  CHECK(breaker->reconfigure(config_of({{"open", "1s"}})).error().option == "open");
  CHECK(breaker->reconfigure(config_of({{"open_ms", "-1"}})).error().option == "open_ms");
  CHECK(breaker->reconfigure({}));
}

TEST_CASE("reconfigure: a concurrency limit grows and shrinks, and takes no permit back") {
  Pair<ConcurrencyLimiter> limiters(config_of({{"limit", "2"}}));
  ConcurrencyLimiter& one = *limiters.one;
  ConcurrencyLimiter& other = *limiters.other;
  std::vector<int64_t> permits;
  auto enter = [&](ConcurrencyLimiter& limiter) {
    const int64_t permit = limiter.enter_at(0);
    if (permit > 0) permits.push_back(permit);
    return permit > 0;
  };
  CHECK((enter(one) && enter(other) && !enter(one)));
  REQUIRE(other.reconfigure(config_of({{"limit", "100"}})));
  CHECK(one.limit() == 100);
  for (int i = 2; i < 100; ++i) REQUIRE(enter(i % 2 ? one : other));  // over two groups
  CHECK_FALSE(enter(one));
  REQUIRE(one.reconfigure(config_of({{"limit", "3"}})));
  CHECK(other.in_flight_at(0) == 100);
  CHECK(limiters.segment->verify()->empty());
  CHECK(one.faults().empty());
  while (permits.size() > 3) {
    CHECK(one.exit_at(permits.back(), 0) == Status::kOk);
    permits.pop_back();
  }
  // Of the permits that are left some may lie in slots that are no longer given out.
  int entered = 0;
  while (enter(other)) ++entered;
  CHECK(other.in_flight_at(0) == 3 + entered);
  while (!permits.empty()) {
    CHECK(other.exit_at(permits.back(), 0) == Status::kOk);
    permits.pop_back();
  }
  for (int i = 0; i < 3; ++i) REQUIRE(enter(one));
  CHECK_FALSE(enter(other));
}

TEST_CASE("reconfigure: a concurrency limit beyond what there is room for is refused by name") {
  auto limiter = *ConcurrencyLimiter::create(config_of({{"limit", "5"}}), make_manual_clock(0));
  const auto refused = limiter->reconfigure(config_of({{"limit", "5000"}}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "option 'limit' cannot become 5000 while the concurrency is in use: it was made with room "
        "for 1024");
  CHECK(refused.error().option == "limit");
  CHECK(limiter->limit() == 5);
}

TEST_CASE("reconfigure: a permit's time holds for those that are given from then on") {
  Pair<ConcurrencyLimiter> limiters(config_of({{"limit", "2"}, {"permit_ms", "10s"}}));
  CHECK(limiters.one->enter_at(0) > 0);
  REQUIRE(limiters.one->reconfigure(config_of({{"permit_ms", "1s"}})));
  CHECK(limiters.other->enter_at(0) > 0);
  CHECK(limiters.one->enter_at(0) == static_cast<int64_t>(Status::kFull));
  CHECK(limiters.one->in_flight_at(kSecond + kMs) == 1);
  CHECK(limiters.one->in_flight_at(10 * kSecond + kMs) == 0);
}

TEST_CASE("reconfigure: who replaces gives a breaker its own options, and cannot give all") {
  Pair<Breaker> breakers(config_of({{"failure_threshold", "3"}, {"open_ms", "10s"}}));
  Config config = config_of({{"failure_threshold", "1"}, {"on_mismatch", "replace"}});
  const auto third = breakers.make(config);
  CHECK(breakers.segment->objects()[0].options == "failure_threshold=1");  // open_ms by default
  CHECK(breakers.segment->differences().empty());
  breakers.one->exit_at(breakers.one->enter_at(0), false, 0);
  CHECK(breakers.other->retry_after_at(0) == 60 * kSecond);
  Config refusing = config_of({{"open_ms", "5 s"}, {"on_mismatch", "refuse"}});
  const auto refused = Breaker::create(refusing, breakers.clock, Place(breakers.segment, "it"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "segment '" + breakers.name.text +
            "': breaker 'it' is there with failure_threshold=1, not with failure_threshold=5; for "
            "all it is changed by: outgrow host set " +
            breakers.name.text + " it failure_threshold=5 open_ms=5s");
}

TEST_CASE("reconfigure: what nobody uses takes the options of the first who comes") {
  SegmentName name;
  const ClockPtr clock = make_manual_clock(0);
  auto attach = [&] { return test::attach(name.settings(64 << 20)); };
  auto make = [&](const std::shared_ptr<Segment>& segment, const char* limit) {
    auto made = ConcurrencyLimiter::create(config_of({{"limit", limit}, {"on_mismatch", "refuse"}}),
                                           clock, Place(segment, "it"));
    if (!made) UNSCOPED_INFO(made.error().message);
    return made;
  };
  REQUIRE(make(attach(), "2"));
  {
    const auto segment = attach();
    const auto first = make(segment, "3");
    REQUIRE(first);
    CHECK((*first)->limit() == 3);
    CHECK(segment->objects()[0].options == "limit=3");
    CHECK_FALSE(make(segment, "4"));  // it is in use
    CHECK((*first)->limit() == 3);
  }
  const auto holder = attach();  // of the scope, not of what lies in it
  const auto later = make(holder, "4");
  REQUIRE(later);
  CHECK((*later)->limit() == 4);
  CHECK_FALSE(make(holder, "5"));
}

TEST_CASE("reconfigure: what nobody uses, and cannot have the options asked for, is made anew") {
  SegmentName name;
  const ClockPtr clock = make_manual_clock(0);
  auto make = [&](const std::shared_ptr<Segment>& segment, const char* limit) {
    return *ConcurrencyLimiter::create(config_of({{"limit", limit}}), clock, Place(segment, "it"));
  };
  const auto segment = test::attach(name.settings(64 << 20));
  CHECK(make(segment, "2")->limit() == 2);
  CHECK(make(segment, "5000")->limit() == 5000);  // it had room for 1024
  CHECK(segment->differences().empty());
  CHECK(segment->objects().size() == 1);
  const auto used = make(segment, "2");
  CHECK(used->limit() == 2);
  CHECK(make(segment, "50000")->limit() == 2);
  CHECK(segment->differences().size() == 1);
}

}  // namespace og
