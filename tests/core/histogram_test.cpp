// SPDX-License-Identifier: Apache-2.0
#include "core/base/histogram.h"

#include <random>

#include "tests/catch.h"

namespace og {
namespace {

// What "bucket i holds (bound(i - 1), bound(i)]" says, by search instead of by bits.
int bucket_by_search(int64_t ns) {
  int bucket = 0;
  while (bucket < Histogram::kBuckets - 1 && ns > Histogram::bound_ns(bucket)) ++bucket;
  return bucket;
}

}  // namespace

TEST_CASE("histogram bounds grow, by no more than a quarter from 4 us on, up to 549 s") {
  for (int i = 1; i < Histogram::kBuckets - 1; ++i) {
    int64_t lower = Histogram::bound_ns(i - 1), upper = Histogram::bound_ns(i);
    REQUIRE(lower < upper);
    if (lower >= 4096) REQUIRE(upper * 4 <= lower * 5);
  }
  CHECK(Histogram::bound_ns(0) == 1024);
  CHECK(Histogram::bound_ns(Histogram::kBuckets - 2) == 549'755'813'888);
}

TEST_CASE("a sample lands in the bucket whose bounds enclose it") {
  for (int i = 0; i < Histogram::kBuckets - 1; ++i) {
    int64_t bound = Histogram::bound_ns(i);
    REQUIRE(Histogram::bucket_of(bound) == i);
    REQUIRE(Histogram::bucket_of(bound + 1) == i + 1);
  }
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    int64_t ns = static_cast<int64_t>(random() >> (random() % 64) >> 1);
    REQUIRE(Histogram::bucket_of(ns) == bucket_by_search(ns));
  }
  CHECK(Histogram::bucket_of(0) == 0);
  CHECK(Histogram::bucket_of(INT64_MIN) == 0);
  CHECK(Histogram::bucket_of(INT64_MAX) == Histogram::kBuckets - 1);
}

TEST_CASE("absurd samples neither turn the sum nor leave the buckets") {
  Histogram histogram;
  for (int i = 0; i < 3; ++i) histogram.record(INT64_MAX);
  histogram.record(INT64_MIN);
  histogram.record(1'000);
  CHECK(histogram.sum_ns() == 3 * INT64_C(86'400'000'000'000) + 1'000);
  CHECK(histogram.count(Histogram::kBuckets - 1) == 3);
  CHECK(histogram.count(0) == 2);
}

}  // namespace og
