// SPDX-License-Identifier: Apache-2.0
// Where a key stands, against what peek says of as much and of one more.
#include <random>
#include <string>

#include "core/limit/limiter.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"

namespace og {
namespace {

struct Kind {
  const char* rate;
  const char* policy;
  int64_t burst;
};

std::unique_ptr<Limiter> make(const Kind& kind, ClockPtr clock) {
  Config config;
  config.set("rate", kind.rate);
  config.set("policy", kind.policy);
  config.set_int("burst", kind.burst);
  config.set_int("keys", 4);
  auto made = Limiter::create(config, std::move(clock));
  REQUIRE(made);
  return std::move(*made);
}

void check_standing(const Limiter& limiter, std::string_view key, int64_t now) {
  Standing standing;
  const int64_t wait = limiter.standing_at(key, now, standing);
  REQUIRE(wait == limiter.peek_at(key, 1, now));
  const int64_t there = standing.remaining;
  REQUIRE(there >= 0);
  REQUIRE(there <= standing.limit);
  if (there > 0) REQUIRE(limiter.peek_at(key, there, now) == 0);
  if (there == standing.limit) {
    REQUIRE(standing.next_after == 0);
    REQUIRE(standing.reset_after == 0);
  } else {
    REQUIRE(standing.next_after == limiter.peek_at(key, there + 1, now));
    REQUIRE(standing.reset_after == limiter.peek_at(key, standing.limit, now));
  }
}

TEST_CASE("next_after is the wait for one more than what remains") {
  const Kind kind = GENERATE(Kind{"10/s", "token_bucket", 7}, Kind{"999983/s", "token_bucket", 100},
                             Kind{"7/min", "token_bucket", 0}, Kind{"1/d", "token_bucket", 3},
                             Kind{"5/100ms", "sliding_window", 0}, Kind{"1/s", "sliding_window", 0},
                             Kind{"40/s", "sliding_window", 0});
  CAPTURE(kind.rate, kind.policy);
  const auto limiter = make(kind, make_manual_clock(0));
  std::mt19937_64 random(17);
  const auto draw = [&](int64_t below) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(below));
  };
  const int64_t step = limiter->terms()->rate.period_ns / limiter->terms()->rate.count;
  int64_t now = 0;
  for (int i = 0; i < 20000; ++i) {
    now = std::max<int64_t>(now + draw(2 * step + 2) - (draw(9) == 0 ? draw(2 * step + 1) : 0), 0);
    const std::string key = draw(2) ? "a" : "b";
    limiter->acquire_at(key, 1 + draw(3), now);
    check_standing(*limiter, key, now);
  }
}

TEST_CASE("next_after of a key that finds no cell is the wait for one") {
  const auto limiter = make({"1/s", "token_bucket", 0}, make_manual_clock(0));
  for (int i = 0; i < 1000; ++i) limiter->acquire_at("k" + std::to_string(i), 1, 0);
  REQUIRE(limiter->crowded_out() > 0);
  Standing standing;
  CHECK(limiter->standing_at("another", 0, standing) == standing.next_after);
  CHECK(standing.remaining == 0);
  CHECK(standing.next_after > 0);
}

TEST_CASE("a time out of range has no standing") {
  const auto limiter = make({"1/s", "token_bucket", 0}, make_manual_clock(0));
  limiter->acquire_at("k", 1, 0);
  Standing standing{.limit = -1};
  CHECK(limiter->standing_at("k", int64_t{1} << 60, standing) ==
        static_cast<int64_t>(Status::kInvalidArgument));
  CHECK(standing.limit == -1);
}

TEST_CASE("the terms are those that hold, on the heap") {
  const auto limiter = make({"10/s", "token_bucket", 0}, make_manual_clock(0));
  CHECK(limiter->terms()->burst == 10);
  Config config;
  config.set("rate", "20/min");
  REQUIRE(limiter->reconfigure(config));
  CHECK(limiter->terms()->rate.count == 20);
  CHECK(limiter->terms()->rate.period_ns == 60'000'000'000);
  CHECK(limiter->terms()->burst == 20);
}

TEST_CASE("the terms are those that hold, whoever of those who share it gave them") {
  const test::SegmentName name;
  const auto segment = test::attach(name.settings(64 << 20));
  Config config;
  config.set("rate", "10/s");
  const auto clock = make_manual_clock(0);
  const auto make_one = [&] { return Limiter::create(config, clock, Place(segment, "it")); };
  const auto one = make_one(), other = make_one();
  REQUIRE((one && other));
  CHECK((*other)->terms()->rate.count == 10);
  Config change;
  change.set("rate", "3/250ms");
  change.set("burst", "9");
  REQUIRE((*one)->reconfigure(change));
  for (const auto* limiter : {&*one, &*other}) {
    const auto terms = (*limiter)->terms();
    REQUIRE(terms);
    CHECK(terms->rate.count == 3);
    CHECK(terms->rate.period_ns == 250'000'000);
    CHECK(terms->burst == 9);
  }
}

}  // namespace
}  // namespace og
