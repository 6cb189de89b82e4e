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
#include "core/fleet/fleet_scope.h"
#include "core/guard/breaker.h"
#include "core/guard/served_breaker.h"
#include "tests/core/room_scope.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og::test {

// A machine's breaker in a fleet's scope over memory of the test's own, its workers and its agents.
class VotingMachine {
 public:
  struct World {
    SimTime& time;
    SimServer& server;
    FleetBreaker::Terms terms;
    const bool& is_well;  // what all machines call
    std::function<void()> probe_begins;
    std::map<int64_t, int64_t>& succeeded;  // probes, by generation
  };

  VotingMachine(const World& world, uint64_t seed)
      : world_(world), random_(seed), name_("machine-" + std::to_string(seed)) {
    Config config;
    config.set_int("failure_threshold", 5);
    config.set("open_ms", "2s");
    config.set_int("success_threshold", 1);
    const auto scope = FleetScope::create(host_, "shop", {}, clock_).value();
    fleet_ = scope->fleet();
    breaker_ = Breaker::create(config, clock_, Place(scope, "db")).value();
    object_ = cells().own;
    object().set_terms(world.terms);
    start_agent();
  }

  Network network;
  bool has_bad_cable = false;
  int64_t let_in = 0, refused = 0;  // by the fleet or by its own

  void call(int64_t lasts) {
    const int64_t now = world_.time.now();
    const bool is_probe = refuses();
    const auto told = object().told().verdict;
    const int64_t permit = breaker_->enter_at(now);
    wake();
    if (permit <= 0) {
      ++refused;
      return;
    }
    ++let_in;
    if (is_probe) {
      probes_.push_back({permit, told.probes_end});
      world_.probe_begins();
    }
    world_.time.at(now + lasts, [this, permit, is_probe, generation = told.generation] {
      const bool went_well = goes_well();
      const Status ended = breaker_->exit_at(permit, went_well, world_.time.now());
      wake();
      if (!is_probe) return;
      std::erase_if(probes_, [&](const Probe& probe) { return probe.permit == permit; });
      if (ended == Status::kOk) world_.succeeded[generation] += went_well;
    });
  }
  // By the fleet's word.
  bool refuses() const {
    return is_of_fleet(word().state) && world_.time.now() < object().told().verdict.holds_until;
  }
  bool is_failing() const {
    return word().state == BreakerState::kOpen || word().state == BreakerState::kHalfOpen;
  }
  // Out, but for those whose time is over.
  int64_t probing() const {
    return std::count_if(probes_.begin(), probes_.end(),
                         [&](const Probe& probe) { return world_.time.now() < probe.end; });
  }
  bool is_connected() const { return life_ && life_->driver.link.state() == FleetLink::State::kUp; }
  Breaker& breaker() { return *breaker_; }
  // Probes that it may begin, and those that are out.
  int64_t granted() const { return object().told().verdict.probes; }

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
      step(*frozen);
    });
  }

 private:
  static constexpr int64_t kBeat = 100 * kMs;  // a driver's, where nothing else is due

  // An agent in a process.
  struct Life {
    Life(VotingMachine& machine, int64_t epoch, uint64_t seed)
        : driver(machine.world_.time, machine.world_.server, machine.network, seed),
          agent{"shop", machine.name_, machine.host_, driver.link, epoch} {}
    SimLink driver;
    const Served::Agent agent;
    std::unique_ptr<Served> served;
  };
  using LifePtr = std::shared_ptr<Life>;
  struct Probe {
    int64_t permit, end;
  };

  VotedObject<> object() const { return VotedObject<>(object_); }
  Scope::Cells cells() const {
    return host_->cells({CellKind::kFleetBreaker, "shop/db", {}, {}, {}}).value();
  }
  BreakerWord word() const { return BreakerWord::unpack(object().cell().word.load()); }
  bool goes_well() const { return world_.is_well && !has_bad_cable; }
  void start_agent() {
    life_ = std::make_shared<Life>(*this, ++epoch_, random_.next());
    life_->driver.after_reply = [this, of = std::weak_ptr<Life>(life_)] {
      if (of.lock() == life_ && due() <= world_.time.now()) pump_soon();
    };
    pump();
  }
  // As a driver does it: the agent's step, a batch out, and again when something is due.
  void pump() {
    if (!life_) return;
    step(*life_);
    const int64_t at = std::min(due(), world_.time.now() + kBeat);
    world_.time.at(std::max(at, world_.time.now() + kMs / 10), [this, number = ++pumps_] {
      if (number == pumps_) pump();
    });
  }
  int64_t due() const {
    const int64_t due = life_->driver.link.due();
    return life_->served ? std::min(due, life_->served->due()) : due;
  }
  // Whoever has something to tell wakes the agent.
  void wake() {
    const uint32_t asks = FleetRecord(fleet_->record()).asks().load();
    if (asks != std::exchange(asks_, asks)) pump_soon();
  }
  void pump_soon() {
    if (std::exchange(is_woken_, true)) return;
    world_.time.at(world_.time.now() + kMs / 20, [this] {
      is_woken_ = false;
      pump();
    });
  }
  void step(Life& life) {
    const int64_t now = world_.time.now();
    if (!life.served) life.served = ServedBreaker::serve(cells(), "shop/db", life.agent);
    if (life.served) {
      life.served->set_agent(1);
      life.served->step(1, now);
    }
    life.driver.send_due();
  }

  const World& world_;
  Random random_;
  const std::string name_;
  const ClockPtr clock_ = make_manual_clock(0);
  Room room_;
  const std::shared_ptr<RoomScope> host_ = std::make_shared<RoomScope>(room_, 0);
  std::shared_ptr<Fleet> fleet_;
  std::unique_ptr<Breaker> breaker_;
  char* object_ = nullptr;
  int64_t epoch_ = 0;
  std::vector<Probe> probes_;
  uint32_t asks_ = 0;
  bool is_woken_ = false;
  int64_t pumps_ = 0;

  LifePtr life_;
};

struct VotingFleet {
  VotingFleet(size_t size, const FleetBreaker::Terms& terms, uint64_t seed)
      : random(seed),
        world{time,
              server,
              terms,
              is_well,
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
  const VoteModel& agreed() { return server.votes("outgrow:shop:breaker:db"); }
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
