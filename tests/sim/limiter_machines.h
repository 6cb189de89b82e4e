// SPDX-License-Identifier: Apache-2.0
// Machines that limit through a fleet: each with a segment of its own, all in this process, by one
// manual clock and over one server that is simulated.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/fleet/fleet_scope.h"
#include "core/limit/limiter.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/sim/sim_server.h"

namespace og::test {

struct LimiterMachine {
  LimiterMachine(ClockPtr clock, const std::string& options = {}) : clock_(std::move(clock)) {
    host = HostScope::create(segment.text, {}).value();
    scope = FleetScope::create(host, "shop", config(options), clock_).value();
    fleet = scope->fleet();
  }
  std::unique_ptr<Limiter> limiter(const std::string& options) {
    auto made = Limiter::create(config("keys=100," + options), clock_, Place(scope, "logins"));
    if (!made) FAIL(made.error().message);
    return std::move(*made);
  }
  // One round of a driver.
  size_t pump(SimServer& server) {
    auto batch = fleet->take();
    for (auto& command : batch) fleet->reply(command.id, server.run(command.words, clock_->now()));
    return batch.size();
  }
  static Config config(const std::string& options) {
    Config config;
    for (size_t at = 0; at < options.size();) {
      const size_t end = std::min(options.find(',', at), options.size());
      const std::string one = options.substr(at, end - at);
      if (!one.empty()) config.set(one.substr(0, one.find('=')), one.substr(one.find('=') + 1));
      at = end + 1;
    }
    return config;
  }

  const ClockPtr clock_;
  SegmentName segment;
  std::shared_ptr<Segment> host;
  std::shared_ptr<FleetScope> scope;
  std::shared_ptr<Fleet> fleet;
};

struct LimiterMachines {
  explicit LimiterMachines(size_t count, const std::string& options = {}) {
    for (size_t i = 0; i < count; ++i)
      all.push_back(std::make_unique<LimiterMachine>(clock, options));
  }
  void pump(int rounds = 4) {
    for (int i = 0; i < rounds; ++i) {
      clock->advance(100'000);
      for (auto& machine : all) machine->pump(server);
    }
  }
  // What passes of all that there could be.
  int64_t spend(const std::vector<Limiter*>& limiters, int64_t for_ns) {
    int64_t passed = 0;
    for (const int64_t end = clock->now() + for_ns; clock->now() < end;) {
      for (Limiter* limiter : limiters) {
        for (int i = 0; i < 5; ++i) passed += limiter->acquire("u", 1) == 0;
      }
      pump(4);
    }
    return passed;
  }
  LimiterMachine& operator[](size_t i) { return *all[i]; }

  std::shared_ptr<Clock> clock = make_manual_clock(5'000'000'000);
  SimServer server;
  std::vector<std::unique_ptr<LimiterMachine>> all;
};

}  // namespace og::test
