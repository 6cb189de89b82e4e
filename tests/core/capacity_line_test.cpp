// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <vector>

#include "core/scale/theil_sen.h"
#include "tests/catch.h"

namespace og {

// Six slopes, -1, 0.5, 1.5, 5/3, 2, 4, and four rests, -2.75, -7/12, -1/3, -1/6: the means of the
// two in the middle.
TEST_CASE("a line by medians, of even numbers of slopes and rests", "[capacity]") {
  const std::vector<UtilizationSample> samples = {{1, 1}, {2, 3}, {3, 2}, {4, 6}};
  const auto line = theil_sen(samples);
  REQUIRE(line);
  CHECK(line->slope == Approx(19.0 / 12));
  CHECK(line->base == Approx(-11.0 / 24));
}

// Three slopes, 1, 2, 3, and three rests, 1, 0, 1.
TEST_CASE("a line by medians, of odd numbers", "[capacity]") {
  const std::vector<UtilizationSample> samples = {{0, 1}, {1, 2}, {2, 5}};
  const auto line = theil_sen(samples);
  REQUIRE(line);
  CHECK(line->slope == 2);
  CHECK(line->base == 1);
}

TEST_CASE("a line is none of one rate, nor of no observation", "[capacity]") {
  CHECK_FALSE(theil_sen({}));
  const std::vector<UtilizationSample> same = {{3, 1}, {3, 2}, {3, 9}};
  CHECK_FALSE(theil_sen(same));
}

// Sen: up to 29 % may be anything.
TEST_CASE("a quarter of outliers does not move a line", "[capacity]") {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.5);
  std::vector<UtilizationSample> samples;
  for (int i = 0; i < 200; ++i) {
    const double rate = 100 + 10.0 * i;
    samples.push_back({rate, i % 4 == 3 ? 100.0 : 5 + 0.02 * rate + noise(random)});
  }
  const auto line = theil_sen(samples);
  REQUIRE(line);
  CHECK(line->slope == Approx(0.02).epsilon(0.1));
  CHECK(line->base == Approx(5).margin(4));
}

}  // namespace og
