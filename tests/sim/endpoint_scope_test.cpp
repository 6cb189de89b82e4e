// SPDX-License-Identifier: Apache-2.0
// Sets of endpoints of several machines over one server that is simulated, each in a segment of its
// own, with agents that are killed, or stopped and go on: all in this process, by one time.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "tests/catch.h"
#include "tests/sim/scope_machines.h"
#include "tests/sim/seeds.h"

namespace og {
namespace {

using test::kMs;
using Machine = test::ScopeMachine;
using Machines = test::ScopeMachines;
using test::Places;
using test::seeds;
constexpr int64_t kSecond = 1000 * kMs;

EndpointPlace some_place(Machines& machines) {
  if (machines.draw(4) == 0) return {};
  return {machines.draw(1'000'001), machines.draw(2) ? "" : "zone " + std::string("a%")};
}

}  // namespace

TEST_CASE("machines come to one set of endpoints, whoever is lost, late, killed or stopped",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(40); ++seed) {
    INFO("seed " << seed);
    Machines machines(static_cast<size_t>(1 + seed % 4), seed);
    machines.run(2 * kSecond);  // none of them is new
    for (auto& machine : machines.all) {
      machine->network.most_ns = (1 + machines.draw(60)) * kMs;
      machine->network.lost = machines.random.below(150);
      machine->network.repeated = machines.random.below(200);
      machine->stops = machines.random.below(80);
    }
    Places last;
    for (int64_t at = 0; at < 12 * kSecond; at += kSecond / 4) {
      const size_t i = machines.random.below(machines.all.size());
      if (machines.draw(6) == 0) {
        machines[i].kill_agent();
        machines.time.at(machines.time.now() + machines.draw(400) * kMs,
                         [&, i] { machines[i].new_agent(); });
      }
      // Each endpoint is changed once in three seconds, so that the order of changes is certain.
      const std::string name = "10.0.0." + std::to_string(at / (kSecond / 4) % 12) + " \n";
      const EndpointPlace place = some_place(machines);
      // One that the machine has not heard of, it cannot remove.
      if (!(machines[i].at(name) == place)) {
        machines[i].say(name, place);
        if (place.is_in())
          last[name] = place;
        else
          last.erase(name);
      }
      if (machines.draw(5) == 0) machines.server.flush();
      machines.run(kSecond / 4);
    }
    for (auto& machine : machines.all) {
      machine->network = {};
      machine->stops = 0;
    }
    machines.run(6 * kSecond);
    REQUIRE(machines.all_have(last));
    for (auto& machine : machines.all) REQUIRE(machine->set->faults().empty());
  }
}

TEST_CASE("what one machine changes, all have within a poll and a round trip") {
  Machines machines(5);
  machines.run(2 * kSecond);
  machines[2].say("a", {10, "eu"});
  machines.run(1200 * kMs);
  REQUIRE(machines.all_have({{"a", {10, "eu"}}}));
  machines[4].say("a", {20, "eu"});
  machines.run(1200 * kMs);
  REQUIRE(machines.all_have({{"a", {20, "eu"}}}));
  machines[0].say("a", {20, "us"});
  machines.run(1200 * kMs);
  REQUIRE(machines.all_have({{"a", {20, "us"}}}));
  machines[1].say("a", {});
  machines.run(1200 * kMs);
  REQUIRE(machines.all_have({}));
}

TEST_CASE("a machine that starts with its configured list takes the weights that the fleet has") {
  Machines machines(2);
  machines.run(2 * kSecond);
  machines[0].say("a", {1, ""});
  machines[0].say("b", {1, ""});
  machines[0].say("old", {1, ""});
  machines.run(2 * kSecond);
  machines[1].say("b", {7, ""});
  machines[1].say("old", {});
  machines.run(2 * kSecond);
  Machine& third = machines.join();
  for (const char* name : {"a", "b", "old", "new"}) third.say(name, {1, ""});
  machines.run(3 * kSecond);
  REQUIRE(machines.all_have({{"a", {1, ""}}, {"b", {7, ""}}, {"new", {1, ""}}}));
}

TEST_CASE("what a program undoes before the next agent comes stays undone, what was not done is") {
  Machines machines(2);
  machines.run(2 * kSecond);
  machines[0].say("removed", {5, ""});
  machines[0].say("lighter", {5, ""});
  machines.run(2 * kSecond);
  machines[0].say("lighter", {9, ""});
  machines[1].say("untouched", {4, ""});
  machines.run(2 * kSecond);
  machines[0].say("untouched", {5, ""});
  machines.run(2 * kSecond);
  machines[1].kill_agent();
  // As after its death between what it did and the note that it had.
  machines[1].unkeep("removed", {});
  machines[1].unkeep("lighter", {5, ""});
  machines[1].say("removed", {});
  machines[1].say("lighter", {5, ""});
  // As after its death before it.
  machines[1].unkeep("untouched", {4, ""});
  machines[1].say_as_agent("untouched", {4, ""});
  machines[1].new_agent();
  machines.run(3 * kSecond);
  REQUIRE(machines.all_have({{"lighter", {5, ""}}, {"untouched", {5, ""}}}));
}

TEST_CASE("what is ensured yields to what the fleet knows, on a machine that runs too") {
  Machines machines(2);
  machines.run(2 * kSecond);
  machines[0].say("a", {1, ""});
  machines[0].say("old", {1, ""});
  machines.run(2 * kSecond);
  machines[1].say("a", {7, ""});
  machines[1].say("old", {});
  machines.run(2 * kSecond);
  auto worker = machines[0].process();
  for (const char* name : {"a", "old", "new"}) REQUIRE(worker->ensure(name, 1, ""));
  REQUIRE(worker->count() == 3);
  machines.run(2 * kSecond);
  REQUIRE(machines.all_have({{"a", {7, ""}}, {"new", {1, ""}}}));
  // Ensured and then said is said.
  REQUIRE(worker->ensure("old", 1, ""));
  REQUIRE(worker->put("old", 2, ""));
  machines.run(2 * kSecond);
  REQUIRE(machines.all_have({{"a", {7, ""}}, {"new", {1, ""}}, {"old", {2, ""}}}));
  // Of what a machine has ensured while it was alone nobody has to be told twice.
  machines[0].network.is_cut = true;
  REQUIRE(worker->ensure("b", 3, ""));
  machines[1].say("b", {4, ""});
  machines.run(2 * kSecond);
  machines[0].network.is_cut = false;
  machines.run(5 * kSecond);
  REQUIRE(machines.all_have({{"a", {7, ""}}, {"b", {4, ""}}, {"new", {1, ""}}, {"old", {2, ""}}}));
}

TEST_CASE(
    "what a quorum finds unhealthy all machines hold for unhealthy, one machine's word is its "
    "own") {
  Machines machines(4);
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b", "c"}) machines[0].say(name, {1, ""});
  machines.run(2 * kSecond);
  machines[0].find("a", false);
  for (const char* name : {"a", "b", "c"}) machines[3].find(name, false);  // its cable is bad
  REQUIRE(machines[3].unhealthy() == std::set<std::string>{"a", "b", "c"});
  machines.run(1300 * kMs);
  for (size_t i : {0, 1, 2}) REQUIRE(machines[i].unhealthy() == std::set<std::string>{"a"});
  auto balancer = Balancer::create({}, machines[1].process(), system_clock()).value();
  for (int i = 0; i < 10; ++i) REQUIRE(machines[1].set->name(balancer->pick("")).value() != "a");
  // Who finds it well is overruled. Once another has changed its mind, all go by their own.
  machines[1].find("a", true);
  machines.run(2 * kSecond);
  REQUIRE(machines[1].unhealthy() == std::set<std::string>{"a"});
  machines[3].find("a", true);
  machines.run(1300 * kMs);
  REQUIRE(machines[0].unhealthy() == std::set<std::string>{"a"});
  for (size_t i : {1, 2}) REQUIRE(machines[i].unhealthy().empty());
  REQUIRE(machines[3].unhealthy() == std::set<std::string>{"b", "c"});
}

TEST_CASE("others' word never takes more than half of a set's weight") {
  Machines machines(3);
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b", "c", "d"}) machines[0].say(name, {1, ""});
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b", "c", "d"}) {
    machines[0].find(name, false);
    machines[1].find(name, false);
  }
  machines.run(1300 * kMs);
  REQUIRE(machines[2].unhealthy() == std::set<std::string>{"a", "b"});
}

TEST_CASE("a machine that cannot ask the server soon finds endpoints unhealthy by itself alone") {
  Machines machines(3);
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b"}) machines[0].say(name, {1, ""});
  machines.run(2 * kSecond);
  for (size_t i : {0, 1}) machines[i].find("a", false);
  machines.run(1300 * kMs);
  REQUIRE(machines[2].unhealthy() == std::set<std::string>{"a"});
  machines[2].network.is_cut = true;
  machines.run(1500 * kMs);
  REQUIRE(machines[2].unhealthy() == std::set<std::string>{"a"});
  machines.run(4 * kSecond);
  REQUIRE(machines[2].unhealthy().empty());
  REQUIRE(machines[0].unhealthy() == std::set<std::string>{"a"});
  machines[2].network.is_cut = false;
  machines.run(4 * kSecond);
  REQUIRE(machines[2].unhealthy() == std::set<std::string>{"a"});
  // One that leaves the set and comes back is well.
  machines[2].say("a", {});
  machines.run(2 * kSecond);
  machines[2].say("a", {1, ""});
  machines.run(3 * kSecond);
  for (size_t i : {0, 1, 2}) REQUIRE(machines[i].unhealthy().empty());
}

TEST_CASE("what the fleet found unhealthy is not who comes in its place") {
  Machines machines(2);
  Machine& small = machines.join(2);
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b"}) machines[0].say(name, {1, ""});
  machines.run(2 * kSecond);
  for (size_t i : {0, 1}) machines[i].find("a", false);
  machines.run(1300 * kMs);
  REQUIRE(small.unhealthy() == std::set<std::string>{"a"});
  auto worker = small.process(2);
  small.kill_agent();
  const int32_t index = small.set->find("a");
  small.say("a", {});
  small.say("z", {1, ""});
  REQUIRE(worker->find("z") == index);
  REQUIRE(worker->healthy(index) == 1);
  REQUIRE(small.set->healthy(index) == 1);
}

TEST_CASE("machines come to hold the same for unhealthy, whoever is lost, late, killed or stopped",
          "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    const size_t count = 2 + seed % 4;
    Machines machines(count, seed);
    machines.run(2 * kSecond);
    for (int i = 0; i < 10; ++i) machines[0].say(std::to_string(i), {1, ""});
    machines.run(3 * kSecond);
    for (auto& machine : machines.all) {
      machine->network.most_ns = (1 + machines.draw(60)) * kMs;
      machine->network.lost = machines.random.below(150);
      machine->network.repeated = machines.random.below(200);
      machine->stops = machines.random.below(80);
    }
    // Of the first five, so that half of the weight stays.
    std::vector<std::set<std::string>> found(count);
    for (int step = 0; step < 40; ++step) {
      const size_t i = machines.random.below(count);
      if (machines.draw(8) == 0) {
        machines[i].kill_agent();
        machines.time.at(machines.time.now() + machines.draw(400) * kMs,
                         [&, i] { machines[i].new_agent(); });
      }
      const std::string name = std::to_string(machines.draw(5));
      const bool is_healthy = machines.draw(2) == 0;
      machines[i].find(name, is_healthy);
      if (is_healthy)
        found[i].erase(name);
      else
        found[i].insert(name);
      if (machines.draw(12) == 0) machines.server.flush();
      machines.run(kSecond / 5);
    }
    for (auto& machine : machines.all) {
      machine->network = {};
      machine->stops = 0;
    }
    machines.run(20 * kSecond);
    std::set<std::string> by_two;  // a quorum of up to six machines
    for (int i = 0; i < 5; ++i) {
      const std::string name = std::to_string(i);
      if (std::count_if(found.begin(), found.end(),
                        [&](const auto& own) { return own.count(name) != 0; }) >= 2)
        by_two.insert(name);
    }
    for (size_t i = 0; i < count; ++i) {
      std::set<std::string> wanted = by_two;
      wanted.insert(found[i].begin(), found[i].end());
      REQUIRE(machines[i].unhealthy() == wanted);
    }
  }
}

TEST_CASE("balancers of all processes pick what another machine has added") {
  Machines machines(2);
  auto second = machines[1].process();
  std::vector<std::unique_ptr<Balancer>> balancers;
  for (const char* policy :
       {"round_robin", "weighted_round_robin", "least_connections", "consistent_hash"}) {
    Config config;
    config.set("policy", policy);
    balancers.push_back(Balancer::create(config, second, system_clock()).value());
  }
  machines.run(2 * kSecond);
  for (auto& balancer : balancers) REQUIRE(balancer->pick("key") < 0);
  machines[0].say("a", {5, ""});
  machines.run(2 * kSecond);
  for (auto& balancer : balancers) REQUIRE(second->name(balancer->pick("key")).value() == "a");
  machines[0].say("a", {});
  machines[0].say("b", {5, ""});
  machines.run(2 * kSecond);
  for (auto& balancer : balancers) REQUIRE(second->name(balancer->pick("key")).value() == "b");
}

TEST_CASE("a set with less room has what fits, and the rest when there is room") {
  Machines machines(1);
  Machine& small = machines.join(2);
  machines.run(2 * kSecond);
  for (const char* name : {"a", "b", "c"}) machines[0].say(name, {1, ""});
  machines.run(2 * kSecond);
  REQUIRE(machines[0].places().size() == 3);
  REQUIRE(small.places().size() == 2);
  const std::string gone = small.places().begin()->first;
  small.say(gone, {});
  machines.run(3 * kSecond);
  REQUIRE(machines[0].places().size() == 2);
  REQUIRE(small.places() == machines[0].places());
}

TEST_CASE("an agent that takes over knows what was changed while there was none") {
  Machines machines(2);
  machines.run(2 * kSecond);
  machines[0].say("a", {1, ""});
  machines[0].say("b", {1, ""});
  machines.run(2 * kSecond);
  machines[0].kill_agent();
  machines.run(2 * kSecond);
  machines[1].say("b", {9, ""});
  machines[0].say("a", {5, ""});
  machines.run(2 * kSecond);
  machines[0].new_agent();
  machines.run(2 * kSecond);
  REQUIRE(machines.all_have({{"a", {5, ""}}, {"b", {9, ""}}}));
}

TEST_CASE("what nobody uses any more is let go of, and has all when it is used again") {
  Machines machines(2);
  machines.run(2 * kSecond);
  machines[0].say("a", {1, "eu"});
  machines.run(2 * kSecond);
  machines[0].set.reset();
  machines.run(5 * kSecond);
  REQUIRE(machines[0].host->is_left(CellKind::kFleetEndpoints, "shop/servers"));
  machines[1].say("a", {2, "eu"});
  machines.run(kSecond);
  machines[0].set = machines[0].process();
  machines.run(2 * kSecond);
  REQUIRE(machines.all_have({{"a", {2, "eu"}}}));
  machines[0].set.reset();
  machines.run(5 * kSecond);
  REQUIRE(machines[0].scope->forget(CellKind::kEndpoints, "servers"));
  machines[0].set = machines[0].process();
  machines.run(2 * kSecond);
  REQUIRE(machines.all_have({{"a", {2, "eu"}}}));
}

TEST_CASE("who looks at a host sees its fleet's endpoints") {
  Machines machines(1);
  machines[0].say("a", {1, "eu"});
  machines.run(2 * kSecond);
  const std::string shown = machines[0].report();
  CAPTURE(shown);
  const auto has = [&](const char* part) { return shown.find(part) != shown.npos; };
  REQUIRE(has(R"("kind":"fleet_endpoints","name":"shop/servers","options":{"max_endpoints":"32")"));
  REQUIRE(has(R"(outgrow_endpoint_healthy{endpoint=\"a\",zone=\"eu\"})"));
  REQUIRE(has(R"("faults":[])"));
}

}  // namespace og
