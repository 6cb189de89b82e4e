// SPDX-License-Identifier: Apache-2.0
// What a fleet's machines spend over outages of their server, with all that comes behind them: some
// are back while others are apart.
#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_fleet.h"

namespace og {
namespace {

using test::kMs;
using test::seeds;
using test::SimFleet;
using Terms = LeaseAgent::Terms;

constexpr int64_t kSecond = 1000 * kMs;

struct Outage {
  int64_t from, until;
};

void cut(SimFleet& fleet, const Outage& outage) {
  fleet.time.at(outage.from, [&fleet] {
    for (auto& machine : fleet.machines) machine->network.is_cut = true;
  });
  fleet.time.at(outage.until, [&fleet] {
    for (auto& machine : fleet.machines) machine->network.is_cut = false;
  });
}

struct Drawn {
  Terms terms;
  size_t machines;
  int64_t spread_ns;
  int64_t ends;
  double per_second;
};

// Uneven: some machines are idle at times, and each may want all that there is.
Drawn run(uint64_t seed, SimFleet*& out, std::unique_ptr<SimFleet>& fleet, int outages) {
  Random random(seed);
  Drawn drawn{};
  const int64_t per_second = int64_t{100} << random.below(5);
  drawn.per_second = static_cast<double>(per_second);
  drawn.machines = 2 + random.below(6);
  drawn.terms.rate = {per_second, 1'000'000,
                      std::max(static_cast<int64_t>(drawn.machines),
                               per_second * static_cast<int64_t>(1 + random.below(10)) / 10)};
  drawn.terms.lease_ns = static_cast<int64_t>(100 + random.below(400)) * kMs;
  const int64_t as = static_cast<int64_t>(100 + random.below(1200));
  drawn.spread_ns = std::clamp<int64_t>(as * 2, 250, 2000) * kMs;
  fleet = std::make_unique<SimFleet>(drawn.machines, drawn.terms, seed);
  out = fleet.get();
  for (auto& machine : fleet->machines) machine->spread_as = as;
  // By the first second each knows how many they are.
  int64_t at = kSecond;
  for (int i = 0; i < outages; ++i) {
    const int64_t from = at + kSecond + static_cast<int64_t>(random.below(2000)) * kMs;
    at = from + static_cast<int64_t>(100 + random.below(4000)) * kMs;
    cut(*fleet, {from, at});
    at += drawn.spread_ns;
  }
  drawn.ends = at + 2 * kSecond;
  for (size_t i = 0; i < drawn.machines; ++i) {
    for (int64_t from = kSecond; from < drawn.ends;) {
      const auto lasts = static_cast<int64_t>(200 + random.below(2500)) * kMs;
      if (const uint64_t times = random.below(4)) {
        fleet->time.at(from, [f = fleet.get(), i, times, per_second, until = from + lasts] {
          f->load(i, "k", 1, kSecond / (per_second * static_cast<int64_t>(times)) + 1, until);
        });
      }
      from += lasts;
    }
  }
  fleet->time.run_until(drawn.ends + kSecond);
  return drawn;
}

// burst + min(rate * lease, machines * slice)
double bound(const Drawn& drawn) {
  const double slices = static_cast<double>(drawn.machines) *
                        static_cast<double>(LeaseAgent::usual_slice(drawn.terms.rate));
  const double leases = drawn.per_second * static_cast<double>(drawn.terms.lease_ns) / 1e9;
  return static_cast<double>(drawn.terms.rate.burst) + std::min(leases, slices);
}
// What an outage adds: the machines' shares of a burst, and what the server was refilled while some
// were back.
double outage_bound(const Drawn& drawn) {
  const auto burst = static_cast<double>(drawn.terms.rate.burst);
  return burst + std::min(burst, drawn.per_second * static_cast<double>(drawn.spread_ns) / 1e9);
}

}  // namespace

TEST_CASE("an outage and the recovery from it add no more than they are said to", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(40); ++seed) {
    INFO("seed " << seed);
    SimFleet* fleet = nullptr;
    std::unique_ptr<SimFleet> own;
    const Drawn drawn = run(seed, fleet, own, 1);
    REQUIRE(fleet->spending.worst(drawn.per_second) <= bound(drawn) + outage_bound(drawn) + 1e-3);
  }
}

// The worst for the bound: one machine has spent the burst before, the others have their shares of
// it full, and when they are back all that the server was refilled meanwhile is asked for.
TEST_CASE("what was let through apart from the server is told to it", "[seeds]") {
  for (uint64_t seed = 0; seed < seeds(40); ++seed) {
    INFO("seed " << seed);
    Drawn drawn{};
    drawn.machines = 6;
    drawn.per_second = 600;
    drawn.terms.rate = {600, 1'000'000, 600};
    drawn.terms.slice = 20;
    drawn.spread_ns = 250 * kMs;
    SimFleet fleet(drawn.machines, drawn.terms, seed);
    cut(fleet, {3 * kSecond, 6 * kSecond});
    fleet.time.at(2 * kSecond, [&] { fleet.load(0, "k", 1, kSecond / 2400, 3 * kSecond); });
    for (size_t i = 0; i < drawn.machines; ++i) {
      fleet.time.at(3 * kSecond,
                    [&fleet, i] { fleet.load(i, "k", 1, kSecond / 600, 9 * kSecond); });
    }
    fleet.time.run_until(9 * kSecond);
    const double more = fleet.spending.worst(600) - 600 - 6 * 20;
    REQUIRE(more <= outage_bound(drawn));
    REQUIRE(more >= 600 / 2);  // it is reached for
    REQUIRE(fleet.spending.total() >= 600 * 7 * 9 / 10);
  }
}

TEST_CASE("machines that are back keep to their share while others may be apart", "[seeds]") {
  // A burst that is small beside what the rate gives in the longest pause: nothing else hides it.
  for (uint64_t seed = 0; seed < seeds(40); ++seed) {
    INFO("seed " << seed);
    Terms terms;
    terms.rate = {1000, 1'000'000, 60};
    terms.slice = 10;
    constexpr size_t kMachines = 6;
    SimFleet fleet(kMachines, terms, seed);
    for (auto& machine : fleet.machines) machine->spread_as = 1000;  // 2 s
    cut(fleet, {2 * kSecond, 8 * kSecond});
    for (size_t i = 0; i < kMachines; ++i) {
      fleet.time.at(kSecond, [&fleet, i] { fleet.load(i, "k", 1, kSecond / 1000, 14 * kSecond); });
    }
    fleet.time.run_until(14 * kSecond);
    REQUIRE(fleet.spending.worst(1000) <= 60 + kMachines * 10 + 60 + 60);
    // And then have all of it.
    REQUIRE(fleet.spending.total() >= 13 * 1000 * 85 / 100);
  }
}

// The state of its key is of another kind, or of another release: as if there were no server.
TEST_CASE("a key that the server refuses has what `outage` says, and asks ten times a second") {
  const LeaseMode mode = GENERATE(LeaseMode::kLeased, LeaseMode::kExact, LeaseMode::kOptimistic);
  INFO("mode " << static_cast<int>(mode));
  const auto spent = [&](WhenApart when_apart) {
    Terms terms;
    terms.rate = {1000, 1'000'000, 500};
    terms.mode = mode;
    terms.when_apart = when_apart;
    SimFleet fleet(4, terms, 3);
    for (size_t i = 0; i < 4; ++i) fleet.load(i, "k", 1, kSecond / 1000, 12 * kSecond);
    fleet.time.run_until(3 * kSecond);
    fleet.server.error = "OUTGROW the state of this key is of another kind or release";
    fleet.time.run_until(4 * kSecond);
    const int64_t before = fleet.spending.total(), asked = fleet.server.refusals;
    fleet.time.run_until(8 * kSecond);
    const int64_t apart = fleet.spending.total() - before;
    REQUIRE(fleet.server.refusals - asked >= 4 * 4);
    REQUIRE(fleet.server.refusals - asked <= 4 * 4 * 11);
    fleet.server.error.clear();
    fleet.time.run_until(9 * kSecond);
    const int64_t back = fleet.spending.total();
    fleet.time.run_until(12 * kSecond);
    REQUIRE(fleet.spending.total() - back >= 3000 * 90 / 100);
    REQUIRE(fleet.spending.total() - back <= 3000 + 500);
    return apart;
  };
  const int64_t local = spent(WhenApart::kLocal);
  REQUIRE(local >= 4000 * 90 / 100);
  REQUIRE(local <= 4000 + 500);
  REQUIRE(spent(WhenApart::kClosed) == 0);
  REQUIRE(spent(WhenApart::kOpen) >= 4 * 4000 * 95 / 100);
}

}  // namespace og
