// SPDX-License-Identifier: Apache-2.0
// Breakers of several machines over one server that is simulated: each with a segment of its own,
// all in this process, by one manual clock.
#include <memory>
#include <string>
#include <vector>

#include "core/fleet/fleet_scope.h"
#include "core/guard/breaker.h"
#include "core/inspect/host_report.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/sim/sim_server.h"

namespace og {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1000 * kMs;

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

Config usual(int64_t open_ms = 5000) {
  Config config;
  config.set_int("failure_threshold", 3);
  config.set_int("open_ms", open_ms);
  config.set_int("success_threshold", 2);
  return config;
}

struct BreakerMachine {
  explicit BreakerMachine(ClockPtr clock) {
    host = HostScope::create(segment.text, {}).value();
    scope = FleetScope::create(host, "shop", {}, clock).value();
    fleet = scope->fleet();
    breaker = Breaker::create(usual(), clock, Place(scope, "db")).value();
  }
  bool call() {
    const int64_t permit = breaker->enter();
    if (permit > 0) breaker->exit(permit, is_well);
    return permit > 0;
  }

  test::SegmentName segment;
  std::shared_ptr<Segment> host;
  std::shared_ptr<FleetScope> scope;
  std::shared_ptr<Fleet> fleet;
  std::unique_ptr<Breaker> breaker;
  bool is_well = true, has_calls = true;
  int64_t let_in = 0, refused = 0;
};

struct BreakerMachines {
  explicit BreakerMachines(size_t count) {
    for (size_t i = 0; i < count; ++i) all.push_back(std::make_unique<BreakerMachine>(clock));
  }
  // Calls every 5 ms on each, and its driver.
  void run(int64_t for_ns) {
    for (const int64_t end = clock->now() + for_ns; clock->now() < end;) {
      clock->advance(5 * kMs);
      for (auto& machine : all) {
        if (machine->has_calls) ++(machine->call() ? machine->let_in : machine->refused);
        for (auto& command : machine->fleet->take())
          machine->fleet->reply(command.id, server.run(command.words, clock->now()));
      }
    }
  }
  BreakerMachine& operator[](size_t i) { return *all[i]; }
  std::vector<BreakerState> states() const {
    std::vector<BreakerState> states;
    for (auto& machine : all) states.push_back(machine->breaker->state());
    return states;
  }
  // Two machines' votes.
  void open() {
    run(kSecond);
    all[0]->is_well = all[1]->is_well = false;
    run(1500 * kMs);
    REQUIRE(states() == std::vector(all.size(), BreakerState::kOpen));
    all[0]->is_well = all[1]->is_well = true;
  }

  std::shared_ptr<Clock> clock = make_manual_clock(5 * kSecond);
  test::SimServer server;
  std::vector<std::unique_ptr<BreakerMachine>> all;
};

}  // namespace

TEST_CASE("two machines' votes open the breaker of a third, and probes close it for all") {
  BreakerMachines machines(3);
  machines.open();
  BreakerMachine& third = machines[2];
  REQUIRE(third.refused > 0);
  REQUIRE(third.breaker->enter() == static_cast<int64_t>(Status::kRefused));
  const int64_t wait = third.breaker->retry_after();
  REQUIRE(wait > 3 * kSecond);
  REQUIRE(wait <= 5 * kSecond);
  REQUIRE(has(third.breaker->refusal(wait), "'db' was opened by fleet 'shop'; try again in "));
  machines.run(wait - 200 * kMs);
  REQUIRE(third.breaker->state() == BreakerState::kOpen);
  machines.run(2 * kSecond);
  REQUIRE(machines.states() == std::vector(3, BreakerState::kClosed));
  REQUIRE(third.breaker->retry_after() == 0);
  REQUIRE(third.breaker->faults().empty());
}

TEST_CASE("one machine's failures open its own breaker, and no other's") {
  BreakerMachines machines(4);
  machines[1].is_well = false;
  machines.run(20 * kSecond);
  REQUIRE(machines[1].breaker->state() == BreakerState::kOpen);
  REQUIRE(machines[1].let_in < 20);
  REQUIRE(machines[0].refused + machines[2].refused + machines[3].refused == 0);
}

TEST_CASE("a machine tells its vote at once") {
  BreakerMachines machines(2);
  machines.run(kSecond);
  BreakerMachine& machine = machines[0];
  while (machine.fleet->wait(0) == 1) machine.fleet->take();
  machine.is_well = false;
  for (int i = 0; i < 3; ++i) REQUIRE(machine.call());
  REQUIRE(machine.fleet->wait(0) == 1);
}

TEST_CASE("what is forced on a machine is its own, and a reset ends with the fleet's word") {
  BreakerMachines machines(3);
  machines.run(kSecond);
  machines[0].breaker->force_open();
  machines[1].breaker->force_open();
  machines.run(5 * kSecond);
  REQUIRE(machines[2].refused == 0);
  REQUIRE(machines[0].breaker->state() == BreakerState::kForcedOpen);
  machines[0].breaker->reset();
  machines[1].breaker->reset();
  machines.open();
  machines[0].breaker->force_closed();
  machines.run(500 * kMs);
  REQUIRE(machines[0].breaker->state() == BreakerState::kForcedClosed);
  REQUIRE(machines[0].call());
  machines[0].breaker->reset();
  machines[2].breaker->reset();
  machines.run(100 * kMs);
  REQUIRE(machines.states() == std::vector(3, BreakerState::kOpen));
}

TEST_CASE("a fleet's breaker changes while it is used, and takes a quorum in a fleet alone") {
  BreakerMachines machines(3);
  machines.run(kSecond);
  Config all_of_them;
  all_of_them.set_int("quorum", 100);
  for (auto& machine : machines.all) REQUIRE(machine->breaker->reconfigure(all_of_them));
  machines[0].is_well = machines[1].is_well = false;
  machines.run(3 * kSecond);
  REQUIRE(machines[2].refused == 0);
  Config some, soon;
  some.set_int("quorum", 60);
  soon.set_int("open_ms", 1000);
  for (auto& machine : machines.all) {
    REQUIRE(machine->breaker->reconfigure(some));
    REQUIRE(machine->breaker->reconfigure(soon));
  }
  machines.run(3 * kSecond);
  REQUIRE(machines[2].refused > 0);
  REQUIRE(machines[2].breaker->retry_after() <= kSecond);

  auto elsewhere = Breaker::create(some, machines.clock);
  REQUIRE_FALSE(elsewhere);
  REQUIRE(elsewhere.error().option == "quorum");
  auto there = Breaker::create({}, machines.clock).value();
  REQUIRE(there->reconfigure(some).error().option == "quorum");
}

TEST_CASE("an agent lets go of a breaker without calls, and sees the next") {
  BreakerMachines machines(2);
  machines.run(kSecond);
  BreakerMachine& machine = machines[0];
  machine.breaker.reset();
  machine.has_calls = false;
  REQUIRE_FALSE(machine.scope->forget(CellKind::kBreaker, "db"));  // its agent uses it
  machines.run(13 * kSecond);
  REQUIRE(machine.scope->forget(CellKind::kBreaker, "db"));
  machine.breaker = Breaker::create(usual(), machines.clock, Place(machine.scope, "db")).value();
  machine.has_calls = true;
  machines.run(2 * kSecond);
  machines.open();
}

TEST_CASE("a report of the segment tells how a fleet's breaker stands") {
  BreakerMachines machines(2);
  const auto told = [&] { return host_report(machines[0].host, false); };
  machines.run(kSecond);
  REQUIRE(has(told(), "\"kind\":\"fleet_breaker\""));
  REQUIRE(has(told(), "\"state\":\"closed\""));
  machines.open();
  REQUIRE(has(told(), "\"state\":\"open by the fleet\""));
  machines[0].breaker->force_closed();
  REQUIRE(has(told(), "\"state\":\"forced closed\""));
}

}  // namespace og
