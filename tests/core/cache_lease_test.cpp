// SPDX-License-Identifier: Apache-2.0
// Leases, as Nishtala et al. (NSDI 2013), section 3.2.1, wants them.
#include <string>

#include "tests/core/cache_fixture.h"

namespace og {

TEST_CASE("a miss hands out one lease and makes the others wait") {
  auto cache = make_cache({{"lease_ms", "100"}});
  CacheLookup first = cache->get_or_lease_at("k", 0);
  CHECK(first.outcome == Status::kMiss);
  REQUIRE(first.lease > 0);
  for (int64_t at : {0, 1, 50, 99}) {
    CacheLookup other = cache->get_or_lease_at("k", at * kMs);
    CHECK(other.outcome == Status::kWait);
    CHECK(other.lease == 0);
    CHECK(other.wait_ns == (100 - at) * kMs);
  }
  CacheLookup elsewhere = cache->get_or_lease_at("other", 0);
  CHECK(elsewhere.lease > 0);
  CHECK(elsewhere.lease != first.lease);
  CHECK(cache->fill_at("k", first.lease, "v", {}, 99 * kMs) == Status::kOk);
  CHECK(cache->get_or_lease_at("k", 99 * kMs).value.bytes() == "v");
  CHECK(cache->fill_at("k", first.lease, "again", {}, 99 * kMs) == Status::kLapsed);
  CHECK(cache->get_at("k", 99 * kMs).value.bytes() == "v");
}

TEST_CASE("a loader that died blocks its key until the lease's deadline and no longer") {
  auto cache = make_cache({{"lease_ms", "100"}});
  int64_t dead = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->get_or_lease_at("k", 100 * kMs - 1).outcome == Status::kWait);
  int64_t next = cache->get_or_lease_at("k", 100 * kMs).lease;
  REQUIRE(next > 0);
  CHECK(cache->fill_at("k", dead, "late", {}, 101 * kMs) == Status::kLapsed);
  CHECK(cache->get_at("k", 101 * kMs).outcome == Status::kMiss);
  CHECK(cache->fill_at("k", next, "v", {}, 101 * kMs) == Status::kOk);
  CHECK(cache->stats().totals.leases_lapsed == 1);
}

TEST_CASE("a lease past its deadline fills nothing even when nobody else asked") {
  auto cache = make_cache({{"lease_ms", "100"}});
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->fill_at("k", lease, "v", {}, 100 * kMs) == Status::kLapsed);
}

TEST_CASE("what changes a key withdraws its lease") {
  auto cache = make_cache();
  auto stands_after = [&](auto change) {
    cache->clear();
    int64_t lease = cache->get_or_lease_at("k", 0).lease;
    REQUIRE(lease > 0);
    change();
    return cache->fill_at("k", lease, "old", {}, 0) == Status::kOk;
  };
  CHECK_FALSE(stands_after([&] { cache->erase_at("k", 0); }));
  CHECK_FALSE(stands_after([&] { cache->set_at("k", "new", {}, 0); }));
  CHECK(cache->get_at("k", 0).value.bytes() == "new");
  CHECK_FALSE(stands_after([&] { cache->set_absent_at("k", 0, 0); }));
  CHECK_FALSE(stands_after([&] { cache->clear(); }));
  CHECK(stands_after([&] { cache->get_at("k", 0); }));
  CHECK(stands_after([&] { cache->erase_at("other", 0); }));
  CHECK(stands_after([&] { cache->set_at("other", "v", {}, 0); }));
}

TEST_CASE("after a delete the next miss gets a lease of its own") {
  auto cache = make_cache();
  int64_t first = cache->get_or_lease_at("k", 0).lease;
  cache->erase_at("k", 0);
  int64_t second = cache->get_or_lease_at("k", 0).lease;
  REQUIRE(second > 0);
  CHECK(second != first);
  CHECK(cache->fill_at("k", first, "old", {}, 0) == Status::kLapsed);
  CHECK(cache->get_or_lease_at("k", 0).outcome == Status::kWait);  // the second still stands
  CHECK(cache->fill_at("k", second, "new", {}, 0) == Status::kOk);
  CHECK(cache->get_at("k", 0).value.bytes() == "new");
}

TEST_CASE("a lease is no good for another key, nor is a number that was never given out") {
  auto cache = make_cache();
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->fill_at("other", lease, "v", {}, 0) == Status::kLapsed);
  for (int64_t bogus : {int64_t{0}, int64_t{-1}, lease + 1, INT64_MAX, INT64_MIN}) {
    CHECK(cache->fill_at("k", bogus, "v", {}, 0) == Status::kLapsed);
  }
  CHECK(cache->size() == 0);
  CHECK(cache->fill_at("k", lease, "v", {}, 0) == Status::kOk);
}

TEST_CASE("a lease given up goes to the next caller") {
  auto cache = make_cache();
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->give_up_at("k", lease, 0));
  CHECK_FALSE(cache->give_up_at("k", lease, 0));
  CHECK(cache->get_or_lease_at("k", 0).lease > 0);
}

TEST_CASE("an absence can be filled") {
  auto cache = make_cache({{"negative_ttl_ms", "10"}});
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->fill_absent_at("k", lease, CachePut::kDefaultTtl, 0) == Status::kOk);
  CHECK(cache->get_or_lease_at("k", 9 * kMs).outcome == Status::kAbsent);
  CHECK(cache->get_or_lease_at("k", 10 * kMs).lease > 0);
}

TEST_CASE("while one caller loads anew the others take the stale value") {
  auto cache = make_cache({{"ttl_ms", "100"}, {"stale_ms", "50"}, {"lease_ms", "20"}});
  cache->set_at("k", "v1", {}, 0);
  CHECK(cache->get_or_lease_at("k", 100 * kMs - 1).outcome == Status::kOk);
  CacheLookup loader = cache->get_or_lease_at("k", 100 * kMs);
  CHECK(loader.outcome == Status::kMiss);
  CHECK(loader.lease > 0);
  CHECK(loader.value.bytes() == "v1");
  CacheLookup other = cache->get_or_lease_at("k", 110 * kMs);
  CHECK(other.outcome == Status::kStale);
  CHECK(other.lease == 0);
  CHECK(other.value.bytes() == "v1");
  CHECK(cache->get_at("k", 110 * kMs).outcome == Status::kMiss);  // get() is fresh or nothing
  CHECK(cache->get_or_lease_at("k", 120 * kMs).lease > 0);        // the first one's has lapsed
  CHECK(cache->get_or_lease_at("k", 139 * kMs).outcome == Status::kStale);
  CacheLookup last = cache->get_or_lease_at("k", 150 * kMs);
  CHECK(last.lease > 0);
  CHECK_FALSE(last.value);
  CHECK(cache->get_or_lease_at("k", 150 * kMs).outcome == Status::kWait);
  CHECK(cache->fill_at("k", last.lease, "v2", {}, 151 * kMs) == Status::kOk);
  CHECK(cache->get_or_lease_at("k", 250 * kMs).value.bytes() == "v2");
  CHECK(cache->stats().stale_hits == 2);
}

TEST_CASE("leases are bounded, the oldest goes first") {
  auto cache = make_cache({{"max_leases", "3"}, {"shards", "1"}});
  int64_t leases[4];
  const char* keys[] = {"a", "b", "c", "d"};
  for (int i = 0; i < 4; ++i) leases[i] = cache->get_or_lease_at(keys[i], i).lease;
  CHECK(cache->stats().totals.leases == 3);
  CHECK(cache->fill_at("a", leases[0], "v", {}, 5) == Status::kLapsed);
  for (int i = 1; i < 4; ++i) CHECK(cache->fill_at(keys[i], leases[i], "v", {}, 5) == Status::kOk);
}

TEST_CASE("lapsed leases do not gather") {
  auto cache = make_cache({{"lease_ms", "1"}, {"shards", "1"}});
  for (int i = 0; i < 10'000; ++i) cache->get_or_lease_at(std::to_string(i), i * kMs);
  CHECK(cache->stats().totals.leases <= 2);
}

}  // namespace og
