// SPDX-License-Identifier: Apache-2.0
#include "cached_store_driver.h"

namespace outgrow::conformance {

struct Told {
  std::map<std::string, std::string> rows = {};
  std::string how = {};
};

class ToldStore : public CustomStore {
 public:
  explicit ToldStore(std::shared_ptr<Told> told) : told_(std::move(told)) {}

  std::optional<std::string> get(std::string_view key) override {
    if (told_->how == "reads") throw Error(Status::store, "told to fail");
    auto found = told_->rows.find(std::string(key));
    return found == told_->rows.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, std::string_view value) override { write({key, value}), end(); }
  void remove(std::string_view key) override { write({key, std::nullopt}), end(); }
  void batch_write(const BatchView& batch) override {
    for (Write each : batch) write(each);
    end();
  }

 private:
  void write(const Write& write) {
    if (told_->how == "refused") return;
    told_->rows.erase(std::string(write.key));
    if (write.value) told_->rows.emplace(write.key, *write.value);
  }
  void end() const {
    if (told_->how == "refused" || told_->how == "applied") {
      throw Error(Status::store, "told to fail");
    }
  }

  std::shared_ptr<Told> told_;
};

static json row_of(const Write& write) {
  return {std::string(write.key), write.value ? json(std::string(*write.value)) : json()};
}

struct CachedStoreDriver::Own {
  std::shared_ptr<Told> told = std::make_shared<Told>();
  std::map<std::string, CachedStore::TakenBatch> batches = {};
};

CachedStoreDriver::CachedStoreDriver(const Setup& setup) : own(std::make_shared<Own>()) {
  const json given = setup.vector.value("setup", json::object());
  cache = Cache(options_of(given.value("cache", json::object())), setup.clock);
  store = Store(std::make_unique<ToldStore>(own->told), setup.clock);
  cached_store = CachedStore(cache, store, setup.options);
}

json CachedStoreDriver::get(const json& step, std::int64_t) {
  static const char* const kFrom[] = {"cache", "stale", "buffer", "store"};
  return answer_or_status([&]() -> json {
    const SourcedLookup found = cached_store.get(text(step, "key"));
    return {{"value", or_null(found.value)}, {"from", kFrom[static_cast<int>(found.source)]}};
  });
}

json CachedStoreDriver::take(const json& step, std::int64_t) {
  auto& batch = own->batches[text(step, "as")] = cached_store.take_batch();
  json out = json::array();
  if (!batch) return out;
  for (Write write : batch.writes()) out.push_back(row_of(write));
  return out;
}

json CachedStoreDriver::done(const json& step, std::int64_t) {
  return answer_or_status([&] {
    const Status how = text(step, "result") == "ok" ? Status::ok : Status::store;
    return own->batches.at(step.at("batch")).done(how), "ok";
  });
}

json CachedStoreDriver::dead(const json&, std::int64_t) {
  json out = json::array();
  for (DeadLetter letter : cached_store.dead_letters()) {
    json row = row_of(letter.write);
    row.push_back(letter.attempts);
    row.push_back(static_cast<int>(letter.reason));
    out.push_back(row);
  }
  return out;
}

json CachedStoreDriver::cached(const json& step, std::int64_t) {
  const Lookup found = cache.pin(text(step, "key"));
  return found ? json(found.value.string()) : word(found.status);
}

json CachedStoreDriver::lease(const json& step, std::int64_t) {
  Lease lease = cache.get_or_lease(text(step, "key")).lease;
  if (!lease) return "none";
  held[text(step, "as")] = lease.let_go();
  return "lease";
}

json CachedStoreDriver::row(const json& step, std::int64_t) {
  const auto found = own->told->rows.find(text(step, "key"));
  return found == own->told->rows.end() ? json() : json(found->second);
}

json CachedStoreDriver::put(const json& step, std::int64_t) {
  return own->told->rows[text(step, "key")] = text(step, "value"), "ok";
}

json CachedStoreDriver::fail(const json& step, std::int64_t) {
  return own->told->how = step.at("how").is_null() ? "" : text(step, "how"), "ok";
}

}  // namespace outgrow::conformance
