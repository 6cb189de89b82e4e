// SPDX-License-Identifier: Apache-2.0
// Drawn limits, what machines ask of them, and what becomes of the network and the agents
// meanwhile.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "tests/sim/sim_fleet.h"

namespace og::test {

constexpr int64_t kSecond = 1000 * kMs;

inline double per_second(const LeaseAgent::Terms& terms) {
  return static_cast<double>(terms.rate.count) * 1e6 / static_cast<double>(terms.rate.period_us);
}
inline int64_t slice(const LeaseAgent::Terms& terms, int64_t cost) {
  const auto in_50_ms = static_cast<int64_t>(per_second(terms) / 20);
  const int64_t usual = std::max(terms.rate.burst / 10, std::min(in_50_ms, terms.rate.burst));
  return std::max({terms.slice > 0 ? terms.slice : usual, cost, int64_t{1}});
}
struct Drawn {
  LeaseAgent::Terms terms;
  size_t machines;
  int64_t cost;
};
inline Drawn draw(Random& random, size_t most_machines) {
  Drawn drawn{};
  const int64_t per_second = int64_t{1} << random.below(14);
  drawn.terms.rate = {
      per_second, 1'000'000,
      std::max<int64_t>(1, per_second * static_cast<int64_t>(1 + random.below(20)) / 10)};
  drawn.terms.lease_ns = static_cast<int64_t>(100 + random.below(900)) * kMs;
  drawn.machines = 1 + random.below(most_machines);
  drawn.cost = random.below(4) == 0
                   ? static_cast<int64_t>(1 + random.below(static_cast<uint64_t>(
                                                  std::min<int64_t>(drawn.terms.rate.burst, 50))))
                   : 1;
  return drawn;
}

// All requests that there can be, of every machine at once.
inline void rush(SimFleet& fleet, int64_t cost) {
  for (auto& machine : fleet.machines) {
    for (int i = 0; i < 400; ++i) machine->request("k", cost, fleet.spending);
  }
}

// Each machine at its own pace, for phases of its own; now and then all of them at once.
inline void draw_load(SimFleet& fleet, const Drawn& drawn, int64_t end) {
  Random& random = fleet.random;
  const double share = per_second(drawn.terms) /
                       static_cast<double>(drawn.machines * static_cast<size_t>(drawn.cost));
  for (size_t i = 0; i < fleet.machines.size(); ++i) {
    for (int64_t from = 0; from < end;) {
      const auto lasts = static_cast<int64_t>(50 + random.below(1500)) * kMs;
      const double times = std::vector<double>{0, 0.2, 1, 3, 10}[random.below(5)];
      const double pace = std::min(share * times, 3000.0);
      if (pace > 0) {
        fleet.time.at(from, [&fleet, i, drawn, pace, until = std::min(end, from + lasts)] {
          fleet.load(i, "k", drawn.cost, static_cast<int64_t>(1e9 / pace) + 1, until);
        });
      }
      from += lasts;
    }
  }
  for (int i = 0; i < 3; ++i) {
    fleet.time.at(static_cast<int64_t>(random.below(static_cast<uint64_t>(end))),
                  [&fleet, drawn] { rush(fleet, drawn.cost); });
  }
}

inline void disturb(SimFleet& fleet, int64_t end) {
  Random& random = fleet.random;
  for (auto& machine : fleet.machines) {
    machine->network.most_ns = static_cast<int64_t>(1 + random.below(60)) * kMs;
    machine->network.lost = random.below(3) ? random.below(200) : 0;
    machine->network.repeated = random.below(200);
    machine->network.broken = random.below(3) ? 0 : random.below(20);
    for (uint64_t cuts = random.below(3); cuts > 0; --cuts) {
      const auto from = static_cast<int64_t>(random.below(static_cast<uint64_t>(end)));
      fleet.time.at(from, [m = machine.get()] { m->network.is_cut = true; });
      fleet.time.at(from + static_cast<int64_t>(random.below(1500)) * kMs,
                    [m = machine.get()] { m->network.is_cut = false; });
    }
    for (uint64_t deaths = random.below(3); deaths > 0; --deaths) {
      fleet.time.at(static_cast<int64_t>(random.below(static_cast<uint64_t>(end))),
                    [m = machine.get(), dies = random.below(2) == 0,
                     gone = static_cast<int64_t>(random.below(1000)) * kMs] {
                      dies ? m->kill_agent(gone) : m->freeze_agent(gone);
                    });
    }
  }
}

}  // namespace og::test
