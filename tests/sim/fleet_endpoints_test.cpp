// SPDX-License-Identifier: Apache-2.0
// A set of endpoints that the machines of a fleet share: who hears of what, and when.
#include "core/fleet/fleet_endpoints.h"

#include <algorithm>
#include <memory>
#include <string>

#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_endpoints.h"

namespace og {
namespace {

using test::EndpointFleet;
using test::EndpointMachine;
using test::Endpoints;
using test::kMs;
using test::Network;
using test::seeds;
constexpr int64_t kSecond = 1000 * kMs;
const EndpointPlace kNowhere;

std::string name_of(int64_t number) { return "10.0.0." + std::to_string(number) + ":80"; }

// Weights of all kinds; in a zone of its own where it comes anew.
EndpointPlace some_place(EndpointFleet& fleet, const EndpointPlace& now) {
  if (now.is_in() && fleet.draw(3) == 0) return {};
  const std::string zone = fleet.draw(2) ? "" : "zone " + std::to_string(fleet.draw(3)) + "%";
  return {fleet.draw(5) ? fleet.draw(1'000'001) : 0, now.is_in() ? now.zone : zone};
}

// One change of one endpoint on one machine, at random times from now on, no sooner after the last
// of it than `least`.
void change_at_random(EndpointFleet& fleet, const std::string& name, int64_t least, int64_t until) {
  const int64_t next = fleet.time.now() + least + fleet.draw(3 * kSecond);
  if (next > until) return;
  fleet.time.at(next, [&fleet, name, least, until] {
    const size_t machine = fleet.random.below(fleet.machines.size());
    if (fleet.machines[machine]->has_heard())  // else it yields
      fleet.say(machine, name, some_place(fleet, fleet.machines[machine]->at(name)));
    change_at_random(fleet, name, least, until);
  });
}

// Messages that are lost, late, twice and out of order; often too late.
void spoil(EndpointFleet& fleet) {
  for (auto& machine : fleet.machines) {
    Network& network = machine->network;
    network.most_ns = (1 + fleet.draw(60)) * kMs;
    network.lost = fleet.random.below(150);
    network.repeated = fleet.random.below(200);
    network.broken = fleet.random.below(20);
  }
}

// Agents that die, also amid what they do, and that stop and go on.
void disturb(EndpointFleet& fleet, int64_t until) {
  for (int64_t at = 0; at < until; at += kSecond / 3) {
    fleet.time.at(at + fleet.draw(kSecond / 3), [&fleet] {
      auto& machine = *fleet.machines[fleet.random.below(fleet.machines.size())];
      const int64_t lasts = 1 + fleet.draw(600 * kMs);
      switch (fleet.draw(3)) {
        case 0:
          return machine.kill_agent(lasts);
        case 1:
          return machine.kill_agent_within(fleet.draw(4), lasts);
        default:
          return machine.freeze_agent(lasts);
      }
    });
  }
}

FleetEndpoints::Terms short_lived() {
  FleetEndpoints::Terms terms;
  terms.tombstone_ns = 5 * kSecond;
  return terms;
}

}  // namespace

TEST_CASE("what is changed on one machine is so on every machine in a poll", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetEndpoints::Terms terms;
    if (random.below(2)) terms.page = static_cast<int64_t>(1 + random.below(4));
    if (random.below(2)) terms.batch = 1 + random.below(3);
    EndpointFleet fleet(2 + random.below(7), terms, seed);
    for (auto& machine : fleet.machines) machine->network.most_ns = (1 + fleet.draw(12)) * kMs;
    fleet.time.run_until(kSecond / 10);
    for (int64_t i = 0; i < 8; ++i) change_at_random(fleet, name_of(i), 100 * kMs, 8 * kSecond);
    while (fleet.time.now() < 10 * kSecond) {
      fleet.time.run_until(fleet.time.now() + 2 * kMs);
      REQUIRE_FALSE(fleet.has_ghosts());
      for (const auto& [name, said] : fleet.last) {
        // A poll, and no more than a few pages and round trips.
        if (fleet.time.now() > said.at + kSecond + 300 * kMs) REQUIRE(fleet.all_have(name));
      }
    }
    for (auto& machine : fleet.machines) REQUIRE(machine->agent()->untold() == 0);
  }
}

TEST_CASE("machines agree on the last change whatever becomes of messages, agents and the server",
          "[seeds]") {
  int64_t forgot = 0;
  for (uint64_t seed = 0; seed < seeds(120); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetEndpoints::Terms terms;
    if (random.below(2)) terms.page = static_cast<int64_t>(1 + random.below(4));
    if (random.below(2)) terms.batch = 1 + random.below(3);
    EndpointFleet fleet(2 + random.below(5), terms, seed);
    spoil(fleet);
    disturb(fleet, 12 * kSecond);
    // So that it is clear which change of one endpoint was the last: an agent sees it late where
    // there is none.
    for (int64_t i = 0; i < 8; ++i) change_at_random(fleet, name_of(i), 1500 * kMs, 12 * kSecond);
    auto copy = std::make_shared<test::SimServer::Copy>();
    for (int64_t at = 2 * kSecond; at < 11 * kSecond; at += 3 * kSecond) {
      fleet.time.at(at + fleet.draw(kSecond), [&, copy] { *copy = fleet.server.copy(); });
      fleet.time.at(at + fleet.draw(3 * kSecond), [&, copy] {
        ++forgot;
        if (fleet.draw(2)) fleet.server.flush();
        if (fleet.draw(2)) fleet.server.fail_over(*copy);
        if (fleet.draw(2)) fleet.server.clock_ns -= fleet.draw(kSecond / 10);
      });
      const auto cut = fleet.random.below(fleet.machines.size());
      fleet.time.at(at, [&, cut] { fleet.machines[cut]->network.is_cut = true; });
      fleet.time.at(at + fleet.draw(5 * kSecond),
                    [&, cut] { fleet.machines[cut]->network.is_cut = false; });
    }
    while (fleet.time.now() < 16 * kSecond) {
      fleet.time.run_until(fleet.time.now() + 5 * kMs);
      REQUIRE_FALSE(fleet.has_ghosts());
    }
    for (auto& machine : fleet.machines) machine->network = {};
    REQUIRE(fleet.runs_until(26 * kSecond, [&] { return fleet.all_have_all(); }));
    fleet.time.run_until(30 * kSecond);
    REQUIRE(fleet.all_have_all());
    for (auto& machine : fleet.machines) REQUIRE(machine->calls_at_once <= 51);
  }
  REQUIRE(forgot > 0);
}

TEST_CASE("a server that forgets is told all, and no machine's set changes", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    FleetEndpoints::Terms terms;
    terms.batch = 1 + random.below(20);
    EndpointFleet fleet(2 + random.below(5), terms, seed);
    fleet.time.run_until(kSecond / 10);
    for (int64_t i = 0; i < 30; ++i)
      fleet.say(fleet.random.below(fleet.machines.size()), name_of(i), {1 + fleet.draw(9), ""});
    fleet.time.run_until(3 * kSecond);
    auto copy = fleet.server.copy();
    for (int64_t i = 0; i < 5; ++i) fleet.say(0, name_of(i), kNowhere);
    for (int64_t i = 25; i < 35; ++i) fleet.say(0, name_of(i), {10, "east"});
    fleet.time.run_until(5 * kSecond);
    REQUIRE(fleet.all_have_all());
    const Endpoints before = fleet.machines[0]->set();
    const int64_t sum = fleet.agreed().sum();
    int64_t overtaken = 0;
    for (int times = 0; times < 2; ++times) {
      // It loses the removals and what came last, or all; or has what came last overtaken.
      const uint64_t what = random.below(3);
      if (what == 0)
        fleet.server.flush();
      else
        fleet.server.fail_over(copy);
      if (what == 2) fleet.say(1, "late" + std::to_string(++overtaken), {1, ""});
      const int64_t since = fleet.time.now();
      bool stayed = true;
      const bool is_told = fleet.runs_until(since + 4 * kSecond, [&] {
        for (const auto& machine : fleet.machines) {
          stayed = stayed && std::all_of(before.begin(), before.end(), [&](const auto& one) {
                     return machine->at(one.first) == one.second;
                   });
          stayed =
              stayed && machine->set().size() <= before.size() + static_cast<size_t>(overtaken);
        }
        return (overtaken > 0 || fleet.agreed().sum() == sum) && fleet.all_have_all() &&
               fleet.agreed().count() == static_cast<int64_t>(before.size()) + overtaken;
      });
      REQUIRE(is_told);
      REQUIRE(stayed);
      fleet.time.run_until(fleet.time.now() + 5 * kSecond);
      REQUIRE(fleet.all_have_all());
    }
  }
}

TEST_CASE("a machine that is new takes what the fleet has, and adds what nobody knows") {
  EndpointFleet fleet(2, {}, 1);
  for (const char* name : {"a", "b", "c"}) fleet.say(0, name, {1, ""});
  fleet.time.run_until(2 * kSecond);
  fleet.say(1, "a", {5, ""});
  fleet.say(1, "b", kNowhere);
  fleet.time.run_until(4 * kSecond);
  // By its configuration.
  EndpointMachine& fresh = fleet.join();
  for (const char* name : {"a", "b", "c", "d"}) fresh.put(name, {1, ""});
  fleet.said["b"].insert("1 ");
  fleet.last["d"] = {{1, ""}, fleet.time.now()};
  fleet.time.run_until(6 * kSecond);
  REQUIRE(fleet.all_have_all());
  REQUIRE(fresh.at("a").weight == 5);
  REQUIRE_FALSE(fresh.at("b").is_in());
  // What is put by it then is a change as any.
  fleet.say(2, "b", {7, "west"});
  fleet.say(2, "a", {1, ""});
  fleet.time.run_until(8 * kSecond);
  REQUIRE(fleet.all_have_all());
}

TEST_CASE("a change made apart is told as of when it was made") {
  EndpointFleet fleet(3, {}, 1);
  for (const char* name : {"a", "b", "c"}) fleet.say(0, name, {1, ""});
  fleet.time.run_until(2 * kSecond);
  fleet.machines[2]->network.is_cut = true;
  fleet.time.run_until(3 * kSecond);
  fleet.say(0, "a", {2, ""});
  fleet.say(2, "b", {3, ""});
  fleet.time.run_until(4 * kSecond);
  fleet.machines[2]->put("a", {9, ""});
  fleet.time.run_until(5 * kSecond);
  fleet.say(1, "a", {4, ""});
  fleet.time.run_until(8 * kSecond);
  REQUIRE(fleet.machines[2]->at("a").weight == 9);  // its own, while it is apart
  fleet.machines[2]->network.is_cut = false;
  fleet.time.run_until(12 * kSecond);
  REQUIRE(fleet.all_have_all());
  REQUIRE(fleet.machines[0]->at("b").weight == 3);
}

TEST_CASE("what was removed does not come back from a machine that was apart", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(60); ++seed) {
    INFO("seed " << seed);
    EndpointFleet fleet(3, short_lived(), seed);
    for (int64_t i = 0; i < 6; ++i) fleet.say(0, name_of(i), {1, ""});
    fleet.time.run_until(2 * kSecond);
    fleet.machines[2]->network.is_cut = true;
    fleet.time.run_until(3 * kSecond);
    for (int64_t i = 0; i < 3; ++i) fleet.say(static_cast<size_t>(i % 2), name_of(i), kNowhere);
    fleet.say(2, name_of(4), {8, ""});  // apart
    fleet.say(2, name_of(6), {8, ""});
    // While the removal is known, also where the server has forgotten meanwhile; and after that.
    const bool is_long = seed % 2 == 0;
    if (!is_long) fleet.time.at(4 * kSecond, [&] { fleet.server.flush(); });
    fleet.time.run_until(is_long ? 15 * kSecond + fleet.draw(5 * kSecond) : 6 * kSecond);
    if (is_long) {
      REQUIRE(fleet.agreed().words.size() == 3);
      REQUIRE(fleet.machines[0]->agent()->find(name_of(0)) == nullptr);
    }
    if (seed % 3 == 0) fleet.machines[2]->kill_agent(100 * kMs);
    fleet.machines[2]->network.is_cut = false;
    while (fleet.time.now() < 25 * kSecond) {
      fleet.time.run_until(fleet.time.now() + 5 * kMs);
      for (int64_t i = 0; i < 3; ++i) REQUIRE_FALSE(fleet.machines[0]->at(name_of(i)).is_in());
    }
    REQUIRE(fleet.all_have_all());
    REQUIRE(fleet.agreed().words.size() == 4);
  }
}

TEST_CASE("a server that forgot is told what was removed too", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(40); ++seed) {
    INFO("seed " << seed);
    EndpointFleet fleet(3, {}, seed);
    for (const char* name : {"a", "b"}) fleet.say(0, name, {1, ""});
    fleet.time.run_until(2 * kSecond);
    fleet.machines[2]->network.is_cut = true;
    fleet.time.run_until(3 * kSecond);
    fleet.say(0, "a", kNowhere);
    if (seed % 2) fleet.say(1, "b", kNowhere);  // nothing is left in the set
    fleet.time.run_until(5 * kSecond + fleet.draw(kSecond));
    fleet.server.flush();
    fleet.time.run_until(8 * kSecond);
    // Who knows of the removals is not there when it comes that does not.
    fleet.machines[0]->network.is_cut = fleet.machines[1]->network.is_cut = true;
    fleet.machines[2]->network.is_cut = false;
    fleet.time.run_until(12 * kSecond);
    REQUIRE(fleet.all_have_all());
  }
}

TEST_CASE("a change that knows of another holds, also where the server's clock stepped back") {
  EndpointFleet fleet(3, {}, 1);
  fleet.say(0, "a", {1, ""});
  fleet.time.run_until(2 * kSecond);
  for (int64_t weight = 2; weight < 8; ++weight) {
    fleet.server.clock_ns -= 20 * kSecond;
    fleet.time.run_until(fleet.time.now() + 2 * kSecond);
    fleet.say(static_cast<size_t>(weight % 3), "a", {weight, ""});
    fleet.time.run_until(fleet.time.now() + 2 * kSecond);
    REQUIRE(fleet.all_have_all());
  }
}

TEST_CASE("a machine makes no more than 50 calls a second") {
  FleetEndpoints::Terms terms;
  terms.page = 3;
  terms.batch = 2;
  EndpointFleet fleet(3, terms, 1);
  for (int64_t i = 0; i < 300; ++i) fleet.say(0, name_of(i), {1, ""});
  REQUIRE(fleet.runs_until(20 * kSecond, [&] { return fleet.all_have_all(); }));
  for (auto& machine : fleet.machines) {
    REQUIRE(machine->calls_at_once > 40);
    REQUIRE(machine->calls_at_once <= 51);  // both ends of the second
  }
}

TEST_CASE("a set that is full takes what it is told when there is room") {
  EndpointFleet fleet(2, {}, 1);
  fleet.say(0, "a", {1, ""});
  fleet.time.run_until(2 * kSecond);
  fleet.machines[1]->is_full = true;
  fleet.say(0, "b", {1, ""});
  fleet.say(0, "a", {3, ""});
  fleet.time.run_until(4 * kSecond);
  REQUIRE_FALSE(fleet.machines[1]->at("b").is_in());
  REQUIRE(fleet.machines[1]->at("a").weight == 3);
  REQUIRE(fleet.machines[0]->at("b").is_in());
  fleet.machines[1]->kill_agent(kMs);
  fleet.time.run_until(5 * kSecond);
  fleet.machines[1]->is_full = false;
  fleet.time.run_until(6 * kSecond);
  REQUIRE(fleet.all_have_all());
}

TEST_CASE("a fleet that changes nothing sends a poll a second, and a change costs what changed") {
  EndpointFleet fleet(10, {}, 1);
  constexpr int64_t kMany = 3000;
  fleet.time.run_until(kSecond / 10);
  for (int64_t i = 0; i < kMany; ++i) fleet.say(0, name_of(i), {1, ""});
  REQUIRE(fleet.runs_until(4 * kSecond, [&] { return fleet.all_have(name_of(kMany - 1)); }));
  REQUIRE(fleet.runs_until(5 * kSecond, [&] { return fleet.all_have_all(); }));
  fleet.time.run_until(6 * kSecond);
  const int64_t runs = fleet.server.runs, told = fleet.agreed().told;
  fleet.time.run_until(16 * kSecond);
  REQUIRE(fleet.server.runs - runs <= 10 * 115);
  REQUIRE(fleet.server.runs - runs >= 10 * 10 * 9 / 10);
  REQUIRE(fleet.agreed().told == told);
  fleet.say(3, name_of(7), {2, ""});
  fleet.time.run_until(18 * kSecond);
  REQUIRE(fleet.all_have_all());
  REQUIRE(fleet.agreed().told == told + 10);
  // One that joins reads it in pages; and where the server forgot, it is told once or twice.
  fleet.join();
  fleet.time.run_until(20 * kSecond);
  REQUIRE(fleet.all_have_all());
  REQUIRE(fleet.machines.back()->agent()->counts().read == kMany);
  const int64_t changes = fleet.agreed().changes;
  REQUIRE(changes == kMany + 1);
  fleet.server.flush();
  fleet.time.run_until(26 * kSecond);
  REQUIRE(fleet.agreed().count() == kMany);
  int64_t words = 0;
  for (auto& machine : fleet.machines) {
    words += machine->agent()->counts().told;
    REQUIRE(machine->calls_at_once <= 51);
  }
  REQUIRE(words <= 5 * kMany);
  REQUIRE(fleet.all_have_all());
}

}  // namespace og
