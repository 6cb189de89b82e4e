// SPDX-License-Identifier: Apache-2.0
// Machines of a fleet with one set of endpoints.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/fleet/fleet_endpoints.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og::test {

using Endpoints = std::map<std::string, EndpointPlace>;

class EndpointMachine {
 public:
  struct World {
    SimTime& time;
    SimServer& server;
    FleetEndpoints::Terms terms;
  };

  EndpointMachine(const World& world, uint64_t seed) : world_(world), random_(seed) {
    start_agent();
  }

  Network network;
  bool is_full = false;       // its set takes no endpoint more
  int64_t calls_at_once = 0;  // the most in a second

  // The program changes its set.
  void put(const std::string& name, const EndpointPlace& place) {
    if (place.is_in())
      set_[name] = place;
    else
      set_.erase(name);
    touched_.insert(name);
    changed_.insert(name);
  }
  const Endpoints& set() const { return set_; }
  EndpointPlace at(const std::string& name) const {
    const auto found = set_.find(name);
    return found == set_.end() ? EndpointPlace{} : found->second;
  }
  const FleetEndpoints* agent() const { return life_ ? &life_->endpoints : nullptr; }
  // Whether it has read what the fleet knows.
  bool has_heard() const { return heard_.born >= 0; }

  // The agent's process dies; another of the machine's takes over after a while.
  void kill_agent(int64_t for_ns) {
    life_.reset();
    world_.time.at(world_.time.now() + for_ns, [this] {
      if (!life_) start_agent();
    });
  }
  // The same while it does what it heard of, after as many steps of that.
  void kill_agent_within(int64_t steps, int64_t for_ns) {
    steps_to_live_ = steps;
    dead_for_ns_ = for_ns;
  }
  // It is stopped, and another takes over. Then it goes on, beside that one, with the replies that
  // came meanwhile and one more batch, before it sees that it is not the agent any more.
  void freeze_agent(int64_t for_ns) {
    if (!life_) return;
    auto frozen = std::move(life_);
    frozen->driver.stop();
    start_agent();
    world_.time.at(world_.time.now() + for_ns, [this, frozen] {
      frozen->driver.go_on();
      frozen->endpoints.step(world_.time.now());
      frozen->driver.send_due();
    });
  }

 private:
  // An agent in a process.
  struct Life {
    Life(EndpointMachine& machine, uint64_t seed)
        : driver(machine.world_.time, machine.world_.server, machine.network, seed),
          endpoints(machine.world_.terms, "endpoints", driver.link, seed, machine.heard_) {
      for (const auto& [name, entry] : machine.kept_) {
        const bool is_changed = machine.changed_.count(name) != 0;
        endpoints.restore(name, {entry.known, is_changed ? entry.known.is : entry.own});
      }
    }
    SimLink driver;
    FleetEndpoints endpoints;
  };
  using LifePtr = std::shared_ptr<Life>;

  void start_agent() {
    life_ = std::make_shared<Life>(*this, random_.next());
    for (const auto& [name, place] : set_) touched_.insert(name);
    for (const auto& [name, entry] : kept_) touched_.insert(name);
    pump(life_);
  }
  void pump(const std::weak_ptr<Life>& of) {
    const LifePtr life = of.lock();
    if (!life || life != life_) return;
    FleetEndpoints& endpoints = life->endpoints;
    for (const std::string& name : std::exchange(touched_, {}))
      endpoints.own(name, at(name), world_.time.now());
    if (!keep(endpoints)) return;
    changed_.clear();
    if (!apply(endpoints)) return;
    const int64_t calls = endpoints.counts().calls;
    endpoints.step(world_.time.now());
    if (!keep(endpoints)) return;
    heard_ = endpoints.heard();
    life->driver.send_due();
    if (endpoints.counts().calls > calls) count_call();
    const int64_t next = std::max(endpoints.due(), world_.time.now() + kMs / 10);
    world_.time.at(std::min(next, world_.time.now() + 5 * kMs), [this, of] { pump(of); });
  }
  // False where the agent died.
  bool keep(FleetEndpoints& endpoints) {
    for (const std::string& name : endpoints.take_unkept()) {
      if (dies()) return false;
      if (const auto* entry = endpoints.find(name))
        kept_[name] = *entry;
      else
        kept_.erase(name);
    }
    return true;
  }
  bool apply(FleetEndpoints& endpoints) {
    if (!keep(endpoints)) return false;
    for (const std::string& name : std::set<std::string>(endpoints.unapplied())) {
      if (dies()) return false;
      const auto* entry = endpoints.find(name);
      const bool is_room = !is_full || !entry->known.is.is_in() || at(name).is_in();
      if (at(name) == entry->own && is_room) {
        set_.erase(name);
        if (entry->known.is.is_in()) set_[name] = entry->known.is;
      }
      if (dies()) return false;
      endpoints.own(name, at(name), world_.time.now());
    }
    return keep(endpoints);
  }
  bool dies() {
    if (steps_to_live_ < 0 || --steps_to_live_ >= 0) return false;
    kill_agent(dead_for_ns_);
    return true;
  }
  void count_call() {
    calls_.push_back(world_.time.now());
    std::erase_if(calls_, [&](int64_t at) { return at <= world_.time.now() - 1000 * kMs; });
    calls_at_once = std::max(calls_at_once, static_cast<int64_t>(calls_.size()));
  }

  const World& world_;
  Random random_;
  // In the segment.
  Endpoints set_;
  std::map<std::string, FleetEndpoints::Entry> kept_;
  FleetEndpoints::Heard heard_;
  std::set<std::string> touched_;
  std::set<std::string> changed_;  // by the program, since the agent kept what it found

  LifePtr life_;
  int64_t steps_to_live_ = -1, dead_for_ns_ = 0;
  std::vector<int64_t> calls_;
};

struct EndpointFleet {
  EndpointFleet(size_t size, const FleetEndpoints::Terms& terms, uint64_t seed)
      : random(seed), world{time, server, terms} {
    for (size_t i = 0; i < size; ++i) join();
  }
  EndpointFleet(const EndpointFleet&) = delete;
  EndpointFleet& operator=(const EndpointFleet&) = delete;

  EndpointMachine& join() {
    machines.push_back(std::make_unique<EndpointMachine>(world, random.next()));
    return *machines.back();
  }
  int64_t draw(int64_t n) { return static_cast<int64_t>(random.below(static_cast<uint64_t>(n))); }
  // A change by the program on one machine.
  void say(size_t machine, const std::string& name, const EndpointPlace& place) {
    if (machines[machine]->at(name) == place) return;
    machines[machine]->put(name, place);
    said[name].insert(text(place));
    last[name] = {place, time.now()};
  }
  // Whether every machine has what was last said of it.
  bool all_have(const std::string& name) const {
    return std::all_of(machines.begin(), machines.end(), [&](const auto& machine) {
      return machine->at(name) == last.at(name).place;
    });
  }
  bool all_have_all() const {
    return std::all_of(last.begin(), last.end(),
                       [&](const auto& one) { return all_have(one.first); });
  }
  // Whether a machine has what nobody ever said.
  bool has_ghosts() const {
    for (const auto& machine : machines) {
      for (const auto& [name, place] : machine->set()) {
        const auto found = said.find(name);
        if (found == said.end() || !found->second.count(text(place))) return true;
      }
    }
    return false;
  }
  // Runs until `is_so`, looked at each ms, or `end`; whether it was.
  template <class Is>
  bool runs_until(int64_t end, Is&& is_so) {
    while (time.now() < end && !is_so()) time.run_until(time.now() + kMs);
    return is_so();
  }
  EndpointModel& agreed() { return server.endpoints("endpoints"); }

  struct Said {
    EndpointPlace place;
    int64_t at;
  };
  SimTime time;
  SimServer server;
  Random random;
  EndpointMachine::World world;
  std::vector<std::unique_ptr<EndpointMachine>> machines;
  std::map<std::string, Said> last;
  std::map<std::string, std::set<std::string>> said;

 private:
  static std::string text(const EndpointPlace& place) {
    return std::to_string(place.weight) + ' ' + place.zone;
  }
};

}  // namespace og::test
