// SPDX-License-Identifier: Apache-2.0
// Machines of a fleet with one limit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/base/zeroed_block.h"
#include "core/fleet/lease_agent.h"
#include "core/fleet/members.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"
#include "tests/sim/spending.h"

namespace og::test {

class SimMachine {
 public:
  SimMachine(SimTime& time, SimServer& server, const LeaseAgent::Terms& terms, uint64_t seed,
             uint64_t keys = 8)
      : time_(time),
        server_(server),
        random_(seed),
        cells_memory_(GrantCells<>::bytes_for(keys)),
        board_memory_(AskBoard<>::kBytes),
        cells_(cells_memory_.data(), keys, seed),
        board_(board_memory_.data()),
        name_("machine-" + std::to_string(seed)),
        terms_(terms) {
    start_agent();
  }

  Network network;

  // One request. Where the machine has no tokens it waits for some, up to the link's timeout.
  void request(const std::string& key, int64_t cost, Spending& spending) {
    const int64_t until = time_.now() + 50 * kMs;
    if (terms_.mode == LeaseMode::kExact)
      try_exact(key, cost, spending, until, std::nullopt);
    else
      try_once(key, cost, spending, until, true);
  }
  int64_t denied = 0, waited = 0;
  int64_t spread_as = 0;  // pauses as of a fleet of so many machines; 0: as of this one
  // How many there are in its fleet, as far as it knows.
  int64_t machines() const { return life_ ? life_->members.machines() : 0; }
  void leave() {
    life_->members.leave(time_.now());
    step(life_);
  }
  // Has the agent fetch as many, which nobody spends yet.
  void hoard(const std::string& key, int64_t tokens) {
    for (int64_t i = 0; i < tokens; ++i) board_.ask(cells_.hash(key), key, 1, 1);
    wake();
  }

  // The agent's process dies, at any step; another of the machine's takes over after a while.
  void kill_agent(int64_t for_ns) {
    life_.reset();
    time_.at(time_.now() + for_ns, [this] {
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
    time_.at(time_.now() + for_ns, [this, frozen] {
      frozen->driver.go_on();
      step(frozen);
    });
  }

 private:
  // An agent in a process.
  struct Life {
    Life(SimMachine& machine, uint64_t seed)
        : driver(machine.time_, machine.server_, machine.network, seed),
          members("members", machine.name_, driver.link, seed),
          agent(machine.terms_, "limit:", machine.cells_, machine.board_, driver.link,
                [](uint64_t) { return true; }) {}
    SimLink driver;
    FleetMembers members;
    LeaseAgent agent;
  };
  using LifePtr = std::shared_ptr<Life>;

  void start_agent() {
    life_ = std::make_shared<Life>(*this, random_.next());
    pump(life_);
  }
  // As a driver does it: the agent's step, a batch out, and again when something is due.
  void pump(const std::weak_ptr<Life>& of) {
    const LifePtr life = of.lock();
    if (!life || life != life_) return;
    step(life);
    const int64_t due =
        std::min({life->agent.due(), life->driver.link.due(), time_.now() + 5 * kMs});
    time_.at(std::max(due, time_.now() + kMs / 10), [this, of] { pump(of); });
  }
  // Whoever asks wakes the agent.
  void wake() {
    if (is_woken_) return;
    is_woken_ = true;
    time_.at(time_.now() + kMs / 20, [this] {
      is_woken_ = false;
      if (life_) step(life_);
    });
  }
  void step(const LifePtr& life) {
    life->members.step(time_.now());
    life->agent.set_machines(life->members.machines());
    life->driver.link.set_machines(spread_as ? spread_as : life->members.machines());
    life->agent.step(time_.now());
    life->driver.send_due();
  }

  void try_once(const std::string& key, int64_t cost, Spending& spending, int64_t until,
                bool is_first) {
    const int64_t now = time_.now();
    const uint64_t hash = cells_.hash(key);
    if (cells_.take(hash, now, static_cast<uint64_t>(cost))) {
      spending.add(now, cost);
      return;
    }
    if (board_.wait(hash, static_cast<uint64_t>(cost), now) > 0 || now >= until) {
      ++denied;
      return;
    }
    if (is_first) {
      ++waited;
      board_.ask(hash, key, static_cast<uint64_t>(cost), 1);
      wake();
    }
    time_.at(now + 4 * kMs,
             [this, key, cost, &spending, until] { try_once(key, cost, spending, until, false); });
  }

  // As core/fleet/lease_door.cpp. asked_after: how many rounds there had been, where it has asked.
  void try_exact(const std::string& key, int64_t cost, Spending& spending, int64_t until,
                 std::optional<uint64_t> asked_after) {
    const int64_t now = time_.now();
    const uint64_t hash = cells_.hash(key);
    const auto need = static_cast<uint64_t>(cost);
    const bool has_ended = asked_after && board_.ended(hash) > *asked_after;
    if (asked_after && cells_.take(hash, now, need)) {
      spending.add(now, cost);
      return;
    }
    if (board_.wait(hash, need, now) > 0 || now >= until ||
        (has_ended && board_.is_refused(hash, need))) {
      ++denied;
      return;
    }
    if (!asked_after || has_ended) {
      waited += !asked_after;
      asked_after = board_.rounds(hash);
      board_.ask(hash, key, need, 1);
      wake();
    }
    time_.at(now + kMs / 4, [this, key, cost, &spending, until, asked_after] {
      try_exact(key, cost, spending, until, asked_after);
    });
  }

  SimTime& time_;
  SimServer& server_;
  Random random_;
  const ZeroedBlock cells_memory_, board_memory_;
  GrantCells<> cells_;
  AskBoard<> board_;
  const std::string name_;
  const LeaseAgent::Terms terms_;
  LifePtr life_;
  bool is_woken_ = false;
};

struct SimFleet {
  SimFleet(size_t size, const LeaseAgent::Terms& terms, uint64_t seed, uint64_t keys = 8)
      : random(seed) {
    for (size_t i = 0; i < size; ++i)
      machines.push_back(std::make_unique<SimMachine>(time, server, terms, random.next(), keys));
  }
  // Calls of one machine from now on, `every_ns` apart on average, until `end`.
  void load(size_t machine, const std::string& key, int64_t cost, int64_t every_ns, int64_t end) {
    const auto gap = static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * every_ns)) + 1);
    if (time.now() + gap > end) return;
    time.at(time.now() + gap, [=, this] {
      machines[machine]->request(key, cost, spending);
      load(machine, key, cost, every_ns, end);
    });
  }

  SimTime time;
  SimServer server;
  Random random;
  Spending spending;
  std::vector<std::unique_ptr<SimMachine>> machines;
};

}  // namespace og::test
