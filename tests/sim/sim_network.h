// SPDX-License-Identifier: Apache-2.0
// A simulated fleet's time and network. All of it in one thread, in the order of its own time; what
// happens follows from the seed alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/fleet/link.h"
#include "tests/sim/sim_server.h"

namespace og::test {

constexpr int64_t kMs = 1'000'000;

// What happens when: callbacks by time, those of one time in the order in which they were made.
class SimTime {
 public:
  int64_t now() const { return now_; }
  void at(int64_t time, std::function<void()> what) {
    events_.push({std::max(time, now_), ++made_, std::move(what)});
  }
  void run_until(int64_t end) {
    while (!events_.empty() && events_.top().time <= end) {
      now_ = events_.top().time;
      const auto what = std::move(const_cast<Event&>(events_.top()).what);  // it is popped at once
      events_.pop();
      what();
    }
    now_ = end;
  }

 private:
  struct Event {
    int64_t time;
    int64_t order;
    std::function<void()> what;
    bool operator<(const Event& other) const {  // the queue's top is the greatest
      return std::pair(time, order) > std::pair(other.time, other.order);
    }
  };
  std::priority_queue<Event> events_;
  int64_t now_ = 0, made_ = 0;
};

// One link's faults, in parts of a thousand, and how long a message takes.
struct Network {
  int64_t least_ns = 200'000, most_ns = 3 * kMs;
  uint64_t lost = 0, repeated = 0, broken = 0;
  bool is_cut = false;
};

// A link and its driver, in a process of a machine: over a network that loses, delays, repeats and
// reorders. What is on its way to a process that died is lost with it.
class SimLink {
 public:
  SimLink(SimTime& time, SimServer& server, const Network& network, uint64_t seed)
      : link(settings(seed)), time_(time), server_(server), network_(network), random_(seed) {}

  FleetLink link;
  std::function<void()> after_reply = [] {};  // or after the client has failed
  // A process that was stopped is handed its replies when it goes on.
  void stop() { is_stopped_ = true; }
  void go_on() {
    is_stopped_ = false;
    for (auto& [id, reply] : held_back_) link.reply(id, reply, time_.now());
    held_back_.clear();
  }
  void send_due() {
    for (auto& command : link.take(time_.now())) send(std::move(command));
  }

 private:
  static FleetLink::Settings settings(uint64_t seed) {
    FleetLink::Settings settings;
    settings.seed = seed;
    return settings;
  }
  bool happens(uint64_t per_thousand) { return random_.below(1000) < per_thousand; }
  int64_t delay() {
    const auto span = static_cast<uint64_t>(network_.most_ns - network_.least_ns + 1);
    return network_.least_ns + static_cast<int64_t>(random_.below(span));
  }
  // On its way to this process, which may be gone by then.
  template <class F>
  void come_back(F&& what) {
    time_.at(time_.now() + delay(), [alive = std::weak_ptr<bool>(alive_), what] {
      if (!alive.expired()) what();
    });
  }
  void send(FleetLink::Command command) {
    if (happens(network_.broken)) {
      come_back([this] {
        if (is_stopped_) return;
        link.broken("connection reset", time_.now());
        after_reply();
      });
    }
    if (network_.is_cut || happens(network_.lost)) return;
    // The server does it, whether this process is there or not.
    auto reply = std::make_shared<FleetReply>();
    const int64_t there = delay();
    time_.at(time_.now() + there,
             [this, &server = server_, &time = time_, alive = std::weak_ptr<bool>(alive_),
              command = std::move(command), reply] {
               *reply = server.run(command.words, time.now());
               if (alive.expired()) return;
               const int copies = 1 + happens(network_.repeated);
               for (int i = 0; i < copies; ++i) {
                 if (network_.is_cut || happens(network_.lost)) continue;
                 come_back([this, id = command.id, reply] {
                   if (is_stopped_) {
                     held_back_.emplace_back(id, *reply);
                     return;
                   }
                   link.reply(id, *reply, time_.now());
                   after_reply();
                 });
               }
             });
  }

  SimTime& time_;
  SimServer& server_;
  const Network& network_;
  Random random_;
  bool is_stopped_ = false;
  std::vector<std::pair<int64_t, FleetReply>> held_back_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();
};

}  // namespace og::test
