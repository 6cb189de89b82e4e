// SPDX-License-Identifier: Apache-2.0
// A breaker that the machines of a fleet share, of machines that are cut off, alone, dying, idle or
// a thousand.
#include <algorithm>
#include <memory>
#include <vector>

#include "core/fleet/breaker_votes.h"
#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_breakers.h"

namespace og {

using test::kMs;
using test::usual_votes;
using test::VotingFleet;
constexpr int64_t kSecond = 1000 * kMs;

TEST_CASE("a machine that is cut off goes by its own breaker alone") {
  VotingFleet fleet(4, usual_votes(), 1);
  fleet.load_all(10 * kMs, 10 * kMs, 60 * kSecond);
  fleet.time.run_until(2 * kSecond);
  auto& cut = *fleet.machines[0];
  cut.network.is_cut = true;
  fleet.time.run_until(6 * kSecond);
  cut.has_bad_cable = true;
  fleet.time.run_until(7 * kSecond);
  REQUIRE(cut.is_failing());
  cut.has_bad_cable = false;
  fleet.time.run_until(10 * kSecond);
  REQUIRE_FALSE(cut.is_failing());
  REQUIRE(fleet.agreed().opened == 0);
  cut.network.is_cut = false;
  fleet.time.run_until(15 * kSecond);

  // Cut off while the fleet is open: for three polls more it holds to that.
  fleet.is_well = false;
  REQUIRE(fleet.runs_until(17 * kSecond, [&] { return fleet.refusing() == 4; }));
  cut.network.is_cut = true;
  fleet.time.run_until(fleet.time.now() + 1900 * kMs);
  REQUIRE(cut.refuses());
  fleet.time.run_until(fleet.time.now() + 1200 * kMs);
  REQUIRE_FALSE(cut.refuses());
  fleet.is_well = true;
  const int64_t before = cut.let_in;
  fleet.time.run_until(fleet.time.now() + 2500 * kMs);
  REQUIRE(cut.let_in > before + 20);
  // Nobody waits for it.
  fleet.time.run_until(fleet.time.now() + 5 * kSecond);
  REQUIRE(fleet.refusing() == 0);
  REQUIRE(fleet.agreed().fleet.until == 0);
}

TEST_CASE("a machine that is alone has its own breaker") {
  VotingFleet fleet(1, usual_votes(), 1);
  fleet.load_all(10 * kMs, 10 * kMs, 30 * kSecond);
  fleet.time.run_until(2 * kSecond);
  fleet.is_well = false;
  fleet.time.run_until(3 * kSecond);
  auto& machine = *fleet.machines[0];
  REQUIRE(machine.is_failing());
  const int64_t let_in = machine.let_in;
  fleet.time.run_until(6 * kSecond);
  REQUIRE(machine.let_in <= let_in + 2);
  fleet.is_well = true;
  fleet.time.run_until(8500 * kMs);
  REQUIRE_FALSE(machine.is_failing());
  REQUIRE(fleet.agreed().opened == 0);
}

TEST_CASE("a probe of a machine that dies comes back by its time") {
  FleetBreaker::Terms terms = usual_votes();
  VotingFleet fleet(2, terms, 1);
  fleet.load_all(10 * kMs, 10 * kMs, 4 * kSecond);
  fleet.time.run_until(2 * kSecond);
  fleet.is_well = false;
  fleet.time.run_until(4 * kSecond);
  REQUIRE(fleet.refusing() == 2);
  fleet.is_well = true;
  // The first has calls, and all of them hang.
  fleet.load(0, 10 * kMs, 60 * kSecond, 4 * kSecond, 20 * kSecond);
  REQUIRE(fleet.runs_until(8 * kSecond, [&] { return fleet.probing() == 1; }));
  const int64_t since = fleet.time.now();
  fleet.machines[0]->network.is_cut = true;
  fleet.load(1, 10 * kMs, 10 * kMs, since, 20 * kSecond);
  fleet.time.run_until(since + terms.permit_ns - 50 * kMs);
  REQUIRE(fleet.probes == 1);
  REQUIRE(fleet.runs_until(since + terms.permit_ns + terms.vote_ns / 5 + kSecond + 300 * kMs,
                           [&] { return fleet.agreed().fleet.until == 0; }));
  REQUIRE(fleet.most == 1);
}

TEST_CASE("a probe that no call takes goes to another machine") {
  int given_on = 0;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    INFO("seed " << seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.permit_ns = 20 * kSecond;
    VotingFleet fleet(2, terms, seed);
    fleet.load_all(10 * kMs, 10 * kMs, 4 * kSecond);
    fleet.time.run_until(2 * kSecond);
    fleet.is_well = false;
    fleet.time.run_until(4 * kSecond);
    REQUIRE(fleet.refusing() == 2);
    fleet.is_well = true;
    // The first has calls until there is a probe.
    const auto granted = [&] {
      return fleet.machines[0]->granted() + fleet.machines[1]->granted();
    };
    while (fleet.time.now() < 8 * kSecond && !granted()) {
      fleet.machines[0]->call(kMs);
      fleet.runs_until(fleet.time.now() + 5 * kMs, granted);
    }
    REQUIRE(granted() == 1);
    given_on += fleet.machines[0]->granted() == 1;
    const int64_t since = fleet.time.now();
    fleet.load(1, 10 * kMs, 10 * kMs, since, 20 * kSecond);
    REQUIRE(fleet.runs_until(since + 2500 * kMs, [&] { return fleet.agreed().fleet.until == 0; }));
  }
  REQUIRE(given_on >= 2);
}

TEST_CASE("machines with few calls try the fleet and close it") {
  VotingFleet fleet(3, usual_votes(), 1);
  fleet.load_all(10 * kMs, 10 * kMs, 4 * kSecond);
  fleet.time.run_until(2 * kSecond);
  fleet.is_well = false;
  fleet.time.run_until(4 * kSecond);
  REQUIRE(fleet.refusing() == 3);
  fleet.is_well = true;
  for (int64_t at = 4 * kSecond; at < 30 * kSecond; at += 900 * kMs) {
    for (auto& machine : fleet.machines) fleet.time.at(at, [&machine] { machine->call(10 * kMs); });
  }
  REQUIRE(fleet.runs_until(25 * kSecond, [&] { return fleet.agreed().fleet.until == 0; }));
}

TEST_CASE("a thousand machines share a breaker", "[seeds]") {
  for (uint64_t seed = 0; seed < std::min<uint64_t>(test::seeds(2), 20); ++seed) {
    INFO("seed " << seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.permits = 10;
    terms.success_threshold = 20;
    constexpr int64_t kMachines = 1000;
    VotingFleet fleet(kMachines, terms, seed);
    for (auto& machine : fleet.machines) machine->network.lost = 10;
    for (size_t i = 0; i < kMachines; ++i)  // they do not all come at once
      fleet.load(i, 50 * kMs, 20 * kMs, fleet.draw(kSecond), 20 * kSecond);
    fleet.time.run_until(3 * kSecond);
    // A message in a poll, or a tenth of one before.
    const int64_t before = fleet.server.runs;
    fleet.time.run_until(5 * kSecond);
    REQUIRE(fleet.server.runs - before < 2 * kMachines * 115 / 100);
    REQUIRE(fleet.agreed().fleet.machines == kMachines);
    for (size_t i = 0; i < 299; ++i) fleet.machines[i]->has_bad_cable = true;
    fleet.time.run_until(7 * kSecond);
    REQUIRE(fleet.failing() == 299);
    REQUIRE(fleet.agreed().opened == 0);
    fleet.is_well = false;
    REQUIRE(fleet.runs_until(8 * kSecond, [&] { return fleet.agreed().fleet.until != 0; }));
    const int64_t opened_at = fleet.time.now();
    fleet.time.run_until(opened_at + 1300 * kMs);
    REQUIRE(fleet.refusing() * 100 >= 98 * kMachines);  // but for those whose messages were lost
    fleet.is_well = true;
    for (auto& machine : fleet.machines) machine->has_bad_cable = false;
    const int64_t asked = fleet.server.runs;
    REQUIRE(fleet.runs_until(opened_at + terms.open_ns + 2 * kSecond,
                             [&] { return fleet.agreed().fleet.until == 0; }));
    const int64_t passed = fleet.time.now() - opened_at - 1300 * kMs;
    REQUIRE((fleet.server.runs - asked) * kSecond < 3 * kMachines * passed);
    fleet.time.run_until(fleet.time.now() + 1300 * kMs);
    REQUIRE(fleet.refusing() * 100 <= 2 * kMachines);
    REQUIRE(fleet.most <= terms.permits);
    REQUIRE(fleet.agreed().opened == 1);
  }
}

}  // namespace og
