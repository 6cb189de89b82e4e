// SPDX-License-Identifier: Apache-2.0
// Limiters of several machines over one server that is simulated (limiter_machines.h).
#include "core/fleet/fleet_scope.h"

#include <memory>
#include <string>
#include <vector>

#include "tests/catch.h"
#include "tests/core/room_scope.h"
#include "tests/sim/limiter_machines.h"

namespace og {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1000 * kMs;

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

using Machine = test::LimiterMachine;
using Machines = test::LimiterMachines;

}  // namespace

TEST_CASE("machines share one limit") {
  Machines machines(2);
  machines.pump();
  const std::string options = "rate=100/s,burst=10,slice=4";
  auto first = machines[0].limiter(options), second = machines[1].limiter(options);
  const int64_t passed = machines.spend({first.get(), second.get()}, 4 * kSecond);
  REQUIRE(passed <= 10 + 400 + 8);  // burst + rate * W + machines * slice
  REQUIRE(passed >= 390);
  REQUIRE(first->allowed() + second->allowed() == passed);
  REQUIRE(std::min(first->allowed(), second->allowed()) > 100);
}

TEST_CASE("a machine that knows nothing of a key passes it once its agent was answered") {
  Machines machines(1);
  machines.pump();
  auto limiter = machines[0].limiter("rate=10/s");
  REQUIRE(limiter->acquire("u", 1) > 0);
  REQUIRE(machines[0].fleet->wait(0) == 1);
  machines.pump();
  REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(limiter->denied() == 1);
  REQUIRE(limiter->allowed() == 1);
}

TEST_CASE("exact: a machine takes what its calls asked for, and nothing ahead") {
  Machines machines(1);
  machines.pump();
  auto limiter = machines[0].limiter("rate=10/s,burst=10,mode=exact");
  for (int call = 0; call < 10; ++call) {
    const int64_t runs = machines.server.runs;
    REQUIRE(limiter->acquire("u", 1) > 0);
    machines.pump();
    REQUIRE(machines.server.runs > runs);
    REQUIRE(limiter->acquire("u", 1) == 0);
  }
  // What the server has said to be empty is not asked about before there is a token.
  REQUIRE(limiter->acquire("u", 1) > 0);
  machines.pump();
  const int64_t runs = machines.server.runs;
  const int64_t wait = limiter->acquire("u", 1);
  REQUIRE(wait > 90 * kMs);
  REQUIRE(wait <= 100 * kMs);
  machines.pump();
  REQUIRE(machines.server.runs == runs);
  machines.clock->advance(wait);
  REQUIRE(limiter->acquire("u", 1) > 0);
  machines.pump();
  REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(limiter->acquire("u", 11) == kNeverPasses);
  REQUIRE(limiter->acquire("u", 0) == 0);
}

TEST_CASE("exact: calls of a key that wait at a time are one command") {
  Machines machines(1);
  machines.pump();
  auto limiter = machines[0].limiter("rate=100/s,burst=50,mode=exact");
  limiter->acquire("u", 1);
  machines.pump();
  REQUIRE(limiter->acquire("u", 1) == 0);
  const int64_t runs = machines.server.runs;
  for (int call = 0; call < 40; ++call) REQUIRE(limiter->acquire("u", 1) > 0);
  machines.pump();
  REQUIRE(machines.server.runs == runs + 1);
  for (int call = 0; call < 40; ++call) REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(limiter->acquire("u", 1) > 0);
  // A grant that nobody comes for ends with the time that a call may wait.
  machines.pump();
  machines.clock->advance(50 * kMs);
  REQUIRE(limiter->acquire("u", 1) > 0);
}

TEST_CASE("optimistic: a machine spends an allowance and tells the server of it") {
  Machines machines(1);
  machines.pump();
  auto limiter = machines[0].limiter("rate=1/s,burst=20,slice=8,mode=optimistic");
  REQUIRE(limiter->acquire("u", 1) > 0);
  machines.pump();
  const int64_t runs = machines.server.runs;
  for (int call = 0; call < 8; ++call) REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(limiter->acquire("u", 1) > 0);
  REQUIRE(machines.server.runs == runs);
  // Of 20 tokens, and a slice more: then it waits until the server has been refilled.
  int64_t passed = 8;
  for (int call = 0; call < 60; ++call) {
    passed += limiter->acquire("u", 1) == 0;
    machines.pump();
  }
  REQUIRE(passed >= 20);
  REQUIRE(passed <= 20 + 8);
  const int64_t wait = limiter->acquire("u", 1);
  REQUIRE(wait > kSecond / 2);
  REQUIRE(wait <= (passed - 20 + 1) * kSecond);
}

TEST_CASE("optimistic: what an agent has not told yet, the next one tells") {
  Machines machines(1);
  machines.pump();
  Machine& machine = machines[0];
  auto limiter = machine.limiter("rate=1/h,burst=10,slice=10,mode=optimistic");
  limiter->acquire("u", 1);
  machines.pump();
  for (int call = 0; call < 4; ++call) REQUIRE(limiter->acquire("u", 1) == 0);
  machines.pump(1);  // looked at, and not told: less than half of the slice
  // Its driver hangs: the process stands in for it, and a driver takes over again.
  machines.clock->advance(Fleet::kStoppedAfter);
  limiter->acquire("v", 1);
  machines.pump();
  machines.clock->advance(100 * kMs);
  machines.pump();
  machines.clock->advance(kSecond);  // the allowance has ended
  limiter->acquire("u", 1);
  machines.pump();
  int64_t passed = 0;
  for (int call = 0; call < 30; ++call) {
    passed += limiter->acquire("u", 1) == 0;
    machines.pump();
  }
  REQUIRE(passed >= 6);
  REQUIRE(passed <= 6 + 10);
}

TEST_CASE("costs that can never pass, and none, are answered without the fleet") {
  Machines machines(1);
  auto limiter = machines[0].limiter("rate=10/s");
  REQUIRE(limiter->acquire("u", 11) == kNeverPasses);
  REQUIRE(limiter->acquire("u", 0) == 0);
  REQUIRE(limiter->acquire("u", -1) == static_cast<int64_t>(Status::kInvalidArgument));
  REQUIRE(machines.server.runs == 0);
}

TEST_CASE("apart, a machine has its share, all or nothing") {
  const auto passes = [](const std::string& outage) {
    Machines machines(1, "machines=4");
    auto limiter = machines[0].limiter("rate=8/s,burst=8,outage=" + outage);
    int64_t passed = 0;
    for (int ms = 0; ms < 100; ++ms) {
      machines.clock->advance(kMs);
      if (!machines[0].fleet->take().empty()) machines[0].fleet->broken("reset");
      passed += limiter->acquire("u", 1) == 0;
    }
    return passed;
  };
  REQUIRE(passes("local") == 2);  // of 8 for four machines
  REQUIRE(passes("closed") == 0);
  REQUIRE(passes("open") > 90);
}

TEST_CASE("without a driver a process stands in, and a driver takes over") {
  Machines machines(1);
  Fleet& fleet = *machines[0].fleet;
  auto limiter = machines[0].limiter("rate=10/s");
  REQUIRE(limiter->acquire("u", 1) > 0);  // a driver has a second to come
  machines.clock->advance(Fleet::kPatience);
  REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(fleet.record().figure(FleetRecord::kGrantedApart) >= 1);
  REQUIRE(has(fleet.status(), "\"state\":\"apart\""));
  REQUIRE(has(fleet.status(), "runs a driver"));
  machines.pump();
  REQUIRE(has(fleet.status(), "\"state\":\"up\""));
  REQUIRE(fleet.record().figure(FleetRecord::kElections) == 2);
}

TEST_CASE("a process stands in for its own driver that takes no more, until it does again") {
  Machines machines(1);
  machines.pump();
  Fleet& fleet = *machines[0].fleet;
  auto limiter = machines[0].limiter("rate=10/s");
  machines.clock->advance(Fleet::kStoppedAfter);
  REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(fleet.record().figure(FleetRecord::kGrantedApart) >= 1);
  REQUIRE(has(fleet.status(), "runs a driver"));
  machines.pump();
  REQUIRE(has(fleet.status(), "\"state\":\"up\""));
}

TEST_CASE("a call that waits sees that the agent has died, and the next driver's turn begins") {
  test::Processes processes;
  const ClockPtr clock = make_manual_clock(5 * kSecond);
  const auto scope = FleetScope::create(processes.one, "shop", {}, clock).value();
  const auto other = FleetScope::create(processes.other, "shop", {}, clock).value();
  Fleet& agent = *scope->fleet();
  Fleet& next = *other->fleet();
  REQUIRE_FALSE(agent.take().empty());
  REQUIRE(next.take().empty());
  const auto waits = [&] {
    uint32_t seen = next.answers_seen();
    next.await_answer(seen, clock->now(), clock->now() + 5 * kMs);
  };
  waits();
  REQUIRE(next.wait(0) == 0);
  processes.one->die();
  REQUIRE(next.wait(0) == 0);  // its driver has just looked
  waits();
  REQUIRE(next.wait(0) == 1);
  REQUIRE_FALSE(next.take().empty());
  REQUIRE(next.record().figure(FleetRecord::kElections) == 2);
}

TEST_CASE("while its driver hangs, a process steps for its agent") {
  Machines machines(1);
  machines.pump();
  auto limiter = machines[0].limiter("rate=10/s");
  REQUIRE(limiter->acquire("u", 1) > 0);
  machines[0].fleet->take();  // sent, and never answered
  machines.clock->advance(60 * kMs);
  // The call has had its time, and the machine is apart.
  REQUIRE(limiter->acquire("u", 1) == 0);
  REQUIRE(machines[0].fleet->record().figure(FleetRecord::kParted) == 1);
}

TEST_CASE("a forked child takes nothing of its parent's agent") {
  Machines machines(1);
  machines.pump();
  Machine& machine = machines[0];
  auto limiter = machine.limiter("rate=10/s");
  limiter->acquire("u", 1);
  machines.pump();
  auto cells = machine.host->open(CellKind::kFleetLimiter, "shop/logins", kLeasedLayout);
  const LeasedObject object((**cells).own);
  const uint64_t agent = object.agent();
  REQUIRE(agent == machine.host->owner());
  REQUIRE(test::wait_for(test::start([&] {
            const bool has_nothing = machine.fleet->take().empty();
            return has_nothing && limiter->acquire("u", 1) == 0 ? 0 : 1;
          })) == 0);
  REQUIRE(object.agent() == agent);
  REQUIRE(limiter->acquire("v", 1) > 0);
  machines.pump();
  REQUIRE(limiter->acquire("v", 1) == 0);
}

TEST_CASE("a limit of a fleet changes while it is used") {
  Machines machines(2);
  machines.pump();
  auto first = machines[0].limiter("rate=50/s,burst=20"),
       second = machines[1].limiter("rate=50/s,burst=20");
  const auto spend = [&] { return machines.spend({first.get(), second.get()}, 2 * kSecond); };
  const int64_t before = spend();
  REQUIRE(before <= 20 + 100 + 4);
  REQUIRE(before >= 90);
  REQUIRE(first->reconfigure(Machine::config("rate=200/s")));
  const int64_t after = spend();
  REQUIRE(after <= 20 + 400 + 20);
  REQUIRE(after >= 320);
  REQUIRE_FALSE(first->reconfigure(Machine::config("rate=1/s,tokens_inheritance=reset")));
}

TEST_CASE("an agent lets go of an object that nobody asks anything of") {
  Machines machines(1);
  machines.pump();
  Machine& machine = machines[0];
  auto limiter = machine.limiter("rate=10/s");
  limiter->acquire("u", 1);
  machines.pump();
  limiter.reset();
  REQUIRE_FALSE(machine.scope->forget(CellKind::kLimiter, "logins"));  // its agent uses it
  for (int i = 0; i < 80; ++i) {
    machines.clock->advance(100 * kMs);
    machines.pump(1);
  }
  REQUIRE(machine.scope->forget(CellKind::kLimiter, "logins"));
  // And is told at once when there is another.
  limiter = machine.limiter("rate=10/s");
  REQUIRE(limiter->acquire("u", 1) > 0);
  machines.pump();
  REQUIRE(limiter->acquire("u", 1) == 0);
}

TEST_CASE("keys longer than a board's room are told apart by their hash") {
  Machines machines(2);
  machines.pump();
  auto first = machines[0].limiter("rate=2/s"), second = machines[1].limiter("rate=2/s");
  const std::string key(300, 'k');
  int64_t passed = 0, others = 0;
  for (int round = 0; round < 20; ++round) {
    passed += first->acquire(key, 1) == 0;
    passed += second->acquire(key, 1) == 0;
    others += second->acquire(key + "2", 1) == 0;
    machines.pump();
  }
  REQUIRE(passed == 2);
  REQUIRE(others == 2);
}

TEST_CASE("keys beyond a board's room are decided by when_full") {
  Machines machines(1);
  auto limiter = machines[0].limiter("rate=10/s,when_full=allow");
  int64_t passed = 0;
  for (int i = 0; i < 6000; ++i) passed += limiter->acquire(std::to_string(i), 1) == 0;
  REQUIRE(passed == limiter->crowded_out());
  REQUIRE(passed >= 6000 - static_cast<int64_t>(AskBoard<>::kSlots));
  // There is room again once those have been idle.
  machines.pump();
  for (int i = 0; i < 200; ++i) {
    machines.clock->advance(20 * kMs);
    machines.pump(1);
  }
  const int64_t crowded = limiter->crowded_out();
  REQUIRE(limiter->acquire("new", 1) > 0);
  machines.pump();
  REQUIRE(limiter->acquire("new", 1) == 0);
  REQUIRE(limiter->crowded_out() == crowded);
}

TEST_CASE("what a fleet cannot do it refuses by name") {
  Machines machines(1);
  Machine& machine = machines[0];
  const auto refused = [&](const std::string& options) {
    auto made = Limiter::create(Machine::config("keys=100," + options), machines.clock,
                                Place(machine.scope, "other"));
    return made ? std::string("made") : made.error().option;
  };
  for (const char* policy :
       {"sliding_window", "fixed_window", "sliding_counter", "warm_up", "count_min"})
    REQUIRE(refused(std::string("rate=10/s,policy=") + policy) == "policy");
  REQUIRE(refused("rate=10/day,policy=calendar_window") == "policy");
  REQUIRE(refused("rate=10/1500ns") == "rate");
  REQUIRE(refused("rate=10/h,burst=100000000") == "burst");
  REQUIRE(refused("rate=10/s,tokens_inheritance=reset") == "tokens_inheritance");
  REQUIRE(refused("rate=10/s,mode=exact,slice=5") == "slice");
  REQUIRE(refused("rate=10/s,mode=exact,lease_ms=100") == "lease_ms");
  REQUIRE(refused("rate=10/s,mode=optimistic,share=10") == "share");
  REQUIRE(refused("rate=10/s,mode=optimistic,slice=5,lease_ms=100") == "made");
  auto mode = Limiter::create(Machine::config("rate=1/s,mode=exact"), machines.clock);
  REQUIRE(mode.error().option == "mode");
  auto exact = machine.limiter("rate=1/s,mode=exact");
  auto changed = exact->reconfigure(Machine::config("mode=leased"));
  REQUIRE_FALSE(changed);
  REQUIRE(changed.error().option == "mode");
  auto elsewhere = Limiter::create(Machine::config("rate=1/s,lease_ms=100"), machines.clock);
  REQUIRE_FALSE(elsewhere);
  REQUIRE(elsewhere.error().option == "lease_ms");
  REQUIRE_FALSE(FleetScope::create(machine.scope, "more", {}, machines.clock));
  REQUIRE_FALSE(FleetScope::create(machine.host, "a/b", {}, machines.clock));
  auto cells = machine.scope->cells({CellKind::kMetrics, "b", {}, {.own = 64}, {}});
  REQUIRE_FALSE(cells);
  REQUIRE(cells.error().code == Status::kUnsupported);
  REQUIRE(has(cells.error().message, "fleet 'shop': no metrics registry"));
}

}  // namespace og
