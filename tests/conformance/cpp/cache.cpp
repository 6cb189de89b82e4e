// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

json found(const Lookup& lookup) {
  return lookup ? json{{"value", lookup.value.string()}} : word(lookup.status);
}

class CacheDriver : public Driver {
 public:
  explicit CacheDriver(const Setup& setup) : cache_(setup.options, setup.clock) {}

  json step(const json& step, std::int64_t) override {
    return answer([&] { return answer_to(step); });
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op"), key = step.value("key", "");
    const std::string value = step.value("value", "");
    const Duration ttl = ms_of(step, "ttl_ms", kDefaultTtl);
    if (op == "set" && step.contains("weight")) {
      return word(cache_.set_weighted(key, value, step["weight"], ttl));
    }
    if (op == "set") return word(cache_.set(key, value, ttl));
    if (op == "set_absent") return word(cache_.set_absent(key, ttl));
    if (op == "get") return found(cache_.pin(key));
    if (op == "get_many") return many(step.at("keys").get<std::vector<std::string>>());
    if (op == "copy") return copy(key, step.at("capacity"));
    if (op == "lease") return lease(key, step.value("as", ""));
    if (op == "fill") return word(held(key, step).fill(value, ttl));
    if (op == "fill_absent") return word(held(key, step).fill_absent(ttl));
    if (op == "give_up") return word(held(key, step).give_up());
    if (op == "delete") return word(cache_.remove(key));
    if (op == "clear") return cache_.clear(), "ok";
    if (op == "stat") return stat(step.at("name"));
    throw std::runtime_error("unknown op " + op);
  }

  json many(const std::vector<std::string>& names) const {
    json out = json::array();
    for (const Lookup& lookup : cache_.pin_many(Keys(names))) out.push_back(found(lookup));
    return out;
  }
  json copy(const std::string& key, std::size_t capacity) const {
    std::string out(capacity, '\0');
    std::int64_t size = cache_.get(key, out.data(), out.size());
    if (size < 0) return word(static_cast<Status>(size));
    return {{"size", size}, {"bytes", out.substr(0, static_cast<std::size_t>(size))}};
  }
  json lease(const std::string& key, const std::string& as) {
    LeasedLookup seen = cache_.get_or_lease(key);
    json outcome = seen.status == Status::ok ? json("hit") : word(seen.status);
    if (seen.lease) {
      outcome = "lease";
      leases_[as] = seen.lease.let_go();  // vectors use some of them twice
    }
    return {{"outcome", outcome}, {"value", or_null(seen.value)}, {"wait_ms", whole_ms(seen.wait)}};
  }
  Lease held(const std::string& key, const json& step) const {
    return cache_.adopt(key, leases_.at(step.at("lease")));
  }
  json stat(const std::string& name) const {
    static const std::map<std::string, CacheStat> kStats = {
        {"entries", CacheStat::entries},
        {"bytes", CacheStat::bytes},
        {"leases", CacheStat::leases},
        {"hits", CacheStat::hits},
        {"negative_hits", CacheStat::negative_hits},
        {"stale_hits", CacheStat::stale_hits},
        {"misses", CacheStat::misses},
        {"waits", CacheStat::waits},
        {"evictions", CacheStat::evictions},
        {"expirations", CacheStat::expirations},
        {"too_large", CacheStat::too_large}};
    return cache_.stat(kStats.at(name));
  }

  Cache cache_;
  std::map<std::string, std::int64_t> leases_;
};

}  // namespace

std::unique_ptr<Driver> make_cache_driver(const Setup& setup) {
  return std::make_unique<CacheDriver>(setup);
}

}  // namespace outgrow::conformance
