// SPDX-License-Identifier: Apache-2.0
// Machines of a fleet that vote on the health of endpoints.
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
#include "core/fleet/endpoint_votes.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og::test {

constexpr int64_t kPartOfVotes = 30;

class HealthMachine {
 public:
  struct World {
    SimTime& time;
    SimServer& server;
    EndpointVotes::Terms terms;
    std::map<std::string, int64_t> weights;  // of all in the set
    int64_t total() const {
      int64_t all = 0;
      for (const auto& [name, weight] : weights) all += weight;
      return all;
    }
  };

  HealthMachine(const World& world, uint64_t seed)
      : world_(world), random_(seed), name_("machine " + std::to_string(seed)) {
    start_agent();
  }

  Network network;
  int64_t calls_at_once = 0;  // the most in a second

  // By its own calls.
  void find(const std::string& name, bool is_unhealthy) {
    if (is_unhealthy ? !own_.insert(name).second : own_.erase(name) == 0) return;
    if (life_) life_->votes.own(name, is_unhealthy);
    pump_soon();
  }
  const std::set<std::string>& own() const { return own_; }
  // By others.
  std::set<std::string> marked() const {
    if (!life_) return {};
    const EndpointVotes& votes = life_->votes;
    return EndpointVotes::judged(votes.votes(), votes.machines(), world_.weights, world_.total(),
                                 kPartOfVotes);
  }
  const EndpointVotes* agent() const { return life_ ? &life_->votes : nullptr; }

  // The agent's process dies; another of the machine's takes over after a while, or none.
  void kill_agent(int64_t for_ns) {
    life_.reset();
    world_.time.at(world_.time.now() + for_ns, [this] {
      if (!life_) start_agent();
    });
  }
  void die() { life_.reset(); }
  // It is stopped, and another takes over. Then it goes on, beside that one, with the replies that
  // came meanwhile and one more batch, before it sees that it is not the agent any more.
  void freeze_agent(int64_t for_ns) {
    if (!life_) return;
    auto frozen = std::move(life_);
    frozen->driver.stop();
    start_agent();
    world_.time.at(world_.time.now() + for_ns, [this, frozen] {
      frozen->driver.go_on();
      frozen->votes.step(world_.time.now());
      frozen->driver.send_due();
    });
  }

 private:
  // An agent in a process.
  struct Life {
    Life(HealthMachine& machine, int64_t epoch, uint64_t seed)
        : driver(machine.world_.time, machine.world_.server, machine.network, seed),
          votes(machine.world_.terms, "health", machine.name_, driver.link, epoch, seed) {
      for (const std::string& name : machine.own_) votes.own(name, true);
    }
    SimLink driver;
    EndpointVotes votes;
  };
  using LifePtr = std::shared_ptr<Life>;

  void start_agent() {
    life_ = std::make_shared<Life>(*this, ++epoch_, random_.next());
    life_->driver.after_reply = [this, of = std::weak_ptr<Life>(life_)] {
      if (of.lock() == life_) pump_soon();
    };
    pump();
  }
  // Steps when something is due, and no sooner: due() is to tell of all.
  void pump() {
    if (!life_) return;
    const int64_t calls = life_->votes.counts().calls;
    life_->votes.step(world_.time.now());
    life_->driver.send_due();
    if (life_->votes.counts().calls > calls) count_call();
    const int64_t due = std::min(life_->votes.due(), life_->driver.link.due());
    const int64_t at =
        std::max(std::min(due, world_.time.now() + 100 * kMs), world_.time.now() + kMs / 10);
    world_.time.at(at, [this, number = ++pumps_] {
      if (number == pumps_) pump();
    });
  }
  void pump_soon() {
    if (std::exchange(is_woken_, true)) return;
    world_.time.at(world_.time.now() + kMs / 20, [this] {
      is_woken_ = false;
      pump();
    });
  }
  void count_call() {
    calls_.push_back(world_.time.now());
    std::erase_if(calls_, [&](int64_t at) { return at <= world_.time.now() - 1000 * kMs; });
    calls_at_once = std::max(calls_at_once, static_cast<int64_t>(calls_.size()));
  }

  const World& world_;
  Random random_;
  const std::string name_;
  std::set<std::string> own_;
  int64_t epoch_ = 0;
  LifePtr life_;
  bool is_woken_ = false;
  int64_t pumps_ = 0;
  std::vector<int64_t> calls_;
};

struct HealthFleet {
  // Endpoints of weight 1.
  HealthFleet(size_t size, int64_t endpoints, const EndpointVotes::Terms& terms, uint64_t seed)
      : random(seed), world{time, server, terms, {}} {
    for (int64_t i = 0; i < endpoints; ++i) world.weights[name_of(i)] = 1;
    for (size_t i = 0; i < size; ++i) join();
  }
  HealthFleet(const HealthFleet&) = delete;
  HealthFleet& operator=(const HealthFleet&) = delete;

  // Of bytes that the server's text has not.
  static std::string name_of(int64_t number) { return "10.0.0." + std::to_string(number) + " a%"; }
  HealthMachine& join() {
    machines.push_back(std::make_unique<HealthMachine>(world, random.next()));
    return *machines.back();
  }
  HealthMachine& some_machine() { return *machines[random.below(machines.size())]; }
  int64_t draw(int64_t n) { return static_cast<int64_t>(random.below(static_cast<uint64_t>(n))); }
  int64_t finding(const std::string& name) const {
    return std::count_if(machines.begin(), machines.end(),
                         [&](const auto& machine) { return machine->own().count(name); });
  }
  // On how many machines others have it marked.
  int64_t marking(const std::string& name) const {
    return std::count_if(machines.begin(), machines.end(),
                         [&](const auto& machine) { return machine->marked().count(name); });
  }
  int64_t marks() const {
    int64_t all = 0;
    for (const auto& machine : machines) all += static_cast<int64_t>(machine->marked().size());
    return all;
  }
  int64_t quorum() const {
    return EndpointVotes::quorum(static_cast<int64_t>(machines.size()), kPartOfVotes);
  }
  // Runs until `is_so`, looked at each ms, or `end`; whether it was.
  template <class Is>
  bool runs_until(int64_t end, Is&& is_so) {
    while (time.now() < end && !is_so()) time.run_until(time.now() + kMs);
    return is_so();
  }
  // Throughout.
  template <class Is>
  bool stays_until(int64_t end, Is&& is_so) {
    return !runs_until(end, [&] { return !is_so(); });
  }
  EndpointVoteModel& agreed() { return server.endpoint_votes("health"); }

  SimTime time;
  SimServer server;
  Random random;
  HealthMachine::World world;
  std::vector<std::unique_ptr<HealthMachine>> machines;
};

}  // namespace og::test
