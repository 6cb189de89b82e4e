// SPDX-License-Identifier: Apache-2.0
// The other modes of core/fleet/lease_agent.h: what a fleet spends by them over every window, what
// it does not refuse, and how often its server is asked.
#include <functional>
#include <string>

#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_load.h"

namespace og {
namespace {

using test::kMs;
using test::kSecond;
using test::per_second;
using test::seeds;
using test::SimFleet;
using test::slice;
using Terms = LeaseAgent::Terms;

constexpr int64_t kTimeout = 50 * kMs;  // of a call, as SimMachine waits

// burst + rate * timeout; what passes within a window is on top.
double exact_bound(const Terms& terms) {
  return static_cast<double>(terms.rate.burst) +
         per_second(terms) * static_cast<double>(kTimeout) / 1e9;
}
// burst + machines * slice
double optimistic_bound(const Terms& terms, size_t machines, int64_t cost) {
  return static_cast<double>(terms.rate.burst) +
         static_cast<double>(machines) * static_cast<double>(slice(terms, cost));
}

// What is over the rate, of a drawn load with all that can be lost.
double worst(uint64_t seed, const test::Drawn& drawn, const std::function<void(SimFleet&)>& also) {
  SimFleet fleet(drawn.machines, drawn.terms, seed);
  constexpr int64_t kEnd = 4 * kSecond;
  test::draw_load(fleet, drawn, kEnd);
  also(fleet);
  fleet.time.run_until(kEnd + kSecond);
  return fleet.spending.worst(per_second(drawn.terms));
}

test::Drawn draw(uint64_t seed, LeaseMode mode, size_t most_machines) {
  Random random(seed);
  test::Drawn drawn = test::draw(random, most_machines);
  drawn.terms.mode = mode;
  drawn.terms.when_apart = WhenApart::kClosed;
  return drawn;
}

void disturb(SimFleet& fleet) { test::disturb(fleet, 4 * kSecond); }

// How often the server is asked a second, when three machines make 6,000 calls of `keys` keys.
double trips(LeaseMode mode, uint64_t keys) {
  Terms terms;
  terms.mode = mode;
  terms.rate = {10'000, 1'000'000, 10'000};
  SimFleet fleet(3, terms, 3, std::max<uint64_t>(keys, 8));
  for (int64_t at = kSecond; at < 3 * kSecond; at += kSecond / 6000) {
    fleet.time.at(at, [&fleet, keys] {
      auto& machine = *fleet.machines[fleet.random.below(3)];
      machine.request("k" + std::to_string(fleet.random.below(keys)), 1, fleet.spending);
    });
  }
  fleet.time.run_until(2 * kSecond);
  const int64_t before = fleet.server.runs;
  fleet.time.run_until(3 * kSecond);
  REQUIRE(fleet.spending.total() > 10'000);  // nearly all pass
  return static_cast<double>(fleet.server.runs - before);
}

}  // namespace

TEST_CASE("exact: a fleet spends the burst, the rate, and what a call's time shifts", "[seeds]") {
  double closest = 0;
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    const auto drawn = draw(seed, LeaseMode::kExact, 8);
    const double over = worst(seed, drawn, disturb);
    REQUIRE(over <= exact_bound(drawn.terms) + 1e-3);
    closest = std::max(closest, over / static_cast<double>(drawn.terms.rate.burst));
  }
  REQUIRE(closest > 0.95);
}

TEST_CASE("exact: no call is refused of which there are tokens", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    Terms terms;
    terms.mode = LeaseMode::kExact;
    terms.rate = {2000, 1'000'000, 400};
    SimFleet fleet(4, terms, seed);
    for (size_t i = 0; i < 4; ++i) {
      fleet.time.at(kSecond / 2,
                    [&fleet, i] { fleet.load(i, "k", 1, kSecond / 300, 4 * kSecond); });
      fleet.time.at(kSecond / 2, [&fleet, i] { fleet.load(i, "k", 3, kSecond / 40, 4 * kSecond); });
    }
    fleet.time.run_until(5 * kSecond);
    int64_t denied = 0;
    for (const auto& machine : fleet.machines) denied += machine->denied;
    REQUIRE(denied == 0);
    REQUIRE(fleet.spending.total() > 4000);
  }
}

TEST_CASE("exact: a call that is refused does not wait for its whole time") {
  Terms terms;
  terms.mode = LeaseMode::kExact;
  terms.rate = {2000, 1'000'000, 20};
  SimFleet fleet(3, terms, 5);
  for (size_t i = 0; i < 3; ++i)
    fleet.time.at(kSecond, [&fleet, i] { fleet.load(i, "k", 1, kSecond / 2000, 2 * kSecond); });
  fleet.time.run_until(2 * kSecond);
  int64_t pending = 0, denied = 0;
  for (const auto& machine : fleet.machines) {
    denied += machine->denied;
    pending += machine->waited;
  }
  // Of 6,000 calls 4,000 cannot pass, and those still waiting are of the last 15 ms.
  REQUIRE(denied > 3700);
  REQUIRE(denied + fleet.spending.total() >= 6000 - 6 * 15 - 300);
  REQUIRE(pending > 1000);
}

TEST_CASE("exact: calls of one token and of several share a limit and use nearly all of it") {
  Terms terms;
  terms.mode = LeaseMode::kExact;
  terms.rate = {2000, 1'000'000, 100};
  SimFleet fleet(3, terms, 5);
  for (size_t i = 0; i < 3; ++i) {
    fleet.load(i, "k", 1, kSecond / 1000, 10 * kSecond);
    fleet.load(i, "k", 7, kSecond / 200, 10 * kSecond);
  }
  fleet.time.run_until(10 * kSecond);
  REQUIRE(fleet.spending.worst(2000) <= exact_bound(terms));
  UNSCOPED_INFO(fleet.spending.total());
  REQUIRE(fleet.spending.total() >= 2000 * 10 * 90 / 100);
}

TEST_CASE("exact: a fleet that asks for more than there is gets all of it") {
  for (size_t machines : {1, 3, 10}) {
    INFO(machines << " machines");
    Terms terms;
    terms.mode = LeaseMode::kExact;
    terms.rate = {2000, 1'000'000, 200};
    SimFleet fleet(machines, terms, 7);
    constexpr int64_t kEnd = 10 * kSecond;
    for (size_t i = 0; i < machines; ++i)
      fleet.load(i, "k", 1, static_cast<int64_t>(1e9 * static_cast<double>(machines) / 6000), kEnd);
    fleet.time.run_until(kEnd);
    REQUIRE(fleet.spending.worst(2000) <= exact_bound(terms));
    REQUIRE(fleet.spending.total() >= 2000 * 10 * 95 / 100);
  }
}

TEST_CASE("optimistic: a fleet is an allowance a machine over its limit at most", "[seeds]") {
  double closest = 0;
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    const auto drawn = draw(seed, LeaseMode::kOptimistic, 8);
    const double over = worst(seed, drawn, disturb);
    const double most = optimistic_bound(drawn.terms, drawn.machines, drawn.cost);
    REQUIRE(over <= most + 1e-3);
    const auto burst = static_cast<double>(drawn.terms.rate.burst);
    closest = std::max(closest, (over - burst) / (most - burst));
  }
  REQUIRE(closest > 0.5);
}

TEST_CASE("optimistic: over a long time a fleet spends the rate, no more and no less") {
  for (size_t machines : {1, 3, 10}) {
    for (int64_t burst : {20, 400}) {
      INFO(machines << " machines, a burst of " << burst);
      Terms terms;
      terms.mode = LeaseMode::kOptimistic;
      terms.rate = {400, 1'000'000, burst};
      SimFleet fleet(machines, terms, 11);
      constexpr int64_t kEnd = 60 * kSecond;
      for (size_t i = 0; i < machines; ++i)
        fleet.load(i, "k", 1, static_cast<int64_t>(1e9 * static_cast<double>(machines) / 1200),
                   kEnd);
      fleet.time.run_until(kEnd);
      REQUIRE(fleet.spending.worst(400) <= optimistic_bound(terms, machines, 1));
      REQUIRE(fleet.spending.total() >= 400 * 60 * 98 / 100);
      REQUIRE(static_cast<double>(fleet.spending.total()) <=
              400 * 60 + optimistic_bound(terms, machines, 1));
    }
  }
}

TEST_CASE("the bounds' own tests fail where they are broken") {
  Terms terms;
  terms.rate = {100, 1'000'000, 50};
  constexpr int64_t kEnd = 5 * kSecond;
  const auto over = [&](LeaseMode mode, const std::function<void(SimFleet&)>& break_it) {
    Terms given = terms;
    given.mode = mode;
    SimFleet fleet(6, given, 5);
    break_it(fleet);
    for (size_t i = 0; i < 6; ++i) fleet.load(i, "k", 1, kSecond / 60, kEnd);
    fleet.time.run_until(kEnd + kSecond);
    return fleet.spending.worst(100);
  };
  const auto forget = [&](SimFleet& fleet) {
    for (int64_t at = 0; at < kEnd; at += 300 * kMs)
      fleet.time.at(at, [&fleet] { fleet.server.flush(); });
  };
  REQUIRE(over(LeaseMode::kExact, [](SimFleet&) {}) <= exact_bound(terms));
  REQUIRE(over(LeaseMode::kExact, forget) > exact_bound(terms));
  REQUIRE(over(LeaseMode::kOptimistic, [](SimFleet&) {}) <= optimistic_bound(terms, 6, 1));
  REQUIRE(over(LeaseMode::kOptimistic, forget) > optimistic_bound(terms, 6, 1));
}

// The rows of docs/fleet.md; those of many keys in ./dev stress alone.
TEST_CASE("how often the server is asked is bounded by the mode", "[seeds]") {
  const double leased = trips(LeaseMode::kLeased, 1), optimistic = trips(LeaseMode::kOptimistic, 1),
               exact = trips(LeaseMode::kExact, 1);
  INFO("one key: " << leased << ", " << optimistic << ", " << exact);
  REQUIRE(leased <= 3 * 20);
  REQUIRE(leased * 20 <= exact);
  // Every 50 ms, and for each half of a slice of 1,000.
  REQUIRE(optimistic <= 3 * 20 + 6000.0 / 500);
  REQUIRE(exact <= 6000);
  for (uint64_t keys : {1000, 100'000}) {
    if (seeds(1) == 1) break;
    for (LeaseMode mode : {LeaseMode::kLeased, LeaseMode::kOptimistic, LeaseMode::kExact}) {
      const double asked = trips(mode, keys);
      INFO(keys << " keys, mode " << static_cast<int>(mode) << ": " << asked);
      REQUIRE(asked <= 6000 * (mode == LeaseMode::kOptimistic ? 2 : 1) * 1.05);
    }
  }
}

}  // namespace og
