// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "core/base/random.h"
#include "tests/core/cache_fixture.h"

namespace og {

TEST_CASE("the budget in bytes is kept at every step, and used") {
  for (const char* shards : {"1", "8"}) {
    auto cache = make_cache({{"capacity_bytes", "256KiB"}, {"shards", shards}});
    Random random(11);
    int64_t most = 0;
    for (int i = 0; i < 20'000; ++i) {
      std::string key = "k" + std::to_string(random.below(3000));
      if (random.below(10) == 0) {
        cache->erase_at(key, 0);
      } else {
        cache->set_at(key, std::string(random.below(2000), 'x'), {}, 0);
      }
      most = std::max(most, cache->bytes());
      REQUIRE(cache->bytes() <= 256 * 1024);
    }
    CHECK(most > 256 * 1024 * 9 / 10);
    CHECK(cache->stats().totals.evictions > 0);
  }
}

TEST_CASE("the budget in entries is kept at every step, and used") {
  auto cache = make_cache({{"capacity_entries", "100"}});
  for (int i = 0; i < 1000; ++i) {
    cache->set_at(std::to_string(i), "v", {}, 0);
    REQUIRE(cache->size() == std::min(i + 1, 100));
  }
}

TEST_CASE("both budgets hold where both are given") {
  auto cache = make_cache({{"capacity_bytes", "10000"}, {"capacity_entries", "20"}});
  for (int i = 0; i < 100; ++i) cache->set_at(std::to_string(i), "v", {}, 0);
  CHECK(cache->size() == 20);
  for (int i = 0; i < 100; ++i) cache->set_at(std::to_string(i), std::string(1000, 'v'), {}, 0);
  CHECK(cache->bytes() <= 10'000);
  CHECK(cache->size() == 8);  // of 1,161 or 1,162 bytes each
}

TEST_CASE("bytes charged are key, value and overhead, or the weight given") {
  auto cache = make_cache();
  cache->set_at("four", "12345678", {}, 0);
  CHECK(cache->bytes() == 4 + 8 + Cache::kEntryOverhead);
  cache->set_at("four", "1", {}, 0);
  CHECK(cache->bytes() == 4 + 1 + Cache::kEntryOverhead);
  cache->set_at("four", "1", {.weight = 5000}, 0);
  CHECK(cache->bytes() == 4 + 5000 + Cache::kEntryOverhead);
  cache->set_absent_at("four", 0, 0);
  CHECK(cache->bytes() == 4 + Cache::kEntryOverhead);
}

// Whose bytes nobody reads: there need not be so many.
TEST_CASE("a value of more than 2 GiB is refused and takes the key's old value and lease with it") {
  auto cache = make_cache();
  const char byte = 'x';
  const std::string_view huge(&byte, static_cast<size_t>(kMaxCacheValueBytes) + 1);
  cache->set_at("k", "old", {}, 0);
  CHECK(cache->set_at("k", huge, {}, 0) == Status::kFull);
  CHECK(cache->get_at("k", 0).outcome == Status::kMiss);
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->set_at("k", huge, {}, 0) == Status::kFull);
  CHECK(cache->fill_at("k", lease, "of before", {}, 0) == Status::kLapsed);
  lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->fill_at("k", lease, huge, {}, 0) == Status::kFull);
  CHECK(cache->get_or_lease_at("k", 0).lease > 0);  // it is not out any more
  CHECK(cache->stats().totals.too_large == 3);
  CHECK(cache->stats().totals.entries == 0);
}

TEST_CASE("weights without a budget of bytes have a sum that is a number") {
  auto cache = make_cache({{"capacity_entries", "100"}, {"shards", "2"}});
  for (int i = 0; i < 50; ++i) {
    CHECK(cache->set_at("k" + std::to_string(i), "v", {.weight = INT64_MAX}, 0) == Status::kOk);
  }
  CHECK(cache->bytes() / 50 > int64_t{1} << 50);
  CHECK(cache->size() == 50);
}

TEST_CASE("a value larger than the cache is refused and takes the key's old value with it") {
  auto cache = make_cache({{"capacity_bytes", "4KiB"}});
  cache->set_at("k", "old", {}, 0);
  cache->set_at("other", "v", {}, 0);
  CHECK(cache->set_at("k", std::string(4096, 'x'), {}, 0) == Status::kFull);
  CHECK(cache->get_at("k", 0).outcome == Status::kMiss);
  CHECK(cache->get_at("other", 0).outcome == Status::kOk);
  int64_t lease = cache->get_or_lease_at("k", 0).lease;
  CHECK(cache->fill_at("k", lease, std::string(4096, 'x'), {}, 0) == Status::kFull);
  CHECK(cache->get_or_lease_at("k", 0).lease > 0);  // the refused fill gave its lease back
  CHECK(cache->set_at("k", "v", {.weight = INT64_MAX}, 0) == Status::kFull);
  CHECK(cache->stats().totals.too_large == 3);
  // The largest that fits: all of the budget but overhead and key.
  auto room = static_cast<size_t>(4096 - Cache::kEntryOverhead - 1);
  CHECK(cache->set_at("k", std::string(room + 1, 'x'), {}, 0) == Status::kFull);
  CHECK(cache->set_at("k", std::string(room, 'x'), {}, 0) == Status::kOk);
  CHECK(cache->bytes() == 4096);
}

TEST_CASE("a scan ten times the cache's size leaves what is in use in place") {
  auto cache = make_cache({{"capacity_entries", "1000"}});
  auto hot = [](int i) { return "hot" + std::to_string(i); };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 500; ++i) {
      if (cache->get_at(hot(i), 0).outcome != Status::kOk) cache->set_at(hot(i), "v", {}, 0);
    }
  }
  for (int i = 0; i < 10'000; ++i) cache->set_at("scan" + std::to_string(i), "v", {}, 0);
  int kept = 0;
  for (int i = 0; i < 500; ++i) kept += cache->get_at(hot(i), 0).outcome == Status::kOk;
  CHECK(kept == 500);  // LRU would have kept none
}

TEST_CASE("a key that comes back soon after its eviction is kept the second time") {
  auto cache = make_cache({{"capacity_entries", "100"}});
  for (int i = 0; i < 100; ++i) {  // fills the main queue: hit while on probation
    cache->set_at("main" + std::to_string(i), "v", {}, 0);
    cache->get_at("main" + std::to_string(i), 0);
  }
  auto scan = [&, n = 0](int count) mutable {
    for (int i = 0; i < count; ++i) cache->set_at("scan" + std::to_string(n++), "v", {}, 0);
  };
  cache->set_at("k", "v", {}, 0);
  scan(30);
  REQUIRE(cache->get_at("k", 0).outcome == Status::kMiss);  // fell out of probation
  cache->set_at("k", "v", {}, 0);
  scan(30);
  CHECK(cache->get_at("k", 0).outcome == Status::kOk);  // was remembered, and went to main
}

TEST_CASE("replacing a value keeps the place its key has earned") {
  auto cache = make_cache({{"capacity_entries", "100"}});
  cache->set_at("k", "v0", {}, 0);
  for (int i = 0; i < 5000; ++i) {
    cache->set_at("scan" + std::to_string(i), "v", {}, 0);
    if (i % 50 == 0) cache->set_at("k", "v" + std::to_string(i), {}, 0);
  }
  CHECK(cache->get_at("k", 0).value.bytes() == "v4950");
}

TEST_CASE("clear empties, and the cache goes on as new") {
  auto cache = make_cache({{"capacity_entries", "100"}, {"shards", "4"}});
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 1000; ++i) cache->set_at(std::to_string(i), "v", {}, 0);
    CHECK(cache->size() > 80);
    CacheValue held = cache->get_at("999", 0).value;
    REQUIRE(held);
    cache->clear();
    CHECK(cache->size() == 0);
    CHECK(cache->bytes() == 0);
    CHECK(cache->get_at("999", 0).outcome == Status::kMiss);
    CHECK(held.bytes() == "v");
  }
}

}  // namespace og
