// SPDX-License-Identifier: Apache-2.0
// Concurrency limiters of several machines over one server that is simulated, each in a segment of
// its own, with agents that are killed, or stopped and go on: all in this process, by one time.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/fleet/fleet_scope.h"
#include "core/fleet/leased_slots.h"
#include "core/guard/concurrency.h"
#include "core/inspect/host_report.h"
#include "core/scope/host_scope.h"
#include "tests/catch.h"
#include "tests/core/host_processes.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_agent.h"
#include "tests/sim/sim_network.h"

namespace og {
namespace {

using test::kMs;
using test::Network;
using test::seeds;
using test::SimAgent;
using test::SimServer;
using test::SimTime;
constexpr int64_t kSecond = 1000 * kMs;

class Machine {
 public:
  Machine(SimTime& time, SimServer& server, const std::string& options, uint64_t seed)
      : time_(time), server_(server), random_(seed) {
    host = HostScope::create(segment_.text, {}).value();
    scope = FleetScope::create(host, "shop", {}, clock_).value();
    auto made = ConcurrencyLimiter::create(config(options), clock_, Place(scope, "backend"));
    if (!made) FAIL(made.error().message);
    limiter = std::move(*made);
    cells_ = **host->open(CellKind::kFleetConcurrency, "shop/backend", kLeasedSlotsLayout);
    new_agent();
    pump();
  }
  static Config config(const std::string& options) {
    Config config;
    for (size_t at = 0; at < options.size();) {
      const size_t end = std::min(options.find(',', at), options.size());
      const std::string one = options.substr(at, end - at);
      config.set(one.substr(0, one.find('=')), one.substr(one.find('=') + 1));
      at = end + 1;
    }
    return config;
  }

  bool enter(int64_t lasts) {
    const int64_t permit = limiter->enter_at(now());
    if (permit < 0) return false;
    ++in_flight;
    time_.at(time_.now() + lasts, [this, permit, lapses = lapses_] {
      limiter->exit_at(permit, now());
      --in_flight;
      if (lapses != lapses_) --orphans_;
    });
    return true;
  }
  // In flight, but for those whose slots ended before them.
  int64_t counted() {
    look();
    return in_flight - orphans_;
  }
  int64_t allowed() {
    auto table = PermitTable<>(slots().table(), 1);
    return LeasedPermits<>(slots().permits(), table).allowed_at(now());
  }
  std::string report() const { return host_report(*Segment::inspect(segment_.text), true); }
  // The process is gone: without a word. What it has sent is on its way.
  void kill_agent() {
    for (auto& agent : agents_) graveyard_.push_back(std::move(agent));
    agents_.clear();
  }
  // As one that was elected.
  void new_agent() {
    agents_.push_back(
        std::make_unique<SimAgent>(time_, server_, network, host, record(), random_.next()));
  }

 private:
  int64_t now() const { return time_.now(); }
  FleetRecord& record() const { return const_cast<FleetRecord&>(scope->fleet()->record()); }
  LeasedSlots slots() const { return LeasedSlots(cells_.own); }
  void look() {
    const auto ends_at = static_cast<int64_t>(slots().permits().ends_at.load());
    const bool has_slots = ends_at > time_.now();
    if (had_slots_ && !has_slots) {
      ++lapses_;
      orphans_ = in_flight;
    }
    had_slots_ = has_slots;
  }
  void pump() {
    look();
    // A driver takes over from a process that stands in, and from an agent that has been stopped.
    const bool is_stood_in = record().agent().load() != 0;
    const bool is_stopped =
        agents_.size() == 1 && agents_[0]->is_stopped() && random_.below(60) == 0;
    if (is_stood_in || is_stopped) {
      record().agent().store(0);
      if (agents_.size() > 1) agents_.erase(agents_.begin());
      new_agent();
    }
    for (auto& agent : agents_) agent->pump(stops);
    look();
    time_.at(time_.now() + 5 * kMs, [this] { pump(); });
  }

  SimTime& time_;
  SimServer& server_;
  Random random_;
  const std::shared_ptr<Clock> clock_ = make_manual_clock(0);
  test::SegmentName segment_;
  Scope::Cells cells_;
  std::vector<std::unique_ptr<SimAgent>> agents_, graveyard_;
  int64_t lapses_ = 0, orphans_ = 0;
  bool had_slots_ = false;

 public:
  std::shared_ptr<Segment> host;
  std::shared_ptr<FleetScope> scope;
  std::unique_ptr<ConcurrencyLimiter> limiter;
  Network network;
  uint64_t stops = 0;
  int64_t in_flight = 0;
};

struct Machines {
  Machines(size_t count, const std::string& options, uint64_t seed) : random(seed) {
    time.run_until(5 * kSecond);
    for (size_t i = 0; i < count; ++i)
      all.push_back(std::make_unique<Machine>(time, server, options, random.next()));
  }
  Machine& operator[](size_t i) { return *all[i]; }
  int64_t in_flight() {
    int64_t sum = 0;
    for (auto& machine : all) sum += machine->counted();
    return sum;
  }
  void run(int64_t ns) { time.run_until(time.now() + ns); }
  // Calls at random of one machine, for so long from `in`.
  void load(size_t machine, int64_t every_ns, int64_t lasts_ns, int64_t in, int64_t for_ns) {
    const auto next =
        in + 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * every_ns)));
    if (next > in + for_ns) return;
    time.at(time.now() + next, [=, this] {
      const auto lasts =
          1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * lasts_ns)));
      entered += all[machine]->enter(lasts);
      most = std::max(most, in_flight());
      load(machine, every_ns, lasts_ns, 0, for_ns - (next - in));
    });
  }

  SimTime time;
  SimServer server;
  Random random;
  std::vector<std::unique_ptr<Machine>> all;
  int64_t entered = 0, most = 0;
};

}  // namespace

TEST_CASE("machines let in no more calls than the limit, whoever is lost, late, killed or stopped",
          "[seeds]") {
  int64_t reached = 0, entered = 0;
  for (uint64_t seed = 0; seed < seeds(60); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const auto limit = static_cast<int64_t>(1 + random.below(60));
    const std::string options = "outage=closed,limit=" + std::to_string(limit) +
                                ",lease_ms=" + std::to_string(1000 * (1 + random.below(3)));
    Machines machines(1 + random.below(5), options, seed);
    for (size_t i = 0; i < machines.all.size(); ++i) {
      Network& network = machines[i].network;
      network.most_ns = static_cast<int64_t>(1 + random.below(40)) * kMs;
      network.lost = random.below(120);
      network.repeated = random.below(200);
      machines[i].stops = random.below(60);
      for (int64_t from = 0; from < 5 * kSecond; from += kSecond) {
        const auto every = static_cast<int64_t>(1 + random.below(30)) * kMs;
        machines.load(i, every, static_cast<int64_t>(1 + random.below(300)) * kMs, from, kSecond);
        if (random.below(4) != 0) continue;
        machines.time.at(machines.time.now() + from, [&, i] { machines[i].kill_agent(); });
        machines.time.at(machines.time.now() + from + 300 * kMs,
                         [&, i] { machines[i].new_agent(); });
      }
    }
    machines.run(6 * kSecond);
    REQUIRE(machines.most <= limit);
    reached += machines.most == limit;
    entered += machines.entered;
    for (auto& machine : machines.all) REQUIRE(machine->limiter->faults().empty());
  }
  REQUIRE(reached * 3 > static_cast<int64_t>(seeds(60)));  // the schedules come to the limit
  REQUIRE(entered > static_cast<int64_t>(seeds(60)) * 100);
}

TEST_CASE("slots that are idle go to the machine that needs them") {
  Machines machines(3, "limit=30", 1);
  machines.load(0, kMs, 100 * kMs, 0, 3 * kSecond);
  machines.run(2 * kSecond);
  REQUIRE(machines[0].allowed() == 30);
  machines.load(1, kMs, 100 * kMs, kSecond, 9 * kSecond);
  machines.run(6 * kSecond);
  REQUIRE(machines[0].allowed() == 0);
  REQUIRE(machines[1].allowed() == 30);
  REQUIRE(machines.most == 30);
  REQUIRE(machines[0].limiter->limit() == 30);
  REQUIRE(machines[0].limiter->in_flight_at(machines.time.now()) == 0);
  REQUIRE(machines[1].limiter->in_flight_at(machines.time.now()) == machines[1].in_flight);
}

TEST_CASE("a dead machine's slots come back when its lease has ended") {
  Machines machines(2, "limit=10,lease_ms=2s", 1);
  machines.load(0, kMs, 200 * kMs, 0, 2 * kSecond);
  machines.run(2 * kSecond);
  REQUIRE(machines[0].allowed() == 10);
  machines[0].kill_agent();
  machines.load(1, kMs, 100 * kMs, 0, 10 * kSecond);
  machines.run(kSecond);
  REQUIRE(machines[1].allowed() == 0);
  machines.run(1500 * kMs);
  REQUIRE(machines[0].allowed() == 0);
  REQUIRE(machines[1].allowed() == 10);
}

TEST_CASE("what a killed worker held goes to the other machines") {
  Machines machines(2, "limit=10,permit_ms=0", 1);
  machines.run(100 * kMs);
  const pid_t worker = test::start([&] {
    int64_t got = 0;
    for (int i = 0; i < 10; ++i) got += machines[0].limiter->enter_at(machines.time.now()) > 0;
    return static_cast<int>(got);
  });
  REQUIRE(test::wait_for(worker) >= 1);
  machines.load(1, kMs, 100 * kMs, 0, 10 * kSecond);
  machines.run(3 * kSecond);
  REQUIRE(machines[0].limiter->stat(ConcurrencyLimiter::kOrphaned) >= 1);
  REQUIRE(machines[1].allowed() == 10);
}

TEST_CASE(
    "a server that forgot the slots is told of them: in flight are at most those and the limit",
    "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(20); ++seed) {
    INFO("seed " << seed);
    Machines machines(4, "limit=24,outage=closed", seed);
    for (size_t i = 0; i < 4; ++i) machines.load(i, 4 * kMs, 100 * kMs, 0, 8 * kSecond);
    machines.run(kSecond + static_cast<int64_t>(seed % 50) * 7 * kMs);
    REQUIRE(machines.most <= 24);
    const int64_t lost = machines.in_flight();
    REQUIRE(lost > 0);
    machines.server.flush();
    machines.most = 0;
    machines.run(3 * kSecond);
    REQUIRE(machines.most <= 24 + 24);
    machines.most = 0;
    machines.run(3 * kSecond);
    REQUIRE(machines.most <= 24);
  }
}

TEST_CASE("a fleet's limit changes while it is used") {
  Machines machines(2, "limit=20", 1);
  for (size_t i = 0; i < 2; ++i) machines.load(i, 2 * kMs, 100 * kMs, 0, 20 * kSecond);
  machines.run(3 * kSecond);
  REQUIRE(machines.most == 20);
  // While they differ it is the greatest.
  REQUIRE(machines[0].limiter->reconfigure(Machine::config("limit=5")));
  REQUIRE(machines[0].limiter->limit() == 5);
  machines.run(3 * kSecond);
  REQUIRE(machines.most == 20);
  REQUIRE(machines[1].limiter->reconfigure(Machine::config("limit=5")));
  machines.run(3 * kSecond);
  machines.most = 0;
  machines.run(2 * kSecond);
  REQUIRE(machines.most == 5);
  REQUIRE(machines[0].limiter->reconfigure(Machine::config("limit=40")));
  REQUIRE(machines[1].limiter->reconfigure(Machine::config("limit=40")));
  machines.run(3 * kSecond);
  REQUIRE(machines.most == 40);
  // Nothing is made anew for it: there is room for a thousand.
  REQUIRE_FALSE(machines[0].limiter->reconfigure(Machine::config("limit=2000")));
}

TEST_CASE("cut off for longer than a lease, a machine lets in what `outage` says") {
  const auto allowed = [](const std::string& outage) {
    Machines machines(2, "limit=12,lease_ms=1s,outage=" + outage, 1);
    machines.load(0, kMs, 100 * kMs, 0, 10 * kSecond);
    machines.run(3 * kSecond);
    machines[0].network.is_cut = true;
    machines.run(3 * kSecond);
    const int64_t apart = machines[0].allowed();
    machines[0].network.is_cut = false;
    machines.run(4 * kSecond);
    REQUIRE(machines[0].allowed() == 12);
    return apart;
  };
  REQUIRE(allowed("local") == 6);
  REQUIRE(allowed("open") == 12);
  REQUIRE(allowed("closed") == 0);
}

TEST_CASE("without any driver a process stands in") {
  Machines machines(1, "limit=12", 1);
  machines[0].kill_agent();
  machines.run(kSecond);
  REQUIRE_FALSE(machines[0].enter(kMs));  // a driver has a while to come
  machines.run(kSecond);
  REQUIRE(machines[0].enter(kMs));
}

TEST_CASE("who looks at a host sees what its machine has of a fleet's limit") {
  Machines machines(1, "limit=12,permit_ms=0", 1);
  machines.run(100 * kMs);
  REQUIRE(machines[0].enter(kSecond));
  const std::string shown = machines[0].report();
  const auto has = [&](const char* part) { return shown.find(part) != shown.npos; };
  CAPTURE(shown);
  REQUIRE(has(
      R"("kind":"fleet_concurrency","name":"shop/backend","options":{"lease_ms":"3s","limit":"12")"));
  REQUIRE(has(R"("outgrow_concurrency_in_flight":1)"));
  REQUIRE(has(R"("outgrow_concurrency_limit":12)"));
  REQUIRE(has(R"("outgrow_concurrency_slots":)"));
  REQUIRE(has(R"("faults":[])"));
}

TEST_CASE("elsewhere than in a fleet its options are refused by name") {
  const auto refused = [](const std::string& options) {
    auto made = ConcurrencyLimiter::create(Machine::config("limit=1," + options), system_clock());
    return made ? std::string("made") : made.error().option;
  };
  REQUIRE(refused("lease_ms=1s") == "lease_ms");
  REQUIRE(refused("outage=open") == "outage");
  REQUIRE(refused("lease_ms=3s") == "made");
  Machines machines(1, "limit=12", 1);
  REQUIRE(machines[0].limiter->refusal() ==
          "as many calls are in flight as may be in 'backend' of fleet 'shop'");
}

}  // namespace og
