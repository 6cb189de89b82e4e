// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include "tests/core/cache_fixture.h"

namespace og {

TEST_CASE("a value is fresh until its time to live has passed, and not a nanosecond longer") {
  auto cache = make_cache({{"ttl_ms", "10"}});
  cache->set_at("default", "v", {}, 5);
  cache->set_at("own", "v", {.ttl_ns = 7}, 5);
  cache->set_at("ever", "v", {.ttl_ns = 0}, 5);
  CHECK(cache->get_at("default", 5 + 10 * kMs - 1).outcome == Status::kOk);
  CHECK(cache->get_at("default", 5 + 10 * kMs).outcome == Status::kMiss);
  CHECK(cache->get_at("own", 11).outcome == Status::kOk);
  CHECK(cache->get_at("own", 12).outcome == Status::kMiss);
  CHECK(cache->get_at("ever", INT64_MAX).outcome == Status::kOk);
}

TEST_CASE("a time to live beyond the end of time is for ever") {
  auto cache = make_cache();
  cache->set_at("k", "v", {.ttl_ns = INT64_MAX}, INT64_MAX - 5);
  CHECK(cache->get_at("k", INT64_MAX).outcome == Status::kOk);
  cache->set_at("k", "v", {.ttl_ns = INT64_MAX}, -5);
  CHECK(cache->get_at("k", INT64_MAX).outcome == Status::kMiss);
}

TEST_CASE("the cache's clock counts where no time is given") {
  auto clock = make_manual_clock(1000);
  auto cache = make_cache({{"ttl_ms", "1"}}, clock);
  cache->set("k", "v");
  clock->advance(kMs - 1);
  CHECK(cache->get("k").outcome == Status::kOk);
  clock->advance(1);
  CHECK(cache->get("k").outcome == Status::kMiss);
}

TEST_CASE("jitter shortens a time to live by at most its share, and spreads evenly") {
  for (double jitter : {0.0, 0.1, 0.5, 1.0}) {
    auto cache = make_cache({{"ttl_ms", "1000"}, {"ttl_jitter", std::to_string(jitter).c_str()}});
    constexpr int kValues = 4000;
    double sum = 0, least = 1, most = 0;
    for (int i = 0; i < kValues; ++i) {
      std::string key = std::to_string(i);
      cache->set_at(key, "v", {}, 0);
      double lived =
          static_cast<double>(cache->get_at(key, 0).value.fresh_until()) / (1000.0 * kMs);
      least = std::min(least, lived);
      most = std::max(most, lived);
      sum += lived;
    }
    INFO("jitter " << jitter);
    CHECK(least >= 1 - jitter);
    CHECK(most <= 1);
    CHECK(most - least <= jitter);
    CHECK(most - least >= 0.99 * jitter);
    // The mean of 4000 uniform draws lies within five standard errors of the middle.
    CHECK(std::abs(sum / kValues - (1 - jitter / 2)) <= 5 * jitter / std::sqrt(12.0 * kValues));
  }
}

TEST_CASE("what has expired is removed by the lookup that meets it") {
  auto cache = make_cache({{"ttl_ms", "10"}, {"stale_ms", "10"}});
  cache->set_at("k", "v", {}, 0);
  cache->get_at("k", 19 * kMs);
  CHECK(cache->size() == 1);  // still good as a stale value
  cache->get_at("k", 20 * kMs);
  CHECK(cache->size() == 0);
  CHECK(cache->bytes() == 0);
  CHECK(cache->stats().totals.expirations == 1);
  CHECK(cache->stats().totals.evictions == 0);
}

TEST_CASE("what has expired and is never asked for again is swept out by writes") {
  auto cache = make_cache({{"shards", "1"}});
  for (int i = 0; i < 1000; ++i) cache->set_at("old" + std::to_string(i), "v", {.ttl_ns = 10}, 0);
  for (int i = 0; i < 1100; ++i) {
    cache->set_at("new" + std::to_string(i % 10), "v", {.ttl_ns = 1000}, 20);
  }
  CHECK(cache->size() == 10);
  CHECK(cache->stats().totals.expirations == 1000);
}

TEST_CASE("a full cache drops the expired before it counts an eviction") {
  auto cache = make_cache({{"capacity_entries", "100"}});
  for (int i = 0; i < 100; ++i) cache->set_at("old" + std::to_string(i), "v", {.ttl_ns = 10}, 0);
  for (int i = 0; i < 100; ++i) cache->set_at("new" + std::to_string(i), "v", {}, 20);
  for (int i = 0; i < 100; ++i) {
    CHECK(cache->get_at("new" + std::to_string(i), 20).outcome == Status::kOk);
  }
  CHECK(cache->stats().totals.evictions == 0);
}

}  // namespace og
