// SPDX-License-Identifier: Apache-2.0
// Each scenario runs once whole, then once for each of its allocations with that one failing: every
// call answers with a status, nothing crashes, and under AddressSanitizer nothing leaks. Hot calls
// are then counted: none allocates.
#include <cstdio>

#include "tests/capi/allocation/allocator.h"

int main() {
  if (allocation::scenarios().empty()) return 1;
  for (const allocation::Scenario& scenario : allocation::scenarios()) {
    scenario.run(true);  // statics are made here
    int64_t sites = allocation::count([&] { scenario.run(true); });
    for (int64_t n = 0; n < sites; ++n) {
      allocation::fail_nth(n, [&] { scenario.run(false); });
    }
    scenario.run(true);

    int64_t hot = 0;
    if (scenario.hot) {
      auto calls = scenario.hot();
      calls();  // the thread claims its stripe of the counters
      hot = allocation::count(calls);
    }
    std::printf("%-14s %lld allocations failed in turn, %lld on the hot path\n",
                scenario.noun.c_str(), static_cast<long long>(sites), static_cast<long long>(hot));
    if (sites == 0 || hot != 0) return 1;
  }
  return 0;
}
