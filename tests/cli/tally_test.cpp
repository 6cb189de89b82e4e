// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <random>

#include "bindings/cli/replay/fleet.h"
#include "bindings/cli/tally/distinct.h"
#include "bindings/cli/tally/timeline.h"
#include "bindings/cli/tally/worst.h"
#include "tests/catch.h"

using namespace og::cli;

TEST_CASE("distinct things are counted exactly, then within a few per cent") {
  std::mt19937_64 random(7);
  DistinctCount count;
  std::vector<uint64_t> seen;
  for (int64_t i = 1; i <= DistinctCount::kExact; ++i) {
    seen.push_back(random());
    count.add(seen.back());
    count.add(seen[static_cast<std::size_t>(random() % seen.size())]);
    if (i % 100'000 == 1) REQUIRE(count.count() == i);
  }
  REQUIRE(count.exact());
  REQUIRE(count.count() == DistinctCount::kExact);
  for (int64_t i = 0; i < 2 * DistinctCount::kExact; ++i) count.add(random());
  CHECK_FALSE(count.exact());
  const double error = static_cast<double>(count.count()) / (3.0 * DistinctCount::kExact) - 1;
  CHECK(std::abs(error) < 4 * 1.04 / std::sqrt(16384.0));  // four standard errors
}

TEST_CASE("a hash of zero is a thing like any other") {
  DistinctCount count;
  count.add(0);
  count.add(0);
  CHECK(count.count() == 1);
}

TEST_CASE("the worst names: exact while they fit, never over, short by a bounded part after") {
  WorstNames names;
  for (uint64_t i = 0; i < 100; ++i) {
    for (uint64_t n = 0; n <= i; ++n) names.add("name" + std::to_string(i), i + 1);
  }
  const auto worst = names.worst(3);
  REQUIRE(worst.size() == 3);
  CHECK(worst[0].name == "name99");
  CHECK(worst[0].count == 100);
  CHECK(worst[2].count == 98);
  CHECK(names.worst(1000).size() == 100);
  CHECK(names.exact());

  int64_t all = 5050;
  for (uint64_t i = 0; i < 5 * WorstNames::kNames; ++i, ++all) names.add("once", 1000 + i);
  CHECK_FALSE(names.exact());
  const auto after = names.worst(1);
  CHECK(after[0].name == "name99");
  CHECK(after[0].count <= 100);
  CHECK(after[0].count >= 100 - all / static_cast<int64_t>(WorstNames::kNames) - 1);
}

TEST_CASE("the timeline keeps its sum and its bound when it is outlasted") {
  Timeline timeline;
  const int64_t start = 807256815;
  int64_t requests = 0;
  for (int64_t day = 0; day < 4000; day += 3) {
    for (int i = 0; i < 5; ++i, ++requests) ++timeline.at(start + day * 86400 + i * 60).requests;
  }
  CHECK(timeline.start_s() % 60 == 0);
  CHECK(timeline.start_s() == 807256800);
  CHECK(timeline.slices().size() <= Timeline::kSlices);
  CHECK(timeline.width_s() == 60 * 32);  // 4000 days of minutes: 5.76 million, 22 times the bound
  int64_t sum = 0;
  for (const Slice& slice : timeline.slices()) sum += slice.requests;
  CHECK(sum == requests);
  CHECK(timeline.slices().front().requests == 5);
}

TEST_CASE("instances serve after their start, and those still starting go first") {
  Fleet fleet(2, 120);
  fleet.order(5, 0);
  CHECK(fleet.ordered() == 5);
  CHECK(fleet.serving() == 2);
  fleet.advance(119);
  CHECK(fleet.serving() == 2);
  fleet.order(4, 119);
  CHECK(fleet.ordered() == 4);
  fleet.advance(120);
  CHECK(fleet.serving() == 4);
  fleet.order(6, 130);
  fleet.order(1, 140);
  CHECK(fleet.serving() == 1);
  CHECK(fleet.ordered() == 1);
  Fleet at_once(1, 0);
  at_once.order(3, 10);
  CHECK(at_once.serving() == 3);
}
