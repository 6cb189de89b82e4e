// SPDX-License-Identifier: Apache-2.0
// Machines know how many they are.
#include "tests/catch.h"
#include "tests/sim/sim_fleet.h"

namespace og {
namespace {

using test::kMs;
using test::SimFleet;
constexpr int64_t kSecond = 1000 * kMs;

bool all_know(const SimFleet& fleet, int64_t machines, size_t from = 0) {
  for (size_t i = from; i < fleet.machines.size(); ++i) {
    if (fleet.machines[i]->machines() != machines) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("machines of a fleet know how many they are") {
  SimFleet fleet(7, {}, 1);
  fleet.time.run_until(4 * kSecond);
  REQUIRE(all_know(fleet, 7));

  // One leaves: the others know after their next beat.
  fleet.machines[0]->leave();
  fleet.time.run_until(8 * kSecond);
  REQUIRE(all_know(fleet, 6, 1));

  // One is cut off: by the time to live, and a beat. What it knew, it keeps.
  fleet.machines[1]->network.is_cut = true;
  fleet.time.run_until(23 * kSecond);
  REQUIRE(all_know(fleet, 5, 2));
  REQUIRE(fleet.machines[1]->machines() == 6);
  fleet.machines[1]->network.is_cut = false;
  fleet.time.run_until(30 * kSecond);
  REQUIRE(all_know(fleet, 6, 1));

  // The server forgets all of them, and knows them again after a beat of each.
  fleet.server.flush();
  fleet.time.run_until(38 * kSecond);
  REQUIRE(all_know(fleet, 6, 1));
}

}  // namespace og
