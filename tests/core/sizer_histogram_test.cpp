// SPDX-License-Identifier: Apache-2.0
// What the Vertical Pod Autoscaler's own tests say of its histograms: kubernetes/autoscaler,
// vertical-pod-autoscaler/pkg/recommender/util: histogram_test.go, decaying_histogram_test.go,
// histogram_options_test.go.
#include <cmath>
#include <string>

#include "core/scale/usage_histogram.h"
#include "tests/catch.h"

namespace og {
namespace {

constexpr int64_t kHourNs = 3'600'000'000'000;
constexpr int64_t kBegin = 1'234'567'890'000'000'000;
constexpr double kEpsilon = 1e-15;
constexpr Buckets kOnes{10, 1, 1};

UsageHistogram ones() { return {kOnes, kHourNs, kEpsilon}; }

}  // namespace

TEST_CASE("Buckets begin where the options say", "[sizer]") {
  const Buckets linear{5, 0.3, 1};
  CHECK(linear.count() == 18);
  CHECK(linear.start(17) == Approx(5.1));
  CHECK(linear.of(-1) == 0);
  CHECK(linear.of(1.3) == 4);
  CHECK(linear.of(100) == 17);
  const Buckets growing{500, 40, 1.5};
  REQUIRE(growing.count() == 6);
  const double starts[] = {0, 40, 100, 190, 325, 527.5};
  for (std::size_t i = 0; i < 6; ++i) CHECK(growing.start(i) == Approx(starts[i]));
  CHECK(growing.of(-1) == 0);
  CHECK(growing.of(39.99) == 0);
  CHECK(growing.of(40) == 1);
  CHECK(growing.of(100) == 2);
  CHECK(growing.of(900) == 5);
}

TEST_CASE("Percentiles are the ends of buckets", "[sizer]") {
  UsageHistogram use = ones();
  for (const double share : {-0.5, 0.0, 0.5, 1.5}) CHECK(use.percentile(share) == 0);
  for (int i = 1; i <= 4; ++i) use.add(i, i, kBegin);
  const double ends[] = {2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5};
  for (int i = 0; i <= 10; ++i) {
    INFO(i);
    CHECK(use.percentile(i / 10.0) == ends[i]);
  }
}

TEST_CASE("Shares out of range are the ends", "[sizer]") {
  UsageHistogram use({1, 0.1, 1}, kHourNs, kEpsilon);
  use.add(0.1, 0.1, kBegin);
  use.add(0.2, 0.2, kBegin);
  CHECK(use.percentile(-0.1) == Approx(0.2));
  CHECK(use.percentile(1.1) == Approx(0.3));
  use.add(0, 0.1, kBegin);
  use.add(1, 0.2, kBegin);
  CHECK(use.percentile(-0.1) == Approx(0.1));
  CHECK(use.percentile(1.1) == Approx(1.0));
}

TEST_CASE("A histogram of next to nothing is empty", "[sizer]") {
  UsageHistogram use({1, 0.1, 1}, kHourNs, kEpsilon);
  const int64_t at = kHourNs;  // at which a weight is what it is
  CHECK(use.is_empty());
  use.add(0.1, kEpsilon * 2.5, at);
  CHECK_FALSE(use.is_empty());
  use.subtract(0.1, kEpsilon, at);
  CHECK_FALSE(use.is_empty());
  use.subtract(0.1, kEpsilon, at);
  CHECK(use.is_empty());
  use.add(9.9, kEpsilon * 3, at);
  use.add(0.1, kEpsilon * 0.3, at);
  CHECK_FALSE(use.is_empty());
}

TEST_CASE("What is old weighs less", "[sizer]") {
  UsageHistogram heavy = ones();
  heavy.add(2, 1000, kBegin);
  heavy.add(1, 1, kBegin + 20 * kHourNs);
  CHECK(heavy.percentile(0.999) == 2);
  CHECK(heavy.percentile(1) == 3);

  UsageHistogram ancient = ones();
  ancient.add(2, 1, kBegin);
  ancient.add(1, 1, kBegin + 101 * kHourNs);
  CHECK(ancient.percentile(1) == 2);

  UsageHistogram four = ones();
  for (int i = 1; i <= 4; ++i) four.add(i, i, kBegin + (i - 1) * kHourNs);
  const struct {
    double share, end;
  } kRows[] = {{0, 2}, {0.02, 2}, {0.03, 3}, {0.10, 3}, {0.11, 4}, {0.34, 4}, {0.35, 5}, {1, 5}};
  for (const auto& row : kRows) {
    INFO(row.share);
    CHECK(four.percentile(row.share) == row.end);
  }
}

TEST_CASE("A saved histogram is the same, also by another clock", "[sizer]") {
  UsageHistogram use = ones();
  for (int i = 1; i <= 4; ++i) use.add(i, i, kBegin + i * kHourNs / 3);
  std::string text;
  StateArchive out = StateArchive::writing(text);
  use.state(out);
  const int64_t shift = GENERATE(INT64_C(0), INT64_C(12'345'678'901), -kBegin + 10 * kHourNs);
  UsageHistogram other = ones();
  other.add(9, 1e9, kBegin);  // it is forgotten
  StateArchive in = StateArchive::reading(text, shift);
  other.state(in);
  for (UsageHistogram* each : {&use, &other}) {
    each->add(6, 1, kBegin + 5 * kHourNs + (each == &other ? shift : 0));
  }
  for (int i = 0; i <= 100; ++i) CHECK(other.percentile(0.01 * i) == use.percentile(0.01 * i));
}

}  // namespace og
