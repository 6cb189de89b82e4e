// SPDX-License-Identifier: Apache-2.0
// Machines of a fleet that vote on the health of endpoints: who hears of what, when, and whom they
// believe.
#include "core/fleet/endpoint_votes.h"

#include <algorithm>
#include <memory>
#include <string>

#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_endpoint_votes.h"

namespace og {
namespace {

using test::HealthFleet;
using test::HealthMachine;
using test::kMs;
using test::Network;
using test::seeds;
constexpr int64_t kSecond = 1000 * kMs;
using Names = std::set<std::string>;
using Numbers = std::map<std::string, int64_t>;

// From a vote to all machines: a poll, and a pause before it was told, where messages take
// `trip` at most. The simulation's pumps are late by a part of a ms.
int64_t time_to_hear(int64_t trip) { return kSecond + EndpointVotes::kPause + 4 * trip + 2 * kMs; }

// Messages that are lost, late, twice and out of order; often too late.
void spoil(HealthFleet& fleet) {
  for (auto& machine : fleet.machines) {
    Network& network = machine->network;
    network.most_ns = (1 + fleet.draw(60)) * kMs;
    network.lost = fleet.random.below(150);
    network.repeated = fleet.random.below(200);
    network.broken = fleet.random.below(20);
  }
}

// Agents that die, stop and go on; machines that are cut off; a server that forgets and steps back.
void disturb(HealthFleet& fleet, int64_t until) {
  auto copy = std::make_shared<test::SimServer::Copy>();
  for (int64_t at = fleet.time.now(); at < until; at += kSecond / 2) {
    fleet.time.at(at + fleet.draw(kSecond / 2), [&fleet, copy] {
      HealthMachine& machine = fleet.some_machine();
      const int64_t lasts = 1 + fleet.draw(600 * kMs);
      switch (fleet.draw(8)) {
        case 0:
        case 1:
          return machine.kill_agent(lasts);
        case 2:
        case 3:
          return machine.freeze_agent(lasts);
        case 4:
          return fleet.server.flush();
        case 5:
          fleet.server.fail_over(*copy);
          fleet.server.clock_ns -= fleet.draw(kSecond / 10);
          return;
        case 6:
          *copy = fleet.server.copy();
          return;
        default:
          machine.network.is_cut = true;
          fleet.time.at(fleet.time.now() + 5 * lasts, [&] { machine.network.is_cut = false; });
      }
    });
  }
}

// What all would hear if they heard at once.
Numbers true_votes(const HealthFleet& fleet) {
  Numbers all;
  for (const auto& machine : fleet.machines) {
    if (!machine->agent()) continue;
    for (const std::string& name : machine->own()) ++all[name];
  }
  std::erase_if(all, [](const auto& one) { return one.second < 2; });
  return all;
}
bool all_know(const HealthFleet& fleet) {
  const Numbers votes = true_votes(fleet);
  return std::all_of(fleet.machines.begin(), fleet.machines.end(), [&](const auto& machine) {
    return !machine->agent() || machine->agent()->votes() == votes;
  });
}

}  // namespace

TEST_CASE("a quorum is 30 % of the machines, and two at least") {
  for (const auto& [machines, needed] : std::map<int64_t, int64_t>{
           {0, 2}, {1, 2}, {2, 2}, {3, 2}, {6, 2}, {7, 3}, {10, 3}, {11, 4}, {1000, 300}})
    REQUIRE(EndpointVotes::quorum(machines, 30) == needed);
  REQUIRE(EndpointVotes::quorum(10, 0) == 2);
  REQUIRE(EndpointVotes::quorum(10, 100) == 10);
}

TEST_CASE("others' votes mark what a quorum votes for, up to half of the weight") {
  const auto judged = [](const Numbers& votes, const Numbers& weights, int64_t machines = 3) {
    int64_t total = 0;
    for (const auto& [name, weight] : weights) total += weight;
    return EndpointVotes::judged(votes, machines, weights, total, 30);
  };
  const Numbers equal{{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};
  REQUIRE(judged({}, equal) == Names{});
  REQUIRE(judged({{"a", 1}, {"b", 2}}, equal) == Names{"b"});
  REQUIRE(judged({{"a", 2}, {"b", 3}}, equal, 10) == Names{"b"});
  REQUIRE(judged({{"gone", 3}}, equal) == Names{});
  // Most votes first, those of as many by name; half of five is two.
  REQUIRE(judged({{"a", 2}, {"b", 2}, {"c", 3}, {"d", 2}}, equal) == Names{"a", "c"});
  REQUIRE(judged({{"a", 3}, {"b", 3}, {"c", 3}, {"d", 3}, {"e", 3}}, equal) == Names{"a", "b"});
  // One that is more than half is never marked, and does not keep others from it.
  const Numbers heavy{{"a", 6}, {"b", 3}, {"c", 2}, {"d", 0}};
  REQUIRE(judged({{"a", 3}, {"b", 2}, {"c", 2}, {"d", 2}}, heavy) == Names{"b", "c", "d"});
  REQUIRE(judged({{"a", 3}}, {{"a", 5}}) == Names{});
  REQUIRE(judged({{"a", 3}, {"b", 3}}, {{"a", 1}, {"b", 1}}) == Names{"a"});
  REQUIRE(judged({{"a", 3}}, {{"a", 0}}) == Names{"a"});
  // Weights may be those of what is voted on alone.
  REQUIRE(EndpointVotes::judged({{"a", 3}, {"b", 2}}, 3, {{"a", 1}, {"b", 1}}, 2, 30) ==
          Names{"a"});
  REQUIRE(EndpointVotes::judged({{"a", 3}, {"b", 2}}, 3, {{"a", 1}, {"b", 1}}, 4, 30) ==
          Names{"a", "b"});
}

TEST_CASE("what a quorum finds unhealthy is marked on every machine in a poll, and no sooner",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const size_t size = 3 + random.below(12);
    HealthFleet fleet(size, 4, {}, seed);
    const int64_t trip = (1 + fleet.draw(12)) * kMs;
    for (auto& machine : fleet.machines) machine->network.most_ns = trip;
    fleet.time.run_until(5 * kSecond);
    const std::string name = fleet.name_of(fleet.draw(4));
    const int64_t all = static_cast<int64_t>(size);
    for (int round = 0; round < 3; ++round) {
      // Each but the last of the quorum, one after the other.
      const size_t first = fleet.random.below(size);
      const auto one = [&](int64_t i) -> HealthMachine& {
        return *fleet.machines[(first + static_cast<size_t>(i)) % size];
      };
      const int64_t last = fleet.quorum() - 1;
      for (int64_t i = 0; i < last; ++i) {
        one(i).find(name, true);
        REQUIRE(fleet.stays_until(fleet.time.now() + fleet.draw(kSecond),
                                  [&] { return fleet.marks() == 0; }));
      }
      REQUIRE(
          fleet.stays_until(fleet.time.now() + 2 * kSecond, [&] { return fleet.marks() == 0; }));
      one(last).find(name, true);
      REQUIRE(fleet.runs_until(fleet.time.now() + time_to_hear(trip),
                               [&] { return fleet.marking(name) == all; }));
      REQUIRE(
          fleet.stays_until(fleet.time.now() + 4 * kSecond, [&] { return fleet.marks() == all; }));
      one(fleet.draw(last + 1)).find(name, false);
      REQUIRE(fleet.runs_until(fleet.time.now() + time_to_hear(trip),
                               [&] { return fleet.marks() == 0; }));
      for (auto& machine : fleet.machines) machine->find(name, false);
      REQUIRE(
          fleet.stays_until(fleet.time.now() + 2 * kSecond, [&] { return fleet.marks() == 0; }));
    }
  }
}

TEST_CASE("one machine's bad cable marks nothing on others, whatever becomes of messages",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    HealthFleet fleet(2 + random.below(6), static_cast<int64_t>(1 + random.below(9)), {}, seed);
    spoil(fleet);
    fleet.time.run_until(3 * kSecond);
    disturb(fleet, 14 * kSecond);
    HealthMachine& bad = fleet.some_machine();
    for (const auto& [name, weight] : fleet.world.weights) bad.find(name, true);
    REQUIRE(fleet.stays_until(18 * kSecond, [&] { return fleet.marks() == 0; }));
    for (auto& machine : fleet.machines) REQUIRE(machine->calls_at_once <= 11);
  }
}

TEST_CASE("fewer bad cables than a quorum mark nothing, also where the server forgets or stalls",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    HealthFleet fleet(20, 3, {}, seed);
    fleet.time.run_until(4 * kSecond);
    for (size_t i = 0; i < 5; ++i) {  // of 20 it takes 6
      for (const auto& [name, weight] : fleet.world.weights) fleet.machines[i]->find(name, true);
    }
    const auto none = [&] { return fleet.marks() == 0; };
    REQUIRE(fleet.stays_until(6 * kSecond + fleet.draw(kSecond), none));
    fleet.server.flush();
    REQUIRE(fleet.stays_until(12 * kSecond, none));
    // A clock that goes far on, or back, ends what all have said.
    fleet.server.clock_ns += (fleet.draw(2) ? 1 : -1) * 3600 * kSecond;
    REQUIRE(fleet.stays_until(20 * kSecond, none));
    // All are apart for longer than a vote holds; those with bad cables are back first.
    for (auto& machine : fleet.machines) machine->network.is_cut = true;
    fleet.time.run_until(35 * kSecond);
    for (size_t i = 0; i < fleet.machines.size(); ++i) {
      fleet.time.at(35 * kSecond + (i < 5 ? 0 : fleet.draw(kSecond)),
                    [&, i] { fleet.machines[i]->network.is_cut = false; });
    }
    REQUIRE(fleet.stays_until(45 * kSecond, none));
    // And one more is a quorum.
    for (const auto& [name, weight] : fleet.world.weights) fleet.machines[5]->find(name, true);
    REQUIRE(fleet.runs_until(47 * kSecond, [&] { return fleet.marks() == 20; }));
  }
}

TEST_CASE("others take no more than half of a set from a machine", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(30); ++seed) {
    INFO("seed " << seed);
    HealthFleet fleet(5, 0, {}, seed);
    const int64_t count = 1 + fleet.draw(30);
    for (int64_t i = 0; i < count; ++i)
      fleet.world.weights[fleet.name_of(i)] = fleet.draw(4) ? fleet.draw(100) : 0;
    fleet.time.run_until(4 * kSecond);
    const int64_t total = fleet.world.total();
    bool is_any = false;
    for (int i = 0; i < 200; ++i) {
      for (int n = 0; n < 3; ++n)
        fleet.machines[fleet.random.below(4)]->find(fleet.name_of(fleet.draw(count)),
                                                    fleet.draw(5) > 0);
      fleet.time.run_until(fleet.time.now() + 50 * kMs);
      for (const auto& machine : fleet.machines) {
        int64_t marked = 0;
        for (const std::string& name : machine->marked()) marked += fleet.world.weights.at(name);
        REQUIRE(2 * marked <= total);
        is_any = is_any || !machine->marked().empty();
      }
    }
    REQUIRE((is_any || count < 3));
  }
}

TEST_CASE("machines know what all vote for once messages arrive, whatever became of them before",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    HealthFleet fleet(2 + random.below(6), 6, {}, seed);
    spoil(fleet);
    disturb(fleet, 12 * kSecond);
    while (fleet.time.now() < 14 * kSecond) {
      fleet.time.run_until(fleet.time.now() + 1 + fleet.draw(400 * kMs));
      fleet.some_machine().find(fleet.name_of(fleet.draw(6)), fleet.draw(2));
    }
    for (auto& machine : fleet.machines) machine->network = {};
    if (fleet.draw(2)) fleet.machines[0]->die();
    // A dead one's votes, a server's settling, and a poll.
    fleet.time.run_until(14 * kSecond + 12 * kSecond + 3 * kSecond);
    REQUIRE(fleet.stays_until(32 * kSecond, [&] { return all_know(fleet); }));
    const auto alive = std::count_if(fleet.machines.begin(), fleet.machines.end(),
                                     [](const auto& machine) { return machine->agent(); });
    for (auto& machine : fleet.machines) {
      if (machine->agent()) REQUIRE(machine->agent()->machines() == alive);
      REQUIRE(machine->calls_at_once <= 11);
    }
  }
}

TEST_CASE("a server that forgets, or is behind, is told the votes and no mark changes", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(60); ++seed) {
    INFO("seed " << seed);
    HealthFleet fleet(3 + seed % 6 * (seed % 3), 4, {}, seed);
    fleet.time.run_until(4 * kSecond);
    const auto copy = fleet.server.copy();
    for (int64_t i = 0; i < fleet.quorum(); ++i)
      fleet.machines[static_cast<size_t>(i)]->find(fleet.name_of(1), true);
    fleet.time.run_until(7 * kSecond + fleet.draw(kSecond));
    const auto all = static_cast<int64_t>(fleet.machines.size());
    REQUIRE(fleet.marks() == all);
    const std::string tally = fleet.agreed().tally();
    for (int times = 0; times < 2; ++times) {
      const bool is_all = fleet.draw(2);
      if (is_all)
        fleet.server.flush();
      else
        fleet.server.fail_over(copy);
      if (times == 1) fleet.machines[0]->kill_agent(100 * kMs);
      const int64_t since = fleet.time.now();
      const auto stays = [&] {
        // Who takes over an agent's part has heard nothing yet.
        return fleet.marking(fleet.name_of(1)) >= all - times;
      };
      REQUIRE(fleet.stays_until(since + time_to_hear(3 * kMs) + times * 100 * kMs, stays));
      REQUIRE(fleet.agreed().tally() == tally);
      REQUIRE(fleet.stays_until(since + 8 * kSecond, stays));
      REQUIRE(fleet.marks() == all);
      fleet.time.run_until(fleet.time.now() + fleet.draw(kSecond));
    }
  }
}

TEST_CASE("a machine that hears nothing goes by itself alone after three polls", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(30); ++seed) {
    INFO("seed " << seed);
    HealthFleet fleet(4, 4, {}, seed);
    fleet.time.run_until(4 * kSecond);
    fleet.machines[0]->find(fleet.name_of(0), true);
    fleet.machines[1]->find(fleet.name_of(0), true);
    fleet.time.run_until(7 * kSecond + fleet.draw(kSecond));
    HealthMachine& apart = *fleet.machines[2];
    REQUIRE(apart.marked().size() == 1);
    apart.network.is_cut = true;
    const int64_t since = fleet.time.now();
    // Its last answer is as old as a poll.
    REQUIRE(fleet.stays_until(since + 2 * kSecond - 10 * kMs,
                              [&] { return apart.marked().size() == 1; }));
    REQUIRE(
        fleet.runs_until(since + 3 * kSecond + 2 * kMs, [&] { return apart.marked().empty(); }));
    fleet.time.run_until(since + 6 * kSecond + fleet.draw(20 * kSecond));
    REQUIRE(fleet.marks() == 3);
    // And by the others again when it is back.
    apart.network.is_cut = false;
    REQUIRE(fleet.runs_until(fleet.time.now() + 4 * kSecond,
                             [&] { return apart.marked().size() == 1; }));
  }
}

TEST_CASE("where a server forgets again and again nothing is older than five polls", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    HealthFleet fleet(3, 4, {}, seed);
    fleet.time.run_until(4 * kSecond);
    fleet.machines[0]->find(fleet.name_of(0), true);
    fleet.machines[1]->find(fleet.name_of(0), true);
    fleet.time.run_until(7 * kSecond);
    REQUIRE(fleet.marks() == 3);
    for (int64_t at = 7 * kSecond; at < 17 * kSecond; at += kSecond / 2)
      fleet.time.at(at, [&] { fleet.server.flush(); });
    fleet.machines[0]->find(fleet.name_of(0), false);
    REQUIRE(fleet.runs_until(12 * kSecond + 2 * kMs, [&] { return fleet.marks() == 0; }));
    REQUIRE(fleet.stays_until(20 * kSecond, [&] { return fleet.marks() == 0; }));
  }
}

TEST_CASE("votes of machines that died are counted no longer than a vote holds", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(30); ++seed) {
    INFO("seed " << seed);
    const EndpointVotes::Terms terms;
    HealthFleet fleet(7, 4, terms, seed);
    fleet.time.run_until(4 * kSecond);
    for (size_t i = 0; i < 3; ++i) fleet.machines[i]->find(fleet.name_of(0), true);
    fleet.time.run_until(6 * kSecond + fleet.draw(kSecond));
    REQUIRE(fleet.marks() == 7);
    for (size_t i = 0; i < 3; ++i) fleet.machines[i]->die();
    const int64_t since = fleet.time.now();
    REQUIRE(fleet.stays_until(since + terms.vote_ns - kSecond - 10 * kMs,
                              [&] { return fleet.marks() == 4; }));
    REQUIRE(fleet.runs_until(since + terms.vote_ns + terms.vote_ns / 5 + 2 * kSecond + 20 * kMs,
                             [&] { return fleet.marks() == 0; }));
    fleet.time.run_until(fleet.time.now() + 4 * kSecond);
    for (size_t i = 3; i < 7; ++i) REQUIRE(fleet.machines[i]->agent()->machines() == 4);
  }
}

TEST_CASE("an agent that takes over votes for what its machine finds, and for nothing else") {
  HealthFleet fleet(3, 4, {}, 1);
  fleet.time.run_until(4 * kSecond);
  fleet.machines[0]->find(fleet.name_of(0), true);
  fleet.machines[1]->find(fleet.name_of(0), true);
  fleet.machines[1]->find(fleet.name_of(1), true);
  fleet.time.run_until(6 * kSecond);
  REQUIRE(fleet.marks() == 3);
  fleet.machines[1]->kill_agent(300 * kMs);
  fleet.machines[1]->find(fleet.name_of(1), false);
  fleet.time.run_until(6 * kSecond + 500 * kMs);
  fleet.machines[2]->find(fleet.name_of(1), true);
  REQUIRE(fleet.stays_until(8 * kSecond, [&] { return fleet.marking(fleet.name_of(1)) == 0; }));
  REQUIRE(fleet.agreed().machines.size() == 3);
  REQUIRE(fleet.marks() == 3);
  // One with nothing to say takes back what its machine voted for.
  fleet.machines[1]->kill_agent(300 * kMs);
  fleet.machines[1]->find(fleet.name_of(0), false);
  REQUIRE(fleet.runs_until(8 * kSecond + 300 * kMs + time_to_hear(3 * kMs),
                           [&] { return fleet.marks() == 0; }));
}

TEST_CASE("what an agent says that is not its machine's any more changes nothing") {
  HealthFleet fleet(2, 4, {}, 1);
  fleet.time.run_until(4 * kSecond);
  fleet.machines[1]->find(fleet.name_of(0), true);
  fleet.time.run_until(6 * kSecond);
  const std::string tally = fleet.agreed().tally();
  fleet.machines[0]->find(fleet.name_of(0), true);
  fleet.machines[0]->freeze_agent(500 * kMs);  // before it has told that
  fleet.machines[0]->find(fleet.name_of(0), false);
  fleet.time.run_until(6400 * kMs);
  REQUIRE(fleet.agreed().tally() == tally);
  const int64_t late = fleet.agreed().late;
  REQUIRE(fleet.stays_until(8 * kSecond, [&] { return fleet.agreed().tally() == tally; }));
  REQUIRE(fleet.agreed().late == late + 1);
}

TEST_CASE("a server whose clock stepped back settles as soon as one that began anew") {
  HealthFleet fleet(3, 4, {}, 1);
  fleet.time.run_until(kSecond);
  fleet.server.clock_ns -= 5 * kSecond;
  fleet.time.run_until(3200 * kMs);
  fleet.machines[0]->find(fleet.name_of(0), true);
  fleet.machines[1]->find(fleet.name_of(0), true);
  REQUIRE(fleet.runs_until(3200 * kMs + time_to_hear(3 * kMs), [&] { return fleet.marks() == 3; }));
}

TEST_CASE("a machine votes for the first endpoints by name, and tells them when they change") {
  EndpointVotes::Terms terms;
  terms.most = 3;
  HealthFleet fleet(3, 9, terms, 1);
  fleet.time.run_until(4 * kSecond);
  for (int64_t i = 8; i >= 0; --i) {
    fleet.machines[0]->find(fleet.name_of(i), true);
    fleet.machines[1]->find(fleet.name_of(i), true);
  }
  fleet.time.run_until(6 * kSecond);
  REQUIRE(fleet.machines[2]->agent()->votes() ==
          Numbers{{fleet.name_of(0), 2}, {fleet.name_of(1), 2}, {fleet.name_of(2), 2}});
  const int64_t told = fleet.machines[0]->agent()->counts().told;
  fleet.machines[0]->find(fleet.name_of(7), false);
  fleet.time.run_until(8 * kSecond);
  REQUIRE(fleet.machines[0]->agent()->counts().told == told);
  fleet.machines[0]->find(fleet.name_of(0), false);
  fleet.time.run_until(10 * kSecond);
  REQUIRE(fleet.machines[0]->agent()->counts().told == told + 1);
  REQUIRE(fleet.machines[2]->agent()->votes() ==
          Numbers{{fleet.name_of(1), 2}, {fleet.name_of(2), 2}});
}

TEST_CASE("a fleet without news sends a poll a second, however many endpoints it votes for") {
  HealthFleet fleet(10, 200, {}, 1);
  fleet.time.run_until(4 * kSecond);
  const auto quiet = [&] {
    const int64_t runs = fleet.agreed().runs, tallies = fleet.agreed().tallies;
    fleet.time.run_until(fleet.time.now() + 10 * kSecond);
    REQUIRE(fleet.agreed().runs - runs <= 10 * 115);
    REQUIRE(fleet.agreed().runs - runs >= 10 * 10 * 9 / 10);
    REQUIRE(fleet.agreed().tallies == tallies);
  };
  quiet();
  // What one machine alone votes for is no news for others.
  const int64_t tallies = fleet.agreed().tallies;
  for (const auto& [name, weight] : fleet.world.weights) fleet.machines[3]->find(name, true);
  fleet.time.run_until(fleet.time.now() + 3 * kSecond);
  REQUIRE(fleet.agreed().tallies == tallies);
  quiet();
  for (const auto& [name, weight] : fleet.world.weights) fleet.machines[4]->find(name, true);
  fleet.time.run_until(fleet.time.now() + 3 * kSecond);
  REQUIRE(fleet.agreed().tallies == tallies + 10);
  quiet();
  // One that changes its mind all the time.
  for (int64_t i = 0; i < 1000; ++i) {
    fleet.machines[5]->find(fleet.name_of(7), i % 2);
    fleet.time.run_until(fleet.time.now() + 3 * kMs);
  }
  REQUIRE(fleet.machines[5]->calls_at_once >= 8);
  for (auto& machine : fleet.machines) REQUIRE(machine->calls_at_once <= 11);
}

TEST_CASE("a thousand machines hear of what 300 of them find") {
  HealthFleet fleet(1000, 3, {}, 1);
  fleet.time.run_until(4 * kSecond);
  const std::string name = fleet.name_of(1);
  for (size_t i = 0; i < 299; ++i) fleet.machines[i]->find(name, true);
  for (int i = 0; i < 30; ++i) {
    fleet.time.run_until(fleet.time.now() + 100 * kMs);
    REQUIRE(fleet.marks() == 0);
  }
  fleet.machines[500]->find(name, true);
  fleet.time.run_until(fleet.time.now() + time_to_hear(3 * kMs));
  REQUIRE(fleet.marking(name) == 1000);
  fleet.server.flush();
  for (int i = 0; i < 60; ++i) {
    fleet.time.run_until(fleet.time.now() + 100 * kMs);
    REQUIRE(fleet.marking(name) == 1000);
  }
  REQUIRE(fleet.agreed().tally().ends_with(" 300"));
  fleet.machines[7]->find(name, false);
  fleet.time.run_until(fleet.time.now() + time_to_hear(3 * kMs));
  REQUIRE(fleet.marks() == 0);
}

}  // namespace og
