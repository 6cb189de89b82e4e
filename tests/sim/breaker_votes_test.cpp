// SPDX-License-Identifier: Apache-2.0
// A breaker that the machines of a fleet share: who opens it, who tries it, who closes it.
#include "core/fleet/breaker_votes.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_breakers.h"

namespace og {
namespace {

using test::kMs;
using test::Network;
using test::seeds;
using test::usual_votes;
using test::VotingFleet;
constexpr int64_t kSecond = 1000 * kMs;

// Messages that are lost, late, twice and out of order; with the usual `most_ms`, often too late.
void spoil(VotingFleet& fleet, int64_t most_ms = 60) {
  for (auto& machine : fleet.machines) {
    Network& network = machine->network;
    network.most_ns = (1 + fleet.draw(most_ms)) * kMs;
    network.lost = fleet.random.below(150);
    network.repeated = fleet.random.below(200);
    network.broken = fleet.random.below(20);
  }
}

// Agents that die, and that stop and go on.
void disturb(VotingFleet& fleet, int64_t until) {
  for (int64_t at = 0; at < until; at += kSecond / 2) {
    fleet.time.at(at + fleet.draw(kSecond / 2), [&fleet] {
      auto& machine = *fleet.machines[fleet.random.below(fleet.machines.size())];
      const int64_t lasts = 1 + fleet.draw(800 * kMs);
      if (fleet.random.below(2))
        machine.kill_agent(lasts);
      else
        machine.freeze_agent(lasts);
    });
  }
}

}  // namespace

TEST_CASE("one machine's fault opens no other machine's breaker", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(150); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    VotingFleet fleet(2 + random.below(7), usual_votes(), seed);
    spoil(fleet);
    disturb(fleet, 10 * kSecond);
    fleet.load_all((2 + fleet.draw(30)) * kMs, 20 * kMs, 10 * kSecond);
    fleet.machines[0]->has_bad_cable = true;
    // The server forgets what there was, and then some of it.
    auto copy = std::make_shared<test::SimServer::Copy>();
    fleet.time.at(fleet.draw(5 * kSecond), [&] { fleet.server.flush(); });
    fleet.time.at(fleet.draw(5 * kSecond), [&, copy] { *copy = fleet.server.copy(); });
    fleet.time.at((5 + fleet.draw(3)) * kSecond, [&, copy] { fleet.server.fail_over(*copy); });
    bool failed = false;
    REQUIRE_FALSE(fleet.runs_until(10 * kSecond, [&] {
      failed = failed || fleet.machines[0]->is_failing();
      return fleet.refusing() > 0 || fleet.agreed().fleet.until != 0;
    }));
    REQUIRE(failed);
    REQUIRE(fleet.machines[0]->let_in * 2 < fleet.machines[1]->let_in);  // it stops its own calls
    REQUIRE(fleet.machines[1]->refused == 0);
  }
}

TEST_CASE("a quorum of failing machines opens every machine's breaker in a poll", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(150); ++seed) {
    INFO("seed " << seed);
    const auto size = static_cast<int64_t>(2 + Random(seed).below(14));
    VotingFleet fleet(static_cast<size_t>(size), usual_votes(), seed);
    for (auto& machine : fleet.machines) machine->network.most_ns = (1 + fleet.draw(12)) * kMs;
    fleet.load_all((2 + fleet.draw(20)) * kMs, 10 * kMs, 20 * kSecond);
    fleet.time.run_until(3 * kSecond + fleet.draw(kSecond));
    // No more than it takes, and the others see nothing.
    const int64_t quorum = std::max<int64_t>(2, (size * 3 + 9) / 10);
    for (int64_t i = 0; i < quorum - 1; ++i)
      fleet.machines[static_cast<size_t>(i)]->has_bad_cable = true;
    REQUIRE_FALSE(fleet.runs_until(fleet.time.now() + 2 * kSecond,
                                   [&] { return fleet.agreed().fleet.until != 0; }));
    REQUIRE(fleet.failing() == quorum - 1);
    fleet.machines.back()->has_bad_cable = true;
    REQUIRE(fleet.runs_until(fleet.time.now() + 2 * kSecond, [&] {
      return fleet.failing() == quorum || fleet.agreed().fleet.until != 0;
    }));
    const int64_t since = fleet.time.now();
    REQUIRE(fleet.runs_until(since + 100 * kMs, [&] { return fleet.agreed().fleet.until != 0; }));
    REQUIRE(
        fleet.runs_until(since + kSecond + 100 * kMs, [&] { return fleet.refusing() == size; }));
  }
}

TEST_CASE("a server that forgets is told how many machines there were", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(50); ++seed) {
    INFO("seed " << seed);
    VotingFleet fleet(20, usual_votes(), seed);
    fleet.load_all(20 * kMs, 10 * kMs, 17 * kSecond);
    fleet.time.run_until(2 * kSecond);  // all of them are known by then
    for (size_t i = 0; i < 5; ++i) fleet.machines[i]->has_bad_cable = true;  // of a quorum of 6
    fleet.time.run_until(4 * kSecond);
    for (int times = 0; times < 3; ++times) {
      REQUIRE(fleet.failing() == 5);
      fleet.time.run_until(fleet.time.now() + kSecond + fleet.draw(kSecond));
      fleet.server.flush();
      fleet.time.run_until(fleet.time.now() + kSecond);
      REQUIRE(fleet.agreed().opened == 0);
    }
    fleet.machines[5]->has_bad_cable = true;
    fleet.time.run_until(fleet.time.now() + kSecond);
    REQUIRE(fleet.agreed().opened == 1);
  }
}

TEST_CASE("an agent that takes over is heard at once") {
  VotingFleet fleet(3, usual_votes(), 1);
  fleet.load_all(10 * kMs, 10 * kMs, 40 * kSecond);
  fleet.time.run_until(20 * kSecond);
  for (auto& machine : fleet.machines) machine->kill_agent(100 * kMs);
  fleet.time.run_until(20200 * kMs);
  fleet.is_well = false;
  REQUIRE(fleet.runs_until(21300 * kMs, [&] { return fleet.refusing() == 3; }));
}

TEST_CASE("what was seen before the fleet last changed does not count") {
  test::VoteModel model;
  int64_t order = 0, now = 1'700'000'000'000'000;
  // One that opens for 10 us; two successes close it.
  const auto tell = [&](const char* name, int64_t generation, int64_t until, bool fails,
                        int64_t successes, bool failed) {
    model.votes({now, 10, 1'000'000, 5, 1'000'000, 2, 30, 0, generation, until, fails, successes,
                 failed, 0, 0, 0, ++order},
                name);
    return model.fleet;
  };
  const int64_t first = tell("a", 0, 0, true, 0, false).generation;  // of none
  REQUIRE(tell("b", first, 0, true, 0, false).until == 0);
  const auto opened = tell("a", first, 0, true, 0, false);
  REQUIRE(opened.until == now + 10);
  REQUIRE(opened.generation > first);
  now += 20;
  REQUIRE(tell("a", first, 0, false, 9, false).generation == opened.generation);
  REQUIRE(tell("a", first, 0, false, 0, true).generation == opened.generation);
  REQUIRE(tell("a", opened.generation, opened.until, false, 1, false).until > 0);
  const auto again = tell("b", opened.generation, opened.until, false, 0, true);
  REQUIRE(again.until == now + 10);
  now += 20;
  REQUIRE(tell("b", opened.generation, opened.until, false, 1, false).until == again.until);
  REQUIRE(tell("b", again.generation, again.until, false, 1, false).until == again.until);
  const auto closed = tell("a", again.generation, again.until, false, 1, false);
  REQUIRE(closed.until == 0);
  REQUIRE(tell("a", again.generation, again.until, true, 0, true).until == 0);
  REQUIRE(tell("b", again.generation, again.until, true, 0, true).until == 0);
  // A command that comes behind a later one.
  order -= 5;
  REQUIRE(tell("b", closed.generation, 0, true, 0, false).votes == 0);
}

TEST_CASE("a vote ends with the calls that it is about") {
  VotingFleet fleet(3, usual_votes(), 1);
  fleet.load(0, 10 * kMs, 10 * kMs, 0, 3 * kSecond);
  for (size_t i : {1, 2}) fleet.load(i, 10 * kMs, 10 * kMs, 0, 20 * kSecond);
  fleet.machines[0]->has_bad_cable = true;
  fleet.time.run_until(3 * kSecond);
  REQUIRE(fleet.agreed().fleet.votes == 1);
  fleet.time.run_until(7 * kSecond);
  REQUIRE(fleet.agreed().fleet.votes == 1);
  fleet.time.run_until(14500 * kMs);  // it spoke last when its last call had been for vote_ns
  fleet.machines[1]->has_bad_cable = true;
  fleet.time.run_until(16 * kSecond);
  REQUIRE(fleet.machines[0]->is_failing());
  REQUIRE(fleet.agreed().fleet.votes == 1);
  REQUIRE(fleet.agreed().opened == 0);
}

TEST_CASE("a fleet whose messages are lost opens too, a little later", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(50); ++seed) {
    INFO("seed " << seed);
    VotingFleet fleet(2 + Random(seed).below(7), usual_votes(), seed);
    spoil(fleet, 20);
    fleet.load_all(10 * kMs, 10 * kMs, 20 * kSecond);
    fleet.time.run_until(3 * kSecond);
    fleet.is_well = false;
    // Calls fail at once; then a poll, and the pauses of a link that thinks it is apart.
    REQUIRE(fleet.runs_until(fleet.time.now() + 3 * kSecond, [&] {
      return fleet.refusing() > 0 &&
             std::all_of(fleet.machines.begin(), fleet.machines.end(), [](const auto& machine) {
               return machine->refuses() || !machine->is_connected();
             });
    }));
  }
}

TEST_CASE("probes of all machines together are no more than the permits", "[seeds]") {
  int64_t reached = 0;
  for (uint64_t seed = 0; seed < seeds(150); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.open_ns = static_cast<int64_t>(1 + random.below(1500)) * kMs;
    terms.permits = static_cast<int64_t>(1 + random.below(6));
    terms.permit_ns = static_cast<int64_t>(200 + random.below(1500)) * kMs;
    terms.success_threshold = static_cast<int64_t>(1 + random.below(30));
    terms.poll_ns = static_cast<int64_t>(100 + random.below(900)) * kMs;
    terms.vote_ns = 5 * terms.poll_ns;
    VotingFleet fleet(2 + random.below(9), terms, seed);
    spoil(fleet);
    disturb(fleet, 12 * kSecond);
    for (size_t i = 0; i < fleet.machines.size(); ++i)
      fleet.load(i, (1 + fleet.draw(40)) * kMs, (1 + fleet.draw(600)) * kMs, 0, 12 * kSecond);
    for (int64_t at = kSecond; at < 12 * kSecond; at += 2 * kSecond)
      fleet.time.at(at + fleet.draw(kSecond), [&fleet] { fleet.is_well = !fleet.is_well; });
    fleet.time.run_until(12 * kSecond);
    REQUIRE(fleet.most <= terms.permits);
    reached += fleet.most == terms.permits;
  }
  REQUIRE(reached * 3 > static_cast<int64_t>(seeds(150)));  // the schedules come to the permits
}

TEST_CASE("a server that forgets lets out as many probes again, once", "[seeds]") {
  int64_t over = 0, stayed_open = 0;
  for (uint64_t seed = 0; seed < seeds(150); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.open_ns = kSecond;
    terms.permits = static_cast<int64_t>(1 + random.below(6));
    terms.success_threshold = 1000;
    VotingFleet fleet(2 + random.below(9), terms, seed);
    for (auto& machine : fleet.machines) machine->network.lost = fleet.random.below(50);
    fleet.load_all(10 * kMs, 500 * kMs, 14 * kSecond);
    fleet.time.run_until(kSecond);
    fleet.is_well = false;
    REQUIRE(fleet.runs_until(5 * kSecond, [&] { return fleet.agreed().fleet.until != 0; }));
    fleet.time.run_until(fleet.time.now() + 500 * kMs);
    fleet.is_well = true;  // it would be long in closing
    fleet.time.run_until(fleet.time.now() + 1200 * kMs + fleet.draw(kSecond));
    REQUIRE(fleet.most <= terms.permits);
    auto copy = fleet.server.copy();
    fleet.time.run_until(fleet.time.now() + fleet.draw(kSecond));
    if (random.below(2))
      fleet.server.flush();
    else
      fleet.server.fail_over(copy);
    const int64_t opened = fleet.agreed().opened;
    fleet.time.run_until(fleet.time.now() + terms.permit_ns);
    REQUIRE(fleet.most <= 2 * terms.permits);
    over += fleet.most > terms.permits;
    // By what machines had heard, and not by votes anew.
    stayed_open += fleet.agreed().fleet.until != 0 && fleet.agreed().opened == opened;
    fleet.most = 0;
    fleet.time.run_until(fleet.time.now() + 2 * kSecond);
    REQUIRE(fleet.most <= terms.permits);
  }
  REQUIRE(over > 0);
  REQUIRE(stayed_open * 10 > static_cast<int64_t>(seeds(150)) * 9);
}

TEST_CASE("a fleet closes when what it calls is well again, and stays so", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(150); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.permits = static_cast<int64_t>(1 + random.below(5));
    terms.success_threshold = static_cast<int64_t>(1 + random.below(6));
    const size_t size = 2 + random.below(9);
    VotingFleet fleet(size, terms, seed);
    fleet.load_all(20 * kMs, 10 * kMs, 40 * kSecond);
    fleet.time.run_until(2 * kSecond);
    fleet.is_well = false;
    REQUIRE(fleet.runs_until(5 * kSecond, [&] { return fleet.refusing() > 0; }));
    fleet.time.run_until(fleet.time.now() + fleet.draw(10 * kSecond));
    // While it is down: once for each time that it is tried.
    REQUIRE(fleet.agreed().opened <= 1 + (fleet.time.now() - 2 * kSecond) / terms.open_ns);
    REQUIRE(fleet.agreed().closed == 0);
    fleet.is_well = true;
    const int64_t since = fleet.time.now();
    // It was tried in vain just before, by all who may ask at once; then the first to ask has its
    // probes, and all hear of it.
    REQUIRE(fleet.runs_until(
        since + terms.open_ns + kSecond * 11 / 10 + terms.success_threshold * 120 * kMs,
        [&] { return fleet.agreed().fleet.until == 0; }));
    REQUIRE(fleet.runs_until(fleet.time.now() + kSecond + 20 * kMs,
                             [&] { return fleet.refusing() == 0; }));
    REQUIRE(fleet.failing() == 0);
    const int64_t opened = fleet.agreed().opened;
    std::vector<int64_t> refused;
    for (const auto& machine : fleet.machines) refused.push_back(machine->refused);
    fleet.time.run_until(fleet.time.now() + 10 * kSecond);
    REQUIRE(fleet.agreed().opened == opened);
    REQUIRE(fleet.agreed().closed == 1);
    for (size_t i = 0; i < size; ++i) REQUIRE(fleet.machines[i]->refused == refused[i]);
  }
}

TEST_CASE("a fleet closes by as many probes as it takes, with none between that failed",
          "[seeds]") {
  int64_t closed = 0;
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetBreaker::Terms terms = usual_votes();
    terms.open_ns = 300 * kMs;
    terms.permits = static_cast<int64_t>(1 + random.below(4));
    terms.success_threshold = static_cast<int64_t>(2 + random.below(4));
    VotingFleet fleet(2 + random.below(5), terms, seed);
    spoil(fleet, 20);
    disturb(fleet, 8 * kSecond);
    fleet.load_all(10 * kMs, 10 * kMs, 8 * kSecond);
    fleet.time.at(kSecond, [&] { fleet.is_well = false; });
    for (int64_t at = 3 * kSecond; at < 8 * kSecond; at += 50 * kMs)
      fleet.time.at(at, [&] { fleet.is_well = fleet.random.below(3) > 0; });
    int64_t generation = 0, was_closed = 0;
    while (fleet.time.now() < 8 * kSecond) {
      fleet.time.run_until(fleet.time.now() + kMs);
      if (fleet.agreed().closed > was_closed)
        REQUIRE(fleet.succeeded[generation] >= terms.success_threshold);
      was_closed = fleet.agreed().closed;
      generation = fleet.agreed().fleet.generation;
    }
    closed += was_closed;
  }
  REQUIRE(closed > 20);
}

TEST_CASE("a machine whose cable is bad does not keep the fleet open", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(50); ++seed) {
    INFO("seed " << seed);
    VotingFleet fleet(2 + Random(seed).below(5), usual_votes(), seed);
    fleet.load_all(20 * kMs, 10 * kMs, 40 * kSecond);
    fleet.time.run_until(2 * kSecond);
    fleet.is_well = false;
    fleet.time.run_until(4 * kSecond);
    REQUIRE(fleet.refusing() > 0);
    fleet.machines[0]->has_bad_cable = true;
    fleet.is_well = true;
    // Its probe may be the first, once.
    REQUIRE(fleet.runs_until(4 * kSecond + 2 * (3 * kSecond + 500 * kMs),
                             [&] { return fleet.agreed().fleet.until == 0; }));
    const int64_t opened = fleet.agreed().opened;
    fleet.time.run_until(fleet.time.now() + 5 * kSecond);
    REQUIRE(fleet.agreed().opened == opened);
    REQUIRE(fleet.machines[0]->is_failing());
  }
}

TEST_CASE("failures of one call in a hundred open nothing", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    VotingFleet fleet(6, usual_votes(), seed);
    spoil(fleet);
    disturb(fleet, 5 * kSecond);
    fleet.load_all(5 * kMs, 2 * kMs, 5 * kSecond);
    for (int64_t at = 0; at < 5 * kSecond; at += 100 * kMs) {
      fleet.time.at(at, [&] { fleet.is_well = false; });
      fleet.time.at(at + kMs, [&] { fleet.is_well = true; });
    }
    fleet.time.run_until(5 * kSecond);
    REQUIRE(fleet.agreed().opened == 0);
    for (const auto& machine : fleet.machines) REQUIRE(machine->refused == 0);
  }
}

}  // namespace og
