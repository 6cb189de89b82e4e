// SPDX-License-Identifier: Apache-2.0
// A machine's agent with a driver, over a network that loses and repeats.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/fleet/fleet_agent.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og::test {

// One process of a machine, as its agent. It does not know when another has taken over.
class SimAgent {
 public:
  SimAgent(SimTime& time, SimServer& server, const Network& network, std::shared_ptr<Scope> host,
           FleetRecord& record, uint64_t seed)
      : time_(time),
        server_(server),
        network_(network),
        random_(seed),
        agent_({.fleet = "shop", .seed = random_.next() | 1}, std::move(host), record, true,
               time.now()) {}

  // With what it has taken and not yet sent, and with replies that come meanwhile.
  void stop(int64_t for_ns) {
    is_stopped_ = true;
    time_.at(time_.now() + for_ns, [this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired()) go_on();
    });
  }
  void go_on() {
    is_stopped_ = false;
    for (auto& command : std::exchange(unsent_, {})) send(std::move(command));
    for (auto& [id, reply] : std::exchange(held_back_, {})) agent_.reply(id, reply, time_.now());
  }
  bool is_stopped() const { return is_stopped_; }
  // stops: in how many of a thousand rounds it is stopped between what it takes and sends.
  void pump(uint64_t stops) {
    if (is_stopped_) return;
    auto batch = agent_.take(time_.now());
    if (!batch.empty() && happens(stops)) {
      unsent_ = std::move(batch);
      return stop(static_cast<int64_t>(1 + random_.below(1500)) * kMs);
    }
    for (auto& command : batch) send(std::move(command));
  }

 private:
  int64_t delay() {
    const auto span = static_cast<uint64_t>(network_.most_ns - network_.least_ns + 1);
    return network_.least_ns + static_cast<int64_t>(random_.below(span));
  }
  bool happens(uint64_t per_thousand) { return random_.below(1000) < per_thousand; }
  void send(FleetLink::Command command) {
    if (network_.is_cut || happens(network_.lost)) return;
    time_.at(time_.now() + delay(), [this, alive = std::weak_ptr<bool>(alive_), command,
                                     &server = server_, &time = time_] {
      const FleetReply reply = server.run(command.words, time.now());
      if (alive.expired()) return;
      for (int i = 0, copies = 1 + happens(network_.repeated); i < copies; ++i) {
        if (network_.is_cut || happens(network_.lost)) continue;
        time_.at(time_.now() + delay(), [this, alive, id = command.id, reply] {
          if (alive.expired()) return;
          if (is_stopped_)
            held_back_.emplace_back(id, reply);
          else
            agent_.reply(id, reply, time_.now());
        });
      }
    });
  }

  SimTime& time_;
  SimServer& server_;
  const Network& network_;
  Random random_;
  FleetAgent agent_;
  bool is_stopped_ = false;
  std::vector<FleetLink::Command> unsent_;
  std::vector<std::pair<int64_t, FleetReply>> held_back_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();
};

}  // namespace og::test
