// SPDX-License-Identifier: Apache-2.0
// set {value, ttl_ms, weight}, set_absent {ttl_ms} -> "ok" | "full"; get -> {"value"} | "miss" |
// "absent"; get_many {keys} -> [...]; copy {capacity} -> {"size", "bytes"}; lease {as} ->
// {"outcome": "lease" | "hit" | "stale" | "wait" | "absent", "value", "wait_ms"}; fill {lease,
// value, ttl_ms}, fill_absent {lease, ttl_ms}, give_up {lease} -> "ok" | "lapsed" | "full"; delete
// -> "ok" | "miss"; clear; stat {name} -> number.
#include "core/cache/cache.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class CacheDriver : public Driver {
 public:
  explicit CacheDriver(const Setup& setup)
      : cache_(must(Cache::create(setup.config, setup.clock))) {}

  json step(const json& step, int64_t) override {
    std::string op = step.at("op");
    std::string key = step.value("key", "");
    int64_t ttl =
        step.contains("ttl_ms") ? step["ttl_ms"].get<int64_t>() * 1'000'000 : CachePut::kDefaultTtl;
    if (op == "set") {
      return word(cache_->set(key, step.at("value").get<std::string>(),
                              {.ttl_ns = ttl, .weight = step.value("weight", int64_t{0})}));
    }
    if (op == "set_absent") return word(cache_->set_absent(key, ttl));
    if (op == "get") return found(cache_->get(key));
    if (op == "get_many") return many(step.at("keys").get<std::vector<std::string>>());
    if (op == "copy") {
      std::string out(step.at("capacity").get<size_t>(), '\0');
      int64_t size = cache_->copy(key, out.data(), static_cast<int64_t>(out.size()));
      if (size < 0) return word(static_cast<Status>(size));
      return {{"size", size}, {"bytes", out.substr(0, static_cast<size_t>(size))}};
    }
    if (op == "lease") return lease(key, step.value("as", ""));
    if (op == "fill") {
      return word(
          cache_->fill(key, held(step), step.at("value").get<std::string>(), {.ttl_ns = ttl}));
    }
    if (op == "fill_absent") return word(cache_->fill_absent(key, held(step), ttl));
    if (op == "give_up") return cache_->give_up(key, held(step)) ? "ok" : "lapsed";
    if (op == "delete") return cache_->erase(key) ? "ok" : "miss";
    if (op == "clear") return cache_->clear(), "ok";
    if (op == "stat") return stat(step.at("name"));
    throw std::runtime_error("unknown op " + op);
  }

 private:
  static json word(Status status) {
    switch (status) {
      case Status::kOk:
        return "ok";
      case Status::kFull:
        return "full";
      case Status::kLapsed:
        return "lapsed";
      case Status::kMiss:
        return "miss";
      case Status::kAbsent:
        return "absent";
      case Status::kStale:
        return "stale";
      case Status::kWait:
        return "wait";
      default:
        return "invalid";
    }
  }
  static json found(const CacheLookup& lookup) {
    if (lookup.outcome != Status::kOk) return word(lookup.outcome);
    return {{"value", std::string(lookup.value.bytes())}};
  }
  json many(const std::vector<std::string>& keys) {
    std::vector<std::string_view> views(keys.begin(), keys.end());
    std::vector<CacheLookup> lookups(keys.size());
    cache_->get_many(views.data(), views.size(), lookups.data());
    json out = json::array();
    for (const CacheLookup& lookup : lookups) out.push_back(found(lookup));
    return out;
  }
  json lease(const std::string& key, const std::string& as) {
    CacheLookup lookup = cache_->get_or_lease(key);
    json out = {{"outcome", word(lookup.outcome)}};
    if (lookup.outcome == Status::kOk) out["outcome"] = "hit";
    if (lookup.lease > 0) {
      out["outcome"] = "lease";
      leases_[as] = lookup.lease;
    }
    out["value"] = lookup.value ? json(std::string(lookup.value.bytes())) : json();
    out["wait_ms"] = lookup.wait_ns / 1'000'000;
    return out;
  }
  int64_t held(const json& step) const { return leases_.at(step.at("lease")); }
  json stat(const std::string& name) const {
    CacheStats now = cache_->stats();
    const std::map<std::string, int64_t> all = {{"entries", now.totals.entries},
                                                {"bytes", now.totals.bytes},
                                                {"leases", now.totals.leases},
                                                {"hits", now.hits},
                                                {"negative_hits", now.negative_hits},
                                                {"stale_hits", now.stale_hits},
                                                {"misses", now.misses},
                                                {"waits", now.waits},
                                                {"evictions", now.totals.evictions},
                                                {"expirations", now.totals.expirations},
                                                {"too_large", now.totals.too_large}};
    return all.at(name);
  }

  std::unique_ptr<Cache> cache_;
  std::map<std::string, int64_t> leases_;
};

}  // namespace

std::unique_ptr<Driver> make_cache_driver(const Setup& setup) {
  return std::make_unique<CacheDriver>(setup);
}

}  // namespace og::conformance
