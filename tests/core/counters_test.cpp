// SPDX-License-Identifier: Apache-2.0
#include "core/base/counters.h"

#include "tests/catch.h"

namespace og {

TEST_CASE("striped counters add up, each on its own") {
  StripedCounters<3> counters;
  counters.add(0);
  counters.add(1, 5);
  counters.add(1, -2);
  CHECK(counters.total(0) == 1);
  CHECK(counters.total(1) == 3);
  CHECK(counters.total(2) == 0);
}

}  // namespace og
