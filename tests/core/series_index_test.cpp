// SPDX-License-Identifier: Apache-2.0
// How much work it is to find a series among many: counted, not timed.
#include "core/observe/series_index.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/observe/metrics.h"
#include "core/observe/own_series.h"
#include "tests/catch.h"

namespace og {
namespace {

struct Named {
  std::string family, instance;
};

}  // namespace

TEST_CASE("a series is found by looking at its own names, among however many") {
  constexpr int32_t kSeries = 65'536, kFamilies = 64;
  std::vector<Named> all;
  int64_t looked = 0;
  SeriesIndex index([&](int32_t id) -> SeriesRecord::Names {
    ++looked;
    const Named& named = all[static_cast<size_t>(id)];
    return {named.family, {}, named.instance};
  });
  CHECK(index.find("family0", "0") == SeriesIndex::kNone);
  CHECK(index.find_family("family0") == SeriesIndex::kNone);
  for (int32_t id = 0; id < kSeries; ++id) {
    all.push_back({"family" + std::to_string(id % kFamilies), std::to_string(id)});
    REQUIRE(index.find(all.back().family, all.back().instance) == SeriesIndex::kNone);
    index.add(id);
  }
  // A look at the series that is added, and one at its family's first.
  CHECK(looked <= 3 * kSeries);
  looked = 0;
  for (int32_t id = 0; id < kSeries; ++id) {
    const Named& named = all[static_cast<size_t>(id)];
    REQUIRE(index.find(named.family, named.instance) == id);
    REQUIRE(index.find_family(named.family) == id % kFamilies);
  }
  CHECK(looked <= 3 * kSeries);
  CHECK(index.find("family1", "0") == SeriesIndex::kNone);
  CHECK(index.find("family", "10") == SeriesIndex::kNone);
}

TEST_CASE("registries over the same memory find each other's series") {
  constexpr int64_t kSeries = 300;
  auto heap = Place().take({CellKind::kMetrics}, {.own = OwnSeries::bytes_for(kSeries)});
  REQUIRE(heap);
  OwnSeries one(*heap, kSeries), other(*heap, kSeries);
  using Kind = OwnSeries::Kind;
  for (int i = 0; i < kSeries; ++i) {
    OwnSeries& first = i % 3 ? one : other;
    OwnSeries& second = i % 3 ? other : one;
    const std::string instance = std::to_string(i);
    const auto id = first.define(Kind::kCounter, "jobs_total", "Jobs.", instance);
    REQUIRE(id);
    CHECK(*id == i);
    CHECK(second.define(Kind::kCounter, "jobs_total", "Jobs.", instance).value() == i);
    if (i == 0) CHECK_FALSE(second.define(Kind::kHistogram, "jobs_total", "", instance));
  }
  CHECK(one.define(Kind::kCounter, "more_total", "", "").error().code == Status::kFull);
  CHECK(other.faults().empty());
}

}  // namespace og
