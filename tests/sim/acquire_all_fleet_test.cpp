// SPDX-License-Identifier: Apache-2.0
// Several limits as one decision, one of which is a fleet's: it is taken last, wherever it stands.
#include <memory>
#include <string>

#include "core/limit/acquire_all.h"
#include "tests/catch.h"
#include "tests/sim/limiter_machines.h"

namespace og {
namespace {

using Machines = test::LimiterMachines;

constexpr int64_t kMinute = 60'000'000'000;

std::unique_ptr<Limiter> local(const Machines& machines, const std::string& options) {
  return *Limiter::create(test::LimiterMachine::config("keys=16," + options), machines.clock);
}

int64_t left(Limiter& limiter) {
  Standing standing;
  limiter.standing("k", standing);
  return standing.remaining;
}

}  // namespace

TEST_CASE("what a fleet's limit refuses is given back to the others", "[acquire_all]") {
  Machines machines(1);
  const auto fleet = machines[0].limiter("rate=10/s,outage=closed");
  const auto team = local(machines, "rate=100/1000d"), user = local(machines, "rate=100/1000d");
  const AcquireAll::Part parts[] = {
      {team.get(), "k", 30}, {fleet.get(), "k", 1}, {user.get(), "k", 20}};
  const auto answer = AcquireAll::of(parts, std::nullopt);
  CHECK(answer.wait > 0);
  CHECK(answer.which == 1);
  CHECK(left(*team) == 100);
  CHECK(left(*user) == 100);
  CHECK(team->allowed() + team->denied() + user->allowed() + user->denied() == 0);
  CHECK(fleet->denied() == 1);
}

TEST_CASE("who passes a trial run has taken nothing to give back", "[acquire_all]") {
  Machines machines(1);
  const auto fleet = machines[0].limiter("rate=10/s,outage=closed");
  const auto trial = local(machines, "rate=5/1000d,enforce_percent=0");
  REQUIRE(trial->acquire("k", 5) == 0);
  const AcquireAll::Part parts[] = {{trial.get(), "k", 1}, {fleet.get(), "k", 1}};
  CHECK(AcquireAll::of(parts, std::nullopt).which == 1);
  CHECK(left(*trial) == 0);
}

TEST_CASE("a fleet's limit is asked for what the others let through, and counts it once",
          "[acquire_all]") {
  Machines machines(1);
  machines.pump();
  const auto fleet = machines[0].limiter("rate=10/s,burst=10,slice=1");
  const auto team = local(machines, "rate=100/1000d"), user = local(machines, "rate=3/1000d");
  const auto ask = [&] {
    const AcquireAll::Part parts[] = {
        {team.get(), "k", 1}, {fleet.get(), "k", 1}, {user.get(), "k", 1}};
    return AcquireAll::of(parts, std::nullopt);
  };
  int64_t passed = 0;
  for (int i = 0; i < 40; ++i) {
    passed += ask().wait == 0;
    machines.pump();
  }
  CHECK(passed == 3);
  CHECK(fleet->allowed() == 3);
  CHECK(user->allowed() == 3);
  CHECK(left(*user) == 0);
  CHECK(left(*team) == 97);
  const int64_t denied = fleet->denied();
  CHECK(ask().which == 2);
  CHECK(fleet->denied() == denied);  // it was not asked
}

TEST_CASE("two limits of fleets are not one decision", "[acquire_all]") {
  Machines machines(1);
  machines.pump();
  const auto fleet = machines[0].limiter("rate=10/s");
  const auto user = local(machines, "rate=3/1000d");
  const AcquireAll::Part parts[] = {
      {fleet.get(), "a", 1}, {user.get(), "k", 1}, {fleet.get(), "b", 1}};
  const auto answer = AcquireAll::of(parts, std::nullopt);
  CHECK(answer.wait == static_cast<int64_t>(Status::kUnsupported));
  CHECK(answer.which == 2);
  CHECK(left(*user) == 3);
}

// The reservation cannot know that what came back had been taken after it.
TEST_CASE("what is reserved of a key is told of what is given back to it", "[acquire_all]") {
  Machines machines(1);
  const auto fleet = machines[0].limiter("rate=10/s,outage=closed");
  const auto tokens = local(machines, "rate=1000/1000d,reservations=8");
  const int64_t id = tokens->reserve("k", 100, kMinute);
  REQUIRE(id > 0);
  const AcquireAll::Part parts[] = {{tokens.get(), "k", 600}, {fleet.get(), "k", 1}};
  REQUIRE(AcquireAll::of(parts, std::nullopt).wait > 0);
  CHECK(left(*tokens) == 900);
  REQUIRE(tokens->settle(id, 40) == Status::kOk);
  CHECK(left(*tokens) == 900);
}

}  // namespace og
