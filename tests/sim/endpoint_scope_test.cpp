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
#include "core/balance/fleet_set.h"
#include "core/base/random.h"
#include "core/fleet/fleet_endpoints.h"
#include "core/fleet/fleet_scope.h"
#include "core/inspect/host_report.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_agent.h"

namespace og {
namespace {

using test::kMs;
using test::Network;
using test::seeds;
using test::SimAgent;
using test::SimServer;
using test::SimTime;
constexpr int64_t kSecond = 1000 * kMs;

using Places = std::map<std::string, EndpointPlace>;

Places places_of(EndpointSet& set) {
  Places all;
  for (int32_t i = 0; i < static_cast<int32_t>(set.capacity()); ++i) {
    if (set.has(i)) all[set.name(i).value()] = {set.weight(i).value(), set.zone(i).value()};
  }
  return all;
}

class Machine {
 public:
  Machine(SimTime& time, SimServer& server, uint64_t seed, int64_t most)
      : time_(time), server_(server), random_(seed) {
    host = HostScope::create(segment_.text, {}).value();
    scope = FleetScope::create(host, "shop", {}, clock_).value();
    set = process(most);
    new_agent();
    pump();
  }
  // Another of the machine's processes.
  std::shared_ptr<EndpointSet> process(int64_t most = 32) {
    Config config;
    config.set_int("max_endpoints", most);
    auto made = EndpointSet::create(config, Place(scope, "servers"));
    if (!made) FAIL(made.error().message);
    return *made;
  }
  Places places() { return places_of(*set); }
  EndpointPlace at(const std::string& name) {
    const Places all = places();
    const auto found = all.find(name);
    return found == all.end() ? EndpointPlace{} : found->second;
  }
  void say(const std::string& name, const EndpointPlace& place) {
    const int32_t index = set->find(name);
    const bool is_other_zone = index >= 0 && set->zone(index).value() != place.zone;
    if (index >= 0 && (!place.is_in() || is_other_zone)) REQUIRE(set->remove(index));
    if (place.is_in()) REQUIRE(set->put(name, place.weight, place.zone));
  }
  // As its own calls find an endpoint.
  void find(const std::string& name, bool is_healthy) {
    REQUIRE(set->set_healthy(set->find(name), is_healthy));
  }
  std::set<std::string> unhealthy() {
    std::set<std::string> all;
    for (const auto& [name, place] : places()) {
      if (set->healthy(set->find(name)) == 0) all.insert(name);
    }
    return all;
  }
  // As if its agent had found the endpoint so, and not kept since what became of it.
  void unkeep(const std::string& name, const EndpointPlace& found) {
    Scope::Cells cells = set_cells();
    FleetSet object(cells.own);
    KeptEntries kept(object.entries(), object.capacity());
    for (const KeptEntries::Kept& one : kept.read()) {
      const FleetEndpoints::Entry entry{one.known, found};
      if (one.name == name) kept.keep(name, &entry);
    }
  }
  // What the program has not changed.
  void say_as_agent(const std::string& name, const EndpointPlace& place) {
    Scope::Cells cells = set_cells();
    const auto capacity = FleetSet(cells.own).capacity();
    auto over = EndpointSet::over(CellMemory(std::move(cells), host), capacity);
    REQUIRE(over->try_alone(
        [&](EndpointSet::Alone& alone) { REQUIRE(alone.put(name, place.weight, place.zone)); }));
  }
  std::string report() const { return host_report(*Segment::inspect(segment_.text), true); }
  // The process is gone: without a word. What it has sent is on its way.
  void kill_agent() {
    for (auto& agent : agents_) graveyard_.push_back(std::move(agent));
    agents_.clear();
  }
  void new_agent() {
    agents_.push_back(
        std::make_unique<SimAgent>(time_, server_, network, host, record(), random_.next()));
  }

 private:
  Scope::Cells set_cells() const {
    auto opened = host->open(CellKind::kFleetEndpoints, "shop/servers", kFleetSetLayout);
    if (!opened || !*opened) FAIL("the machine has no such set");
    return std::move(**opened);
  }
  FleetRecord& record() const { return const_cast<FleetRecord&>(scope->fleet()->record()); }
  void pump() {
    const bool is_stopped =
        agents_.size() == 1 && agents_[0]->is_stopped() && random_.below(60) == 0;
    if (is_stopped) new_agent();
    for (auto& agent : agents_) agent->pump(stops);
    if (agents_.size() > 1 && !agents_[0]->is_stopped()) agents_.erase(agents_.begin());
    time_.at(time_.now() + 5 * kMs, [this] { pump(); });
  }

  SimTime& time_;
  SimServer& server_;
  Random random_;
  const std::shared_ptr<Clock> clock_ = make_manual_clock(0);
  test::SegmentName segment_;
  std::vector<std::unique_ptr<SimAgent>> agents_, graveyard_;

 public:
  std::shared_ptr<Segment> host;
  std::shared_ptr<FleetScope> scope;
  std::shared_ptr<EndpointSet> set;
  Network network;
  uint64_t stops = 0;
};

struct Machines {
  explicit Machines(size_t count, uint64_t seed = 1) : random(seed) {
    time.run_until(5 * kSecond);
    for (size_t i = 0; i < count; ++i) join();
  }
  Machine& join(int64_t most = 32) {
    all.push_back(std::make_unique<Machine>(time, server, random.next(), most));
    return *all.back();
  }
  Machine& operator[](size_t i) { return *all[i]; }
  void run(int64_t ns) { time.run_until(time.now() + ns); }
  int64_t draw(int64_t n) { return static_cast<int64_t>(random.below(static_cast<uint64_t>(n))); }
  bool all_have(const Places& places) {
    return std::all_of(all.begin(), all.end(),
                       [&](const auto& machine) { return machine->places() == places; });
  }

  SimTime time;
  SimServer server;
  Random random;
  std::vector<std::unique_ptr<Machine>> all;
};

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
