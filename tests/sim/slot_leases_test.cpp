// SPDX-License-Identifier: Apache-2.0
// Calls in flight on the machines of a fleet together.
#include "core/fleet/slot_leases.h"

#include <memory>

#include "core/base/time.h"
#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_network.h"
#include "tests/sim/sim_server.h"

namespace og {
namespace {

using test::kMs;
using test::Network;
using test::seeds;
using test::SimLink;
using test::SimServer;
using test::SimTime;
constexpr int64_t kSecond = 1000 * kMs;

class Machine : private SlotUse {
 public:
  Machine(SimTime& time, SimServer& server, const SlotLeases::Terms& terms, uint64_t seed)
      : time_(time),
        driver(time, server, network, seed),
        slots_(terms, "slots", "machine-" + std::to_string(seed), driver.link, *this) {
    pump();
  }
  // Lets a call in where it may.
  bool enter(int64_t lasts) {
    if (in_flight >= allowed()) {
      ++refused_;
      return false;
    }
    ++in_flight;
    time_.at(time_.now() + lasts, [this, lapses = lapses_] {
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
  void set_machines(int64_t machines) { slots_.set_machines(machines); }
  void set_terms(const SlotLeases::Terms& terms) { slots_.set_terms(terms); }
  int64_t held() const { return slots_.slots(time_.now()); }
  int64_t allowed() const { return time_.now() < allowance_.ends_at ? allowance_.slots : 0; }

 private:
  // Workers do not wait for their agent: before each change all there is may be taken.
  int64_t allow(const Allowance& allowance, int64_t) override {
    while (is_hurried && in_flight < allowed()) enter(20 * kMs);
    allowance_ = allowance;
    return in_flight;
  }
  void none_until(int64_t) override {}

  SimTime& time_;

 public:
  Network network;
  SimLink driver;
  int64_t in_flight = 0;
  bool is_hurried = false;

 private:
  // Calls in flight when slots end are orphans.
  void look() {
    const bool has_slots = slots_.ends_at() > time_.now();
    if (had_slots_ && !has_slots) {
      ++lapses_;
      orphans_ = in_flight;
    }
    had_slots_ = has_slots;
  }
  void pump() {
    slots_.step(std::exchange(refused_, 0), time_.now());
    look();
    driver.send_due();
    time_.at(time_.now() + 5 * kMs, [this] { pump(); });
  }

  SlotLeases slots_;
  Allowance allowance_;
  int64_t refused_ = 0, lapses_ = 0, orphans_ = 0;
  bool had_slots_ = false;
};

// The bound is of those that let nobody in without the server.
SlotLeases::Terms closed() {
  SlotLeases::Terms terms;
  terms.when_apart = WhenApart::kClosed;
  return terms;
}

struct Fleet {
  Fleet(size_t size, const SlotLeases::Terms& given, uint64_t seed) : terms(given), random(seed) {
    for (size_t i = 0; i < size; ++i)
      machines.push_back(std::make_unique<Machine>(time, server, terms, random.next()));
  }
  int64_t in_flight() const {
    int64_t all = 0;
    for (const auto& machine : machines) all += machine->counted();
    return all;
  }
  // Calls at random from `from` to `until`, of one machine.
  void load(size_t machine, int64_t every_ns, int64_t lasts_ns, int64_t from, int64_t until) {
    const auto next =
        from + 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * every_ns)));
    if (next > until) return;
    time.at(next, [=, this] {
      const auto lasts =
          1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * lasts_ns)));
      entered += machines[machine]->enter(lasts);
      most = std::max(most, in_flight());
      load(machine, every_ns, lasts_ns, next, until);
    });
  }

  const SlotLeases::Terms terms;
  SimTime time;
  SimServer server;
  Random random;
  std::vector<std::unique_ptr<Machine>> machines;
  int64_t entered = 0, most = 0;
};

}  // namespace

TEST_CASE("machines together let in no more calls than the limit", "[seeds]") {
  int64_t reached = 0;
  for (uint64_t seed = 0; seed < seeds(100); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    SlotLeases::Terms terms = closed();
    terms.limit = static_cast<int64_t>(1 + random.below(60));
    terms.lease_ns = static_cast<int64_t>(1 + random.below(4)) * kSecond;
    Fleet fleet(1 + random.below(8), terms, seed);
    for (size_t i = 0; i < fleet.machines.size(); ++i) {
      Network& network = fleet.machines[i]->network;
      fleet.machines[i]->is_hurried = random.below(3) == 0;
      network.most_ns = static_cast<int64_t>(1 + random.below(60)) * kMs;
      network.lost = random.below(150);
      network.repeated = random.below(200);
      network.broken = random.below(20);
      for (int64_t from = 0; from < 6 * kSecond; from += kSecond) {
        const auto every = static_cast<int64_t>(1 + random.below(40)) * kMs;
        fleet.load(i, every, static_cast<int64_t>(1 + random.below(400)) * kMs, from,
                   from + kSecond);
      }
    }
    fleet.time.run_until(8 * kSecond);
    REQUIRE(fleet.most <= terms.limit);
    reached += fleet.most == terms.limit;
  }
  REQUIRE(reached * 3 > static_cast<int64_t>(seeds(100)));  // the schedules come to the limit
}

TEST_CASE("slots go to who needs them, and come back from who does not") {
  SlotLeases::Terms terms = closed();
  terms.limit = 40;
  Fleet fleet(4, terms, 1);
  fleet.load(0, 2 * kMs, 100 * kMs, 0, 4 * kSecond);  // would have 50 in flight
  fleet.time.run_until(2 * kSecond);
  REQUIRE(fleet.machines[0]->held() == 40);
  fleet.load(1, 2 * kMs, 100 * kMs, 2 * kSecond, 10 * kSecond);
  fleet.time.run_until(3900 * kMs);
  REQUIRE(fleet.machines[1]->held() >= 5);  // of one that is busy itself
  fleet.time.run_until(7 * kSecond);
  REQUIRE(fleet.machines[1]->held() == 40);  // of one that is idle
  REQUIRE(fleet.machines[0]->held() == 0);
  REQUIRE(fleet.most <= 40);
}

TEST_CASE(
    "a machine that is cut off lets nobody in when its slots have ended, and they go to others") {
  SlotLeases::Terms terms = closed();
  terms.limit = 10;
  Fleet fleet(2, terms, 1);
  fleet.load(0, 2 * kMs, 50 * kMs, 0, 20 * kSecond);
  fleet.time.run_until(2 * kSecond);
  REQUIRE(fleet.machines[0]->held() == 10);
  fleet.machines[0]->network.is_cut = true;
  fleet.load(1, 2 * kMs, 50 * kMs, 2 * kSecond, 20 * kSecond);
  fleet.time.run_until(5500 * kMs);
  REQUIRE(fleet.machines[0]->held() == 0);
  fleet.time.run_until(7 * kSecond);
  REQUIRE(fleet.machines[1]->held() == 10);
  fleet.machines[0]->network.is_cut = false;
  fleet.time.run_until(15 * kSecond);
  REQUIRE(fleet.machines[0]->held() + fleet.machines[1]->held() <= 10);
  REQUIRE(fleet.machines[0]->held() >= 1);
  REQUIRE(fleet.most <= 10);  // but for what was in flight when its slots ended
}

TEST_CASE("a server that forgets the slots lets in no more than it forgot", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(50); ++seed) {
    INFO("seed " << seed);
    SlotLeases::Terms terms = closed();
    terms.limit = 30;
    Fleet fleet(5, terms, seed);
    for (size_t i = 0; i < 5; ++i) fleet.load(i, 5 * kMs, 100 * kMs, 0, 8 * kSecond);
    fleet.time.at(2 * kSecond + static_cast<int64_t>(seed % 50) * 7 * kMs,
                  [&] { fleet.server.flush(); });
    fleet.time.run_until(1900 * kMs);
    REQUIRE(fleet.most <= 30);
    fleet.time.run_until(5 * kSecond);
    REQUIRE(fleet.most <= 60);
    fleet.most = 0;
    fleet.time.run_until(8 * kSecond);
    REQUIRE(fleet.most <= 30);
  }
}

TEST_CASE("a machine keeps a slot for the next call, while there is room in the limit") {
  SlotLeases::Terms terms = closed();
  terms.limit = 8;
  Fleet fleet(2, terms, 1);
  fleet.load(0, 2 * kMs, 20 * kMs, 0, kSecond);
  fleet.time.run_until(10 * kSecond);
  REQUIRE(fleet.machines[0]->held() == 1);
  REQUIRE(fleet.machines[1]->held() == 0);
  // Who needs all of them has it soon.
  fleet.load(1, kMs, 100 * kMs, 10 * kSecond, 14 * kSecond);
  fleet.time.run_until(13 * kSecond);
  REQUIRE(fleet.machines[1]->held() == 8);
  fleet.time.run_until(600 * kSecond);
  REQUIRE(fleet.machines[0]->held() == 0);
  REQUIRE(fleet.machines[1]->held() == 1);
  fleet.time.run_until(620 * kSecond);
  REQUIRE(fleet.machines[1]->held() == 0);
}

TEST_CASE("apart, a machine has what `outage` says, and no more than that when it is back") {
  // Cut off; or it asks, and the server refuses its key.
  const bool is_refused = GENERATE(false, true);
  const auto allowed = [&](WhenApart when_apart) {
    SlotLeases::Terms terms;
    terms.limit = 10;
    terms.when_apart = when_apart;
    Fleet fleet(1, terms, 1);
    Machine& machine = *fleet.machines[0];
    fleet.load(0, 2 * kMs, 50 * kMs, 0, 10 * kSecond);
    fleet.time.run_until(2 * kSecond);
    REQUIRE(machine.allowed() == 10);
    machine.set_machines(4);
    const auto set_apart = [&](bool is_apart) {
      if (is_refused)
        fleet.server.error = is_apart ? "OUTGROW the state of this key is of another kind" : "";
      else
        machine.network.is_cut = is_apart;
    };
    set_apart(true);
    fleet.time.run_until(4 * kSecond);
    REQUIRE(machine.allowed() == 10);  // what it was granted ends with the lease
    fleet.time.run_until(8 * kSecond);
    const int64_t apart = machine.allowed();
    REQUIRE(machine.held() == 0);
    if (is_refused) REQUIRE(fleet.server.refusals <= 6 * 11);
    set_apart(false);
    fleet.time.run_until(11 * kSecond);
    REQUIRE(machine.held() == 10);
    return apart;
  };
  REQUIRE(allowed(WhenApart::kLocal) == 2);
  REQUIRE(allowed(WhenApart::kOpen) == 10);
  REQUIRE(allowed(WhenApart::kClosed) == 0);
}

TEST_CASE("an agent goes on with what the last one was granted, and not with what it did apart") {
  SimTime time;
  SimServer server;
  Network network;
  struct : SlotUse {
    Allowance last;
    int64_t allow(const Allowance& allowance, int64_t) override {
      last = allowance;
      return 2;
    }
    void none_until(int64_t) override {}
  } use;
  SimLink driver(time, server, network, 1);
  SlotLeases granted(closed(), "slots", "m", driver.link, use, {1, 100, true});
  REQUIRE(granted.slots(99) == 1);
  REQUIRE(granted.slots(100) == 0);
  SlotLeases apart(closed(), "slots", "m", driver.link, use, {1, 100, false});
  REQUIRE(apart.slots(99) == 0);
  apart.step(0, 99);
  REQUIRE(use.last.slots == 0);
}

TEST_CASE("what a machine says is in flight it counts after it has given up the rest") {
  FleetLink link({});
  REQUIRE(link.take(0).size() == 1);
  link.reply(1, FleetReply::text_of("role:master\r\n"), 0);
  struct : SlotUse {
    int64_t counts = 0;
    int64_t allow(const Allowance&, int64_t) override { return ++counts; }
    void none_until(int64_t) override {}
  } use;
  SlotLeases slots(closed(), "slots", "m", link, use, {5, kSecond, true});
  slots.step(0, kMs);
  const auto sent = link.take(kMs);
  REQUIRE(sent.size() == 1);
  REQUIRE(use.counts == 2);
  REQUIRE(sent[0].words[7] == "2");  // the floor
}

TEST_CASE("a lower limit holds as soon as calls have ended") {
  SlotLeases::Terms terms = closed();
  terms.limit = 20;
  Fleet fleet(1, terms, 1);
  Machine& machine = *fleet.machines[0];
  fleet.load(0, 2 * kMs, 100 * kMs, 0, 10 * kSecond);
  fleet.time.run_until(2 * kSecond);
  REQUIRE(machine.in_flight > 10);
  terms.limit = 5;
  machine.set_terms(terms);
  fleet.time.run_until(2500 * kMs);
  REQUIRE(machine.in_flight <= 5);
  REQUIRE(machine.held() == 5);
}

}  // namespace og
