// SPDX-License-Identifier: Apache-2.0
// The store is the program's: rows in a map, which fail as they are told to.
#include <map>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

struct Told {
  std::map<std::string, std::string> rows;
  std::string how;
};

class ToldStore : public CustomStore {
 public:
  explicit ToldStore(Told& told) : told_(told) {}

  std::optional<std::string> get(std::string_view key) override {
    if (told_.how == "reads") throw Error(Status::store, "told to fail");
    auto found = told_.rows.find(std::string(key));
    return found == told_.rows.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, std::string_view value) override { write({key, value}), end(); }
  void remove(std::string_view key) override { write({key, std::nullopt}), end(); }
  void batch_write(const BatchView& batch) override {
    for (Write each : batch) write(each);
    end();
  }

 private:
  void write(const Write& write) {
    if (told_.how == "refused") return;
    told_.rows.erase(std::string(write.key));
    if (write.value) told_.rows.emplace(write.key, *write.value);
  }
  void end() const {
    if (told_.how == "refused" || told_.how == "applied")
      throw Error(Status::store, "told to fail");
  }

  Told& told_;
};

json row_of(const Write& write) {
  return {std::string(write.key), write.value ? json(std::string(*write.value)) : json()};
}

class CachedStoreDriver : public Driver {
 public:
  explicit CachedStoreDriver(const Setup& setup)
      : cache_(
            options_of(setup.vector.value("setup", json::object()).value("cache", json::object())),
            setup.clock),
        store_(std::make_unique<ToldStore>(told_), setup.clock),
        cached_(cache_, store_, setup.options) {}

  json step(const json& step, std::int64_t) override {
    try {
      return answer_to(step);
    } catch (const Error& error) {
      if (error.status() == Status::closed) return "closed";
      return {{"error", static_cast<int>(error.status())}};
    }
  }

 private:
  json answer_to(const json& step) {
    const std::string op = step.at("op"), key = step.value("key", ""),
                      value = step.value("value", "");
    if (op == "get") return get(key);
    if (op == "set") return word(cached_.set(key, value));
    if (op == "delete") return word(cached_.remove(key));
    if (op == "pump") return cached_.pump();
    if (op == "due_in") {
      auto due = cached_.due_in();
      return due ? json(whole_ms(*due)) : json("none");
    }
    if (op == "take") return take(step.at("as"));
    if (op == "done") {
      batches_.at(step.at("batch")).done(step.at("result") == "ok" ? Status::ok : Status::store);
      return "ok";
    }
    if (op == "flush") return cached_.flush(Duration());
    if (op == "close") return cached_.close(Duration());
    if (op == "dead") return dead();
    if (op == "redrive") return word(cached_.redrive(key));
    if (op == "redrive_all") return cached_.redrive_all();
    if (op == "discard") return word(cached_.discard(key));
    if (op == "stat") return stat(step.at("name"));
    return around(op, step, key, value);
  }

  // What others do to the cache and the store.
  json around(const std::string& op, const json& step, const std::string& key,
              const std::string& value) {
    if (op == "evict") return cache_.clear(), "ok";
    if (op == "cached") {
      Lookup found = cache_.pin(key);
      return found ? json(found.value.string()) : word(found.status);
    }
    if (op == "lease") {
      leases_[step.at("as")] = cache_.get_or_lease(key).lease;
      return leases_[step.at("as")] ? "lease" : "none";
    }
    if (op == "fill") return word(leases_.at(step.at("lease")).fill(value));
    if (op == "row") return told_.rows.count(key) ? json(told_.rows[key]) : json();
    if (op == "put") return told_.rows[key] = value, "ok";
    if (op == "fail") {
      told_.how = step.at("how").is_null() ? "" : step["how"].get<std::string>();
      return "ok";
    }
    throw std::runtime_error("unknown op " + op);
  }

  json get(const std::string& key) {
    static const char* const kFrom[] = {"cache", "stale", "buffer", "store"};
    SourcedLookup found = cached_.get(key);
    return {{"value", or_null(found.value)}, {"from", kFrom[static_cast<int>(found.source)]}};
  }
  json take(const std::string& as) {
    batches_[as] = cached_.take_batch();
    json out = json::array();
    if (!batches_[as]) return out;
    for (Write write : batches_[as].writes()) out.push_back(row_of(write));
    return out;
  }
  json dead() const {
    json out = json::array();
    for (DeadLetter letter : cached_.dead_letters()) {
      json row = row_of(letter.write);
      row.push_back(letter.attempts);
      row.push_back(static_cast<int>(letter.reason));
      out.push_back(row);
    }
    return out;
  }
  json stat(const std::string& name) const {
    using Stat = CachedStoreStat;
    static const std::map<std::string, Stat> kStats = {{"pending", Stat::pending},
                                                       {"writing", Stat::writing},
                                                       {"dead_letters", Stat::dead_letters},
                                                       {"oldest_age", Stat::oldest_age},
                                                       {"coalesced", Stat::coalesced},
                                                       {"batches", Stat::batches},
                                                       {"stored", Stat::stored},
                                                       {"failed_attempts", Stat::failed_attempts},
                                                       {"buried", Stat::buried},
                                                       {"loads", Stat::loads},
                                                       {"load_failures", Stat::load_failures},
                                                       {"stale", Stat::stale},
                                                       {"buffer_hits", Stat::buffer_hits},
                                                       {"writes", Stat::writes},
                                                       {"write_failures", Stat::write_failures},
                                                       {"refused", Stat::refused},
                                                       {"written_through", Stat::written_through}};
    return cached_.stat(kStats.at(name));
  }

  Told told_;
  Cache cache_;
  Store store_;
  CachedStore cached_;
  std::map<std::string, CachedStore::TakenBatch> batches_;
  std::map<std::string, Lease> leases_;
};

}  // namespace

std::unique_ptr<Driver> make_cached_store_driver(const Setup& setup) {
  return std::make_unique<CachedStoreDriver>(setup);
}

}  // namespace outgrow::conformance
