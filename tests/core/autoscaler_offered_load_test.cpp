// SPDX-License-Identifier: Apache-2.0
// Level, dispersion and rise of an offered load, by arithmetic.
#include <cmath>
#include <random>

#include "core/scale/offered_load.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kMinute = 60'000'000'000;
constexpr int64_t kStart = 2 * kMinute;

}  // namespace

TEST_CASE("an even load has its own level, and a dispersion that the first guess leaves") {
  OfferedLoad load;
  CHECK(load.base() == 0);
  CHECK(load.scatter(2.6) == 0);
  for (int n = 1; n <= 10; ++n) {
    load.add(n * kMinute, 2, kStart);
    CHECK(load.level() == 2);
    CHECK(load.dispersion() == Approx(0.32 / (n + 1)));
  }
}

TEST_CASE("a sample of a time that was seen already teaches nothing") {
  OfferedLoad load;
  load.add(kMinute, 2, kStart);
  load.add(kMinute, 100, kStart);
  load.add(0, 100, kStart);
  CHECK(load.level() == 2);
}

TEST_CASE("the dispersion of random work is its variance over its mean, at any level") {
  for (const double mean : {3.0, 30.0}) {
    std::mt19937_64 random(21);
    std::poisson_distribution<int> requests(mean * 4);  // of a quarter each: the dispersion is 1/4
    OfferedLoad load;
    double level = 0, dispersion = 0;
    for (int64_t n = 1; n <= 20'000; ++n) {
      load.add(n * kMinute, requests(random) / 4.0, kStart);
      level += load.level() / 20'000;
      dispersion += load.dispersion() / 20'000;
    }
    // The level follows by a twentieth: the residual's variance is 1 / 40 more.
    CHECK(level == Approx(mean).epsilon(0.03));
    CHECK(dispersion == Approx(0.25 * (1 + 1.0 / 40)).epsilon(0.12));
  }
}

TEST_CASE("a step becomes the level when all samples of four minutes are above the scatter") {
  OfferedLoad load;
  int64_t minute = 0;
  for (; minute < 60; ++minute) load.add(minute * kMinute, 1, kStart);
  for (int i = 0; i < 4; ++i) load.add(minute++ * kMinute, 20, kStart);
  CHECK(load.level() < 10);
  load.add(minute * kMinute, 20, kStart);
  CHECK(load.level() == Approx(20));
  CHECK(load.base() == Approx(20));
}

TEST_CASE("a ramp is followed to when an instance ordered now serves") {
  OfferedLoad load;
  int64_t minute = 0;
  for (; minute < 60; ++minute) load.add(minute * kMinute, 1, kStart);
  for (int i = 1; i <= 5; ++i) load.add(minute++ * kMinute, 1 + i, kStart);
  CHECK(load.level() == Approx(4));     // the mean of 2 to 6
  CHECK(load.base() == Approx(6 + 3));  // one a minute, for a start and a sample's minute
  load.add(minute * kMinute, 4, kStart);
  CHECK(load.base() == Approx(4 + 5 * std::exp(-1.0 / 5)));
}

TEST_CASE("while a ramp goes on it is followed, and let go of when it ends") {
  OfferedLoad load;
  int64_t minute = 0;
  for (; minute < 60; ++minute) load.add(minute * kMinute, 1, kStart);
  for (int i = 1; i <= 7; ++i) load.add(minute++ * kMinute, 1 + i, kStart);
  CHECK(load.base() == Approx(8 + 3));  // found at 6, and one a minute since
  load.add(minute++ * kMinute, 8, kStart);
  CHECK(load.base() == Approx(8 + 3));  // still above what was
  for (int i = 0; i < 30; ++i) load.add(minute++ * kMinute, 8, kStart);
  CHECK(load.base() == Approx(8).epsilon(0.01));
}

TEST_CASE("a minute is learned when it is over, and seen at once") {
  OfferedLoad load;
  load.add(0, 2, kStart);
  for (int quarter = 1; quarter < 4; ++quarter) load.add(quarter * kMinute / 4, 4, kStart);
  CHECK(load.level() == 2);
  CHECK(load.recent() == Approx(3.5));
  load.add(kMinute, 4, kStart);
  CHECK(load.level() == Approx(3));
}

TEST_CASE("samples that come more often than once a minute are of their minutes") {
  std::mt19937_64 random(22);
  std::poisson_distribution<int> requests(3);  // in 15 seconds, each filling a quarter for a minute
  OfferedLoad often, rarely;
  double of_often = 0, of_rarely = 0, level = 0;
  for (int64_t n = 1; n <= 20'000; ++n) {
    int sum = 0;
    for (int64_t quarter = 3; quarter >= 0; --quarter) {
      const int some = requests(random);
      sum += some;
      often.add(n * kMinute - quarter * kMinute / 4, some, kStart);
    }
    rarely.add(n * kMinute, sum / 4.0, kStart);
    CHECK(often.recent() == Approx(sum / 4.0));
    of_often += often.dispersion() / 20'000;
    of_rarely += rarely.dispersion() / 20'000;
    level += often.level() / 20'000;
  }
  CHECK(level == Approx(3).epsilon(0.03));
  CHECK(of_often == Approx(of_rarely).epsilon(0.05));
  CHECK(of_often == Approx(0.25 * (1 + 1.0 / 40)).epsilon(0.12));
}

TEST_CASE("what was no measure neither teaches nor is part of a rise") {
  OfferedLoad load;
  int64_t minute = 0;
  for (; minute < 60; ++minute) load.add(minute * kMinute, 1, kStart);
  for (int i = 0; i < 4; ++i) load.add(minute++ * kMinute, 20, kStart);
  const double level = load.level();
  load.skip(minute++ * kMinute);
  CHECK(load.level() == level);
  CHECK(load.recent() == 0);
  load.add(minute * kMinute, 20, kStart);
  CHECK(load.level() < 10);
}

}  // namespace og
