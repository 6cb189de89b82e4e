// SPDX-License-Identifier: Apache-2.0
// A thousand machines with eight workers each on one limit: the bound does not grow with workers,
// and with machines only as far as their slices do.
#include <algorithm>

#include "tests/catch.h"
#include "tests/sim/seeds.h"
#include "tests/sim/sim_fleet.h"

namespace og {
namespace {

using test::kMs;
using test::SimFleet;

constexpr int64_t kSecond = 1000 * kMs;
constexpr size_t kMachines = 1000;
constexpr int kWorkers = 8;
constexpr int64_t kPerSecond = 10'000, kBurst = 5'000, kSlice = 4;

enum class Fault { kDies, kStops, kCut, kNone };

// Messages are lost and late, a few machines are cut off for a while, and agents die or are
// stopped.
void disturb(SimFleet& fleet, int64_t end) {
  Random& random = fleet.random;
  for (auto& machine : fleet.machines) {
    machine->network.most_ns = static_cast<int64_t>(1 + random.below(15)) * kMs;
    machine->network.lost = random.below(50);
    machine->network.repeated = random.below(50);
    const auto at = static_cast<int64_t>(random.below(static_cast<uint64_t>(end)));
    const auto fault = static_cast<Fault>(std::min<uint64_t>(random.below(10), 3));
    fleet.time.at(at, [m = machine.get(), fault] {
      if (fault == Fault::kDies) m->kill_agent(300 * kMs);
      if (fault == Fault::kStops) m->freeze_agent(700 * kMs);
      if (fault == Fault::kCut) m->network.is_cut = true;
    });
    fleet.time.at(at + kSecond / 2, [m = machine.get()] { m->network.is_cut = false; });
  }
}

}  // namespace

// In ./dev stress a seed for each hundred of the others'.
TEST_CASE("a thousand machines of eight workers spend no more than their bound", "[seeds]") {
  for (uint64_t seed = 0; seed < test::seeds(200) / 100; ++seed) {
    INFO("seed " << seed);
    LeaseAgent::Terms terms;
    terms.rate = {kPerSecond, 1'000'000, kBurst};
    terms.slice = kSlice;
    terms.lease_ns = 200 * kMs;
    terms.when_apart = WhenApart::kClosed;
    SimFleet fleet(kMachines, terms, seed);
    constexpr int64_t kEnd = 1500 * kMs;
    // Three times what there is, by each worker at its own pace.
    const int64_t gap = static_cast<int64_t>(kMachines) * kWorkers * kSecond / (3 * kPerSecond);
    for (size_t machine = 0; machine < kMachines; ++machine) {
      for (int worker = 0; worker < kWorkers; ++worker) fleet.load(machine, "k", 1, gap, kEnd);
    }
    disturb(fleet, kEnd);
    fleet.time.run_until(kEnd);
    const double leases = static_cast<double>(kPerSecond) * 0.2;
    const double slices = static_cast<double>(kMachines * kSlice);
    const double bound = static_cast<double>(kBurst) + std::min(leases, slices);
    const double worst = fleet.spending.worst(static_cast<double>(kPerSecond));
    REQUIRE(worst <= bound + 1e-3);
    REQUIRE(worst > static_cast<double>(kBurst) * 0.8);  // it was under load
    // Half of what there was, in spite of all.
    REQUIRE(static_cast<double>(fleet.spending.total()) > 0.5 * kBurst + 0.5 * 1.5 * kPerSecond);
  }
}

}  // namespace og
