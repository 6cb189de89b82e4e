// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tests/core/cache_fixture.h"

namespace og {
namespace {

Error error_of(std::initializer_list<std::pair<const char*, const char*>> options) {
  Config config;
  for (auto [name, value] : options) config.set(name, value);
  auto cache = Cache::create(config, make_manual_clock());
  REQUIRE(!cache);
  return cache.error();
}

}  // namespace

TEST_CASE("a cache gives back what was set, for any bytes") {
  auto cache = make_cache();
  const std::string keys[] = {"",
                              "a",
                              std::string("\0", 1),
                              std::string("a\0b", 3),
                              "\xF0\x9F\x98\x80",
                              std::string(100'000, 'k')};
  for (const auto& key : keys) {
    CHECK(cache->get(key).outcome == Status::kMiss);
    CHECK(cache->set(key, "value of " + key) == Status::kOk);
  }
  for (const auto& key : keys) {
    CacheLookup found = cache->get(key);
    REQUIRE(found.outcome == Status::kOk);
    CHECK(found.value.bytes() == "value of " + key);
    CHECK(cache->erase(key));
    CHECK_FALSE(cache->erase(key));
    CHECK(cache->get(key).outcome == Status::kMiss);
    CHECK(found.value.bytes() == "value of " + key);  // a reference outlives its entry
  }
  CHECK(cache->size() == 0);
  CHECK(cache->bytes() == 0);
}

TEST_CASE("an empty value is a value and an absence is neither value nor miss") {
  auto cache = make_cache();
  CHECK(cache->set("empty", "") == Status::kOk);
  CHECK(cache->get("empty").outcome == Status::kOk);
  CHECK(cache->copy("empty", nullptr, 0) == 0);
  CHECK(cache->set_absent("none") == Status::kOk);
  CHECK(cache->get("none").outcome == Status::kAbsent);
  CHECK_FALSE(cache->get("none").value);
  CHECK(cache->copy("none", nullptr, 0) == static_cast<int64_t>(Status::kAbsent));
  CHECK(cache->copy("else", nullptr, 0) == static_cast<int64_t>(Status::kMiss));
  CHECK(cache->set("none", "now it is there") == Status::kOk);
  CHECK(cache->get("none").value.bytes() == "now it is there");
}

TEST_CASE("a copy is cut at the buffer's end and says the whole size") {
  auto cache = make_cache();
  cache->set("k", "0123456789");
  char buffer[12];
  for (int64_t capacity : {0, 1, 9, 10, 11}) {
    std::fill(std::begin(buffer), std::end(buffer), '#');
    CHECK(cache->copy("k", buffer, capacity) == 10);
    auto copied = static_cast<size_t>(std::min<int64_t>(capacity, 10));
    CHECK(std::string(buffer, 12) ==
          std::string("0123456789").substr(0, copied) + std::string(12 - copied, '#'));
  }
}

TEST_CASE("many lookups answer like one each") {
  auto cache = make_cache();
  std::vector<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.push_back("key" + std::to_string(i));
  for (size_t i = 0; i < keys.size(); i += 3) cache->set(keys[i], "v" + keys[i]);
  cache->set_absent("key1");
  std::vector<std::string_view> views(keys.begin(), keys.end());
  std::vector<CacheLookup> found(keys.size());
  cache->get_many(views.data(), views.size(), found.data());
  for (size_t i = 0; i < keys.size(); ++i) {
    CacheLookup alone = cache->get(keys[i]);
    CHECK(found[i].outcome == alone.outcome);
    CHECK(found[i].value.bytes() == alone.value.bytes());
  }
  CHECK(found[0].outcome == Status::kOk);
  CHECK(found[1].outcome == Status::kAbsent);
  CHECK(found[2].outcome == Status::kMiss);
  cache->get_many(nullptr, 0, nullptr);
}

TEST_CASE("a value outlives its cache") {
  auto cache = make_cache();
  cache->set("k", "still here");
  CacheValue value = cache->get("k").value;
  CacheValue again = value;
  cache.reset();
  value = {};
  CHECK(again.bytes() == "still here");
}

TEST_CASE("cache options are checked") {
  CHECK(error_of({{"capacity_bytes", "0"}}).option == "capacity_bytes");
  CHECK(error_of({{"shards", "3"}}).option == "shards");
  CHECK(error_of({{"shards", "8"}, {"capacity_entries", "4"}}).option == "shards");
  CHECK(error_of({{"ttl_jitter", "1.5"}}).option == "ttl_jitter");
  CHECK(error_of({{"capacity_byte", "1"}}).code == Status::kUnknownOption);
  CHECK(make_cache({{"capacity_entries", "1000"}})->settings().shards == 1);
  CHECK(make_cache({{"capacity_entries", "1000"}})->settings().capacity_bytes == 0);
  CHECK(make_cache({{"capacity_bytes", "64MiB"}})->settings().shards == 4);
  CHECK(make_cache({{"capacity_bytes", "8GiB"}})->settings().shards == 16);
  CHECK(make_cache({{"capacity_bytes", "8GiB"}, {"shards", "64"}})->settings().shards == 64);
}

}  // namespace og
