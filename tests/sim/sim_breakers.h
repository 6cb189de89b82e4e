// SPDX-License-Identifier: Apache-2.0
// Machines of a fleet with one breaker.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/fleet/breaker_votes.h"
#include "core/guard/breaker.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og::test {

class VotingMachine {
 public:
  struct World {
    SimTime& time;
    SimServer& server;
    FleetBreaker::Terms terms;
    const bool& is_well;  // what all machines call
    int64_t look_ns;      // how often an agent looks
    std::function<void()> probe_begins;
    std::map<int64_t, int64_t>& succeeded;  // probes, by generation
  };

  VotingMachine(const World& world, uint64_t seed)
      : world_(world), random_(seed), name_("machine-" + std::to_string(seed)) {
    Config config;
    config.set_int("failure_threshold", 5);
    config.set("open_ms", "2s");
    config.set_int("success_threshold", 1);
    own_ = std::move(*Breaker::create(config, make_manual_clock(0)));
    start_agent();
  }

  Network network;
  bool has_bad_cable = false;
  int64_t let_in = 0, refused = 0;  // by the fleet or by its own

  void call(int64_t lasts) {
    const int64_t now = world_.time.now();
    ++calls_;
    if (refuses()) {
      if (!board_.may_begin || now >= board_.probes_end || probing() >= board_.probes) {
        ++refused;
        ++refused_;
        return;
      }
      probes_.push_back({++made_, board_.probes_end});
      world_.probe_begins();
      world_.time.at(now + lasts, [this, id = made_, generation = board_.generation] {
        end_probe(id, generation);
      });
    } else {
      const int64_t permit = own_->enter_at(now);
      if (permit <= 0) {
        ++refused;
        return;
      }
      world_.time.at(now + lasts,
                     [this, permit] { own_->exit_at(permit, goes_well(), world_.time.now()); });
    }
    ++let_in;
  }
  // By the fleet's word.
  bool refuses() const { return board_.until != 0 && world_.time.now() < board_.holds_until; }
  bool is_failing() const {
    return own_->state() == BreakerState::kOpen || own_->state() == BreakerState::kHalfOpen;
  }
  // Out, but for those whose time is over.
  int64_t probing() const {
    return std::count_if(probes_.begin(), probes_.end(),
                         [&](const Probe& probe) { return world_.time.now() < probe.end; });
  }
  bool is_connected() const { return life_ && life_->driver.link.state() == FleetLink::State::kUp; }

  // The agent's process dies; another of the machine's takes over after a while.
  void kill_agent(int64_t for_ns) {
    life_.reset();
    world_.time.at(world_.time.now() + for_ns, [this] {
      if (!life_) start_agent();
    });
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
      FleetBreaker::Own own;
      own.calls = 1;
      own.is_failing = is_failing();
      own.probing = probing();
      frozen->breaker.step(own, world_.time.now());
      frozen->driver.send_due();
      publish(*frozen);
    });
  }

 private:
  // An agent in a process.
  struct Life {
    Life(VotingMachine& machine, int64_t number, uint64_t seed)
        : driver(machine.world_.time, machine.world_.server, machine.network, seed),
          breaker(machine.world_.terms, "breaker", machine.name_, driver.link, number, seed,
                  machine.board_),
          epoch(number) {}
    SimLink driver;
    FleetBreaker breaker;
    int64_t epoch;
    int64_t closed = 0;
  };
  using LifePtr = std::shared_ptr<Life>;
  struct Probe {
    int64_t id, end;
  };

  bool goes_well() const { return world_.is_well && !has_bad_cable; }
  void start_agent() {
    life_ = std::make_shared<Life>(*this, ++epoch_, random_.next());
    pump(life_);
  }
  void pump(const std::weak_ptr<Life>& of) {
    const LifePtr life = of.lock();
    if (!life || life != life_) return;
    publish(*life);  // what replies told
    FleetBreaker::Own own;
    own.is_failing = is_failing();
    own.calls = std::exchange(calls_, 0);
    own.refused = std::exchange(refused_, 0);
    own.ended = std::exchange(ended_, 0);
    own.generation = board_.generation;
    own.successes = std::exchange(successes_, 0);
    own.failures = std::exchange(failures_, 0);
    own.probing = probing();
    life->breaker.step(own, world_.time.now());
    publish(*life);
    life->driver.send_due();
    const int64_t next = std::max(life->breaker.due(), world_.time.now() + kMs / 10);
    world_.time.at(std::min(next, world_.time.now() + world_.look_ns), [this, of] { pump(of); });
  }
  void publish(Life& life) {
    if (life.epoch != epoch_) return;
    if (life.breaker.verdict().generation != board_.generation) successes_ = failures_ = 0;
    board_ = life.breaker.verdict();
    if (life.breaker.counts().closed != std::exchange(life.closed, life.breaker.counts().closed))
      own_->reset();
  }
  void end_probe(int64_t id, int64_t generation) {
    const auto found = std::find_if(probes_.begin(), probes_.end(),
                                    [&](const Probe& probe) { return probe.id == id; });
    const bool is_over = world_.time.now() >= found->end;
    probes_.erase(found);
    if (is_over) return;
    ++ended_;
    if (generation != board_.generation) return;
    world_.succeeded[generation] += goes_well();
    ++(goes_well() ? successes_ : failures_);
  }

  const World& world_;
  Random random_;
  const std::string name_;
  std::unique_ptr<Breaker> own_;
  // In the segment.
  FleetBreaker::Verdict board_;
  int64_t epoch_ = 0;
  std::vector<Probe> probes_;
  int64_t made_ = 0, calls_ = 0, refused_ = 0, ended_ = 0, successes_ = 0, failures_ = 0;

  LifePtr life_;
};

struct VotingFleet {
  VotingFleet(size_t size, const FleetBreaker::Terms& terms, uint64_t seed,
              int64_t look_ns = 5 * kMs)
      : random(seed),
        world{time,
              server,
              terms,
              is_well,
              look_ns,
              [this] {
                probes += 1;
                most = std::max(most, probing());
              },
              succeeded} {
    for (size_t i = 0; i < size; ++i)
      machines.push_back(std::make_unique<VotingMachine>(world, random.next()));
  }
  VotingFleet(const VotingFleet&) = delete;
  VotingFleet& operator=(const VotingFleet&) = delete;

  // Calls at random from `from` to `until`, of one machine.
  void load(size_t machine, int64_t every_ns, int64_t lasts_ns, int64_t from, int64_t until) {
    const int64_t next = from + 1 + draw(2 * every_ns);
    if (next > until) return;
    time.at(next, [=, this] {
      machines[machine]->call(1 + draw(2 * lasts_ns));
      load(machine, every_ns, lasts_ns, next, until);
    });
  }
  void load_all(int64_t every_ns, int64_t lasts_ns, int64_t until) {
    for (size_t i = 0; i < machines.size(); ++i) load(i, every_ns, lasts_ns, time.now(), until);
  }
  int64_t draw(int64_t n) { return static_cast<int64_t>(random.below(static_cast<uint64_t>(n))); }
  int64_t probing() const {
    int64_t all = 0;
    for (const auto& machine : machines) all += machine->probing();
    return all;
  }
  int64_t refusing() const {
    return std::count_if(machines.begin(), machines.end(),
                         [](const auto& machine) { return machine->refuses(); });
  }
  int64_t failing() const {
    return std::count_if(machines.begin(), machines.end(),
                         [](const auto& machine) { return machine->is_failing(); });
  }
  const VoteModel& agreed() { return server.votes("breaker"); }
  // Runs until `is_so`, looked at each ms, or `end`; whether it was.
  bool runs_until(int64_t end, const std::function<bool()>& is_so) {
    while (time.now() < end && !is_so()) time.run_until(time.now() + kMs);
    return is_so();
  }

  SimTime time;
  SimServer server;
  Random random;
  bool is_well = true;
  int64_t probes = 0, most = 0;  // begun, and the most out at a time
  std::map<int64_t, int64_t> succeeded;
  VotingMachine::World world;
  std::vector<std::unique_ptr<VotingMachine>> machines;
};

inline FleetBreaker::Terms usual_votes() {
  FleetBreaker::Terms terms;
  terms.open_ns = 3 * 1000 * kMs;
  terms.permit_ns = 2 * 1000 * kMs;
  terms.vote_ns = 5 * 1000 * kMs;
  return terms;
}

}  // namespace og::test
