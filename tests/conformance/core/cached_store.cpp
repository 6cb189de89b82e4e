// SPDX-License-Identifier: Apache-2.0
// get -> {"value": text | null, "from": "cache" | "stale" | "buffer" | "store"}; set {value},
// delete -> "ok" | "full"; pump -> writes that reached the store; due_in -> ms | "none"; take {as}
// -> [[key, value | null]]; done {batch, result} -> "ok"; flush, close -> writes left; dead ->
// [[key, value | null, attempts, status]]; redrive, discard -> "ok" | "miss" | "full" | "closed";
// redrive_all -> number; stat {name} -> number. What fails is {"error": status}. Around it: evict;
// cached -> value | "miss" | "absent"; lease {as} -> "lease", fill {lease, value} -> "ok" |
// "lapsed": another's load; row -> value | null, put {value}: the store itself; fail {how}: its
// writes are "refused" or "applied" and fail all the same, its reads fail too with "reads", or
// null. "setup": {"cache": the cache's options}.
#include "core/cache/cached_store.h"

#include <map>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

class ToldStore final : public Store {
 public:
  explicit ToldStore(ClockPtr clock) : Store(std::move(clock)) {}
  const char* kind() const override { return "told"; }
  std::map<std::string, std::string> rows;
  std::string how;

 private:
  Result<std::optional<std::string>> do_get(std::string_view key) override {
    if (how == "reads") return og::fail(Status::kStore, "told to fail");
    auto found = rows.find(std::string(key));
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  Result<void> do_write(std::span<const StoreWrite> batch) override {
    for (const StoreWrite& write : batch) {
      if (how == "refused") break;
      rows.erase(std::string(write.key));
      if (write.value) rows[std::string(write.key)] = std::string(*write.value);
    }
    if (how == "refused" || how == "applied") return og::fail(Status::kStore, "told to fail");
    return {};
  }
};

json text_of(const std::optional<std::string_view>& value) {
  return value ? json(std::string(*value)) : json();
}

json word(Status status) {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kMiss:
      return "miss";
    case Status::kFull:
      return "full";
    case Status::kLapsed:
      return "lapsed";
    case Status::kClosed:
      return "closed";
    default:
      return {{"error", static_cast<int>(status)}};
  }
}

class CachedStoreDriver : public Driver {
 public:
  explicit CachedStoreDriver(const Setup& setup)
      : clock_(setup.clock), store_(std::make_shared<ToldStore>(setup.clock)) {
    Config config;
    if (setup.vector.contains("setup")) {
      for (const auto& [name, value] : setup.vector["setup"].at("cache").items()) {
        config.set(name, value.is_string() ? value.get<std::string>() : value.dump());
      }
    }
    cache_ = must(Cache::create(config, clock_));
    cached_ = must(CachedStore::create(setup.config, cache_, store_, nullptr));
  }

  json step(const json& step, int64_t now) override {
    std::string op = step.at("op"), key = step.value("key", ""), value = step.value("value", "");
    if (op == "get") return get(key);
    if (op == "set") return written(cached_->write(key, value));
    if (op == "delete") return written(cached_->write(key, std::nullopt));
    if (op == "pump") return cached_->pump_at(now);
    if (op == "due_in") {
      int64_t due = cached_->due_at(now);
      return due == kNeverExpires ? json("none")
                                  : json(std::max<int64_t>(0, due - now) / 1'000'000);
    }
    if (op == "take") return take(step.at("as"), now);
    if (op == "done") return done(step.at("batch"), step.at("result"), now);
    if (op == "flush") return cached_->flush(0);
    if (op == "close") return cached_->close(0);
    if (op == "dead") return dead();
    if (op == "redrive") return word(cached_->redrive_at(key, now));
    if (op == "redrive_all") return cached_->redrive_all_at(now);
    if (op == "discard") return cached_->discard(key) ? "ok" : "miss";
    if (op == "stat") return stat(step.at("name"));
    if (op == "evict") return cache_->clear(), "ok";
    if (op == "cached") return cached(cache_->get(key));
    if (op == "lease") {
      leases_[step.at("as")] = cache_->get_or_lease(key).lease;
      return leases_[step.at("as")] > 0 ? "lease" : "none";
    }
    if (op == "fill") return word(cache_->fill(key, leases_.at(step.at("lease")), value));
    if (op == "row") return store_->rows.contains(key) ? json(store_->rows[key]) : json();
    if (op == "put") return store_->rows[key] = value, "ok";
    if (op == "fail") return store_->how = step.at("how").is_null() ? "" : step["how"], "ok";
    throw std::runtime_error("unknown op " + op);
  }

 private:
  json get(const std::string& key) {
    static constexpr const char* kFrom[] = {"cache", "stale", "buffer", "store"};
    auto read = cached_->get(key);
    if (!read) return word(read.error().code);
    return {{"value", read->outcome == Status::kOk ? text_of(read->value.bytes()) : json()},
            {"from", kFrom[static_cast<size_t>(read->source)]}};
  }
  static json written(const Result<Status>& done) { return word(done ? *done : done.error().code); }
  json take(const std::string& as, int64_t now) {
    batches_[as] = cached_->take_at(now);
    json out = json::array();
    for (const StoreWrite& write : batches_[as].writes) {
      out.push_back({std::string(write.key), text_of(write.value)});
    }
    return out;
  }
  json done(const std::string& batch, const std::string& result, int64_t now) {
    Error error{Status::kStore, "told to fail", {}};
    cached_->complete_at(batches_.at(batch), result == "ok" ? nullptr : &error, now);
    return "ok";
  }
  json dead() const {
    json out = json::array();
    for (const DeadLetter& letter : cached_->dead_letters()) {
      StoreWrite write = view_write(letter.write);
      out.push_back({std::string(write.key), text_of(write.value), letter.attempts,
                     static_cast<int>(letter.error.code)});
    }
    return out;
  }
  static json cached(const CacheLookup& found) {
    if (found.outcome == Status::kAbsent) return "absent";
    return found.outcome == Status::kOk ? json(std::string(found.value.bytes())) : json("miss");
  }
  json stat(const std::string& name) const {
    CachedStoreStats now = cached_->stats();
    const std::map<std::string, int64_t> all = {
        {"pending", now.buffer.pending},         {"oldest_age", now.oldest_age_ns},
        {"writing", now.buffer.writing},         {"dead_letters", now.buffer.dead_letters},
        {"coalesced", now.buffer.coalesced},     {"batches", now.buffer.batches},
        {"stored", now.buffer.stored},           {"failed_attempts", now.buffer.failures},
        {"buried", now.buffer.buried},           {"loads", now.loads},
        {"load_failures", now.load_failures},    {"stale", now.stale},
        {"buffer_hits", now.buffer_hits},        {"writes", now.writes},
        {"write_failures", now.write_failures},  {"refused", now.refused},
        {"written_through", now.written_through}};
    return all.at(name);
  }

  std::shared_ptr<Clock> clock_;
  std::shared_ptr<ToldStore> store_;
  std::shared_ptr<Cache> cache_;
  std::unique_ptr<CachedStore> cached_;
  std::map<std::string, WriteBuffer::Batch> batches_;
  std::map<std::string, int64_t> leases_;
};

}  // namespace

std::unique_ptr<Driver> make_cached_store_driver(const Setup& setup) {
  return std::make_unique<CachedStoreDriver>(setup);
}

}  // namespace og::conformance
