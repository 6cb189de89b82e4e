// SPDX-License-Identifier: Apache-2.0
// Plans of keys whose cells others want, of calls by times before those of others, and of values
// that count as far as they can.
#include <string>

#include "core/limit/limiter.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::unique_ptr<Limiter> make(const char* rate, int64_t burst, int64_t keys, const char* plans) {
  Config config;
  config.set("rate", rate);
  config.set_int("burst", burst);
  config.set_int("keys", keys);
  config.set("plans", plans);
  auto made = Limiter::create(config, make_manual_clock(0));
  if (!made) FAIL(made.error().message);
  return std::move(*made);
}

void take_by_others(Limiter& limiter, int count, int64_t now) {
  for (int i = 0; i < count; ++i) limiter.acquire_at("other " + std::to_string(i), 1, now);
}

}  // namespace

// Of three a second the unit is a 15th of a ns, of ten a 16th: by the default plan's the bucket
// would be full after 94.7 s.
TEST_CASE("limiter plans: a cell is another's once its bucket is full by its own plan") {
  const auto limiter = make("10/s", 10, 1, "third=3/s");  // 33 cells
  limiter->acquire_at("another", 1, 0);
  REQUIRE(limiter->set_plan_at("a", "third", 0));
  REQUIRE(limiter->acquire_at("a", 3, 100 * kSecond) == 0);
  take_by_others(*limiter, 99, 100 * kSecond);
  CHECK(limiter->crowded_out() > 0);
  CHECK(limiter->acquire_at("a", 1, 100 * kSecond) == 333'333'334);
  take_by_others(*limiter, 99, 101 * kSecond);
  CHECK(limiter->acquire_at("a", 3, 101 * kSecond) >= 0);
}

// What the cell's last key would still have been refused by that time is not there for a new one,
// and it gets back no more than it took.
TEST_CASE("limiter plans: a new key by a time before the one at which cells were given away") {
  const auto limiter = make("1/s", 100, 1, "pro=10/s");
  for (int i = 0; i < 99; ++i) limiter->acquire_at("idle soon " + std::to_string(i), 1, 0);
  take_by_others(*limiter, 3, 150 * kSecond);  // who have cells of those
  REQUIRE(limiter->acquire_at("new", 1, 5 * kSecond) == 0);
  CHECK(limiter->peek_at("new", 1, 5 * kSecond) == 47 * kSecond);
  CHECK(limiter->give_back_at("new", 1000, 5 * kSecond) == 1);
  CHECK(limiter->peek_at("new", 1, 5 * kSecond) == 46 * kSecond);
}

// A key that was emptied later than that is empty by its new plan at that later time.
TEST_CASE("limiter plans: a plan that is set by an old time costs a key nothing") {
  const auto limiter = make("10/s", 10, 8, "fast=1000/s:100");
  const int64_t late = 100 * kSecond, early = late - kSecond / 5;
  limiter->acquire_at("another", 1, 0);
  REQUIRE(limiter->acquire_at("a", 10, late) == 0);
  for (const char* plan : {"fast", "default", "fast"}) {
    REQUIRE(limiter->set_plan_at("a", plan, early));
    const int64_t token = plan == std::string("fast") ? kSecond / 1000 : kSecond / 10;
    CHECK(limiter->peek_at("a", 1, late) == token);
    CHECK(limiter->peek_at("a", 1, early) == token + kSecond / 5);
  }
}

// Each change counts on above all that was before, of whichever plan.
TEST_CASE(
    "limiter plans: changes of a plan with a large burst end with an error, and pass nobody") {
  const auto limiter = make("100/s", 100, 8, "slow=1/d:365");
  REQUIRE(limiter->set_plan_at("a", "slow", 0));
  REQUIRE(limiter->acquire_at("a", 365, 0) == 0);
  int changes = 0;
  for (; changes < 1000; ++changes) {
    Config change;
    change.set("plans", changes % 2 ? "slow=1/d:365" : "slow=2/d:730");
    if (const auto done = limiter->reconfigure_at(change, 0); !done) {
      CHECK(done.error().code == Status::kFull);
      break;
    }
    REQUIRE(limiter->peek_at("a", 1, 0) > 0);
  }
  CHECK(changes >= 3);
  CHECK(changes < 1000);
  CHECK(limiter->peek_at("a", 1, 0) > 0);
  CHECK(limiter->faults().empty());
}

}  // namespace og
