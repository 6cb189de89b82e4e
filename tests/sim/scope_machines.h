// SPDX-License-Identifier: Apache-2.0
// Machines whose processes share a set of endpoints of a fleet, each with a segment of its own.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/balance/endpoints.h"
#include "core/balance/fleet_set.h"
#include "core/base/random.h"
#include "core/fleet/fleet_endpoints.h"
#include "core/fleet/fleet_scope.h"
#include "core/inspect/host_report.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/sim/sim_agent.h"
#include "tests/sim/sim_server.h"

namespace og::test {

using Places = std::map<std::string, EndpointPlace>;

inline Places places_of(EndpointSet& set) {
  Places all;
  for (int32_t i = 0; i < static_cast<int32_t>(set.capacity()); ++i) {
    if (set.has(i)) all[set.name(i).value()] = {set.weight(i).value(), set.zone(i).value()};
  }
  return all;
}

class ScopeMachine {
 public:
  ScopeMachine(SimTime& time, SimServer& server, uint64_t seed, int64_t most)
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
  SegmentName segment_;
  std::vector<std::unique_ptr<SimAgent>> agents_, graveyard_;

 public:
  std::shared_ptr<Segment> host;
  std::shared_ptr<FleetScope> scope;
  std::shared_ptr<EndpointSet> set;
  Network network;
  uint64_t stops = 0;
};

struct ScopeMachines {
  explicit ScopeMachines(size_t count, uint64_t seed = 1) : random(seed) {
    time.run_until(5000 * kMs);
    for (size_t i = 0; i < count; ++i) join();
  }
  ScopeMachine& join(int64_t most = 32) {
    all.push_back(std::make_unique<ScopeMachine>(time, server, random.next(), most));
    return *all.back();
  }
  ScopeMachine& operator[](size_t i) { return *all[i]; }
  void run(int64_t ns) { time.run_until(time.now() + ns); }
  int64_t draw(int64_t n) { return static_cast<int64_t>(random.below(static_cast<uint64_t>(n))); }
  bool all_have(const Places& places) {
    return std::all_of(all.begin(), all.end(),
                       [&](const auto& machine) { return machine->places() == places; });
  }

  SimTime time;
  SimServer server;
  Random random;
  std::vector<std::unique_ptr<ScopeMachine>> all;
};

}  // namespace og::test
