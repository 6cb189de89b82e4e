// SPDX-License-Identifier: Apache-2.0
// Random operations, each answer compared with a map that knows nothing of queues or tables.
#include <map>
#include <optional>
#include <string>

#include "core/base/random.h"
#include "tests/core/cache_fixture.h"

namespace og {
namespace {

constexpr int64_t kTtl = 50 * kMs, kNegativeTtl = 20 * kMs, kStale = 30 * kMs, kLease = 25 * kMs;

// A cache without bounds, in the plainest words.
class Model {
 public:
  struct Answer {
    Status outcome;
    std::string value;
    bool lease = false;
  };

  Answer get(const std::string& key, int64_t now) const {
    const Item* item = find(key);
    if (item == nullptr || now >= item->fresh_until) return {Status::kMiss, ""};
    if (!item->value) return {Status::kAbsent, ""};
    return {Status::kOk, *item->value};
  }
  Answer get_or_lease(const std::string& key, int64_t now, int64_t lease) {
    Answer fresh = get(key, now);
    if (fresh.outcome != Status::kMiss) return fresh;
    const Item* item = find(key);
    bool stale = item != nullptr && item->value && now < item->fresh_until + kStale;
    std::string value = stale ? *item->value : "";
    auto standing = leases_.find(key);
    if (standing != leases_.end() && now < standing->second.second) {
      return {stale ? Status::kStale : Status::kWait, value};
    }
    leases_[key] = {lease, now + kLease};
    return {Status::kMiss, value, true};
  }
  Status fill(const std::string& key, int64_t lease, std::optional<std::string> value, int64_t ttl,
              int64_t now) {
    auto standing = leases_.find(key);
    if (standing == leases_.end() || standing->second.first != lease) return Status::kLapsed;
    bool stands = now < standing->second.second;
    leases_.erase(standing);
    if (!stands) return Status::kLapsed;
    set(key, std::move(value), ttl, now);
    return Status::kOk;
  }
  void set(const std::string& key, std::optional<std::string> value, int64_t ttl, int64_t now) {
    leases_.erase(key);
    if (ttl < 0) ttl = value ? kTtl : kNegativeTtl;
    items_[key] = {std::move(value), ttl == 0 ? INT64_MAX - kStale : now + ttl};
  }
  bool erase(const std::string& key, int64_t now) {
    leases_.erase(key);
    const Item* item = find(key);
    bool usable = item != nullptr && now < item->fresh_until + (item->value ? kStale : 0);
    items_.erase(key);
    return usable;
  }
  void clear() { items_.clear(), leases_.clear(); }

 private:
  struct Item {
    std::optional<std::string> value;
    int64_t fresh_until;
  };
  const Item* find(const std::string& key) const {
    auto found = items_.find(key);
    return found == items_.end() ? nullptr : &found->second;
  }
  std::map<std::string, Item> items_;
  std::map<std::string, std::pair<int64_t, int64_t>> leases_;
};

void run(uint64_t seed, const char* shards) {
  Config config;
  config.set("shards", shards);
  config.set("ttl_ms", "50");
  config.set("negative_ttl_ms", "20");
  config.set("stale_ms", "30");
  config.set("lease_ms", "25");
  auto made = Cache::create(config, make_manual_clock());
  if (!made) FAIL(made.error().message);
  Cache& cache = **made;
  Model model;
  Random random(seed);
  std::map<std::string, int64_t> given;  // the last lease of each key
  int64_t now = 0;
  int outcomes[40] = {};
  for (int i = 0; i < 20'000; ++i) {
    now += static_cast<int64_t>(random.below(3)) * kMs;
    std::string key = "key" + std::to_string(random.below(40));
    std::string value = "value" + std::to_string(i);
    int64_t ttl = random.below(4) == 0 ? static_cast<int64_t>(random.below(60)) * kMs : -1;
    switch (random.below(16)) {
      case 0:
        REQUIRE(cache.set_at(key, value, {.ttl_ns = ttl}, now) == Status::kOk);
        model.set(key, value, ttl, now);
        break;
      case 1:
        REQUIRE(cache.set_absent_at(key, ttl, now) == Status::kOk);
        model.set(key, std::nullopt, ttl, now);
        break;
      case 2:
        REQUIRE(cache.erase_at(key, now) == model.erase(key, now));
        break;
      case 3:
      case 4:
      case 5: {
        int64_t lease = given[key];
        bool absent = random.below(4) == 0;
        Status seen = absent ? cache.fill_absent_at(key, lease, ttl, now)
                             : cache.fill_at(key, lease, value, {.ttl_ns = ttl}, now);
        std::optional<std::string> filled;
        if (!absent) filled = value;
        REQUIRE(seen == model.fill(key, lease, filled, ttl, now));
        ++outcomes[-static_cast<int>(seen)];
        break;
      }
      case 6:
      case 7:
      case 8:
      case 9:
      case 10: {
        CacheLookup seen = cache.get_or_lease_at(key, now);
        Model::Answer wanted = model.get_or_lease(key, now, seen.lease);
        REQUIRE(seen.outcome == wanted.outcome);
        REQUIRE(seen.value.bytes() == wanted.value);
        REQUIRE((seen.lease > 0) == wanted.lease);
        if (seen.lease > 0) given[key] = seen.lease;
        ++outcomes[-static_cast<int>(seen.outcome)];
        break;
      }
      case 11:
        if (random.below(500) == 0) cache.clear(), model.clear();
        break;
      default: {
        CacheLookup seen = cache.get_at(key, now);
        Model::Answer wanted = model.get(key, now);
        REQUIRE(seen.outcome == wanted.outcome);
        REQUIRE(seen.value.bytes() == wanted.value);
      }
    }
  }
  for (Status outcome : {Status::kOk, Status::kMiss, Status::kAbsent, Status::kWait,
                         Status::kLapsed, Status::kStale}) {
    CHECK(outcomes[-static_cast<int>(outcome)] > 10);  // the walk went everywhere
  }
}

}  // namespace

TEST_CASE("the cache answers as a map does, on one shard and on several") {
  for (uint64_t seed = 1; seed <= 5; ++seed) run(seed, "1");
  for (uint64_t seed = 6; seed <= 10; ++seed) run(seed, "8");
}

}  // namespace og
