// SPDX-License-Identifier: Apache-2.0
#include "cached_store_driver.h"

namespace og::conformance {

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

static json text_of(const std::optional<std::string_view>& value) {
  return value ? json(std::string(*value)) : json();
}

struct CachedStoreDriver::Own {
  std::shared_ptr<ToldStore> told;
  std::map<std::string, WriteBuffer::Batch> batches = {};
};

CachedStoreDriver::CachedStoreDriver(const Setup& setup)
    : own(std::make_shared<Own>(Own{std::make_shared<ToldStore>(setup.clock)})) {
  const json given = setup.vector.value("setup", json::object());
  store = own->told;
  cache = must(Cache::create(config_of(given.value("cache", json::object())), setup.clock));
  cached_store = must(CachedStore::create(setup.config, cache, store, nullptr));
}

json CachedStoreDriver::get(const json& step, int64_t) {
  static constexpr const char* kFrom[] = {"cache", "stale", "buffer", "store"};
  const auto read = cached_store->get(text(step, "key"));
  if (!read) return answer_outcome_or_status(read.error().code);
  return {{"value", read->outcome == Status::kOk ? text_of(read->value.bytes()) : json()},
          {"from", kFrom[static_cast<size_t>(read->source)]}};
}

json CachedStoreDriver::take(const json& step, int64_t now) {
  auto& batch = own->batches[text(step, "as")] = cached_store->take_at(now);
  json out = json::array();
  for (const StoreWrite& write : batch.writes) {
    out.push_back({std::string(write.key), text_of(write.value)});
  }
  return out;
}

json CachedStoreDriver::done(const json& step, int64_t now) {
  Error error{Status::kStore, "told to fail", {}};
  cached_store->complete_at(own->batches.at(step.at("batch")),
                            text(step, "result") == "ok" ? nullptr : &error, now);
  return "ok";
}

json CachedStoreDriver::dead(const json&, int64_t) {
  json out = json::array();
  for (const DeadLetter& letter : cached_store->dead_letters()) {
    const StoreWrite write = view_write(letter.write);
    out.push_back({std::string(write.key), text_of(write.value), letter.attempts,
                   static_cast<int>(letter.error.code)});
  }
  return out;
}

json CachedStoreDriver::cached(const json& step, int64_t) {
  const CacheLookup found = cache->get(text(step, "key"));
  return found.outcome == Status::kOk ? text_of(found.value.bytes()) : word(found.outcome);
}

json CachedStoreDriver::lease(const json& step, int64_t) {
  const int64_t lease = cache->get_or_lease(text(step, "key")).lease;
  held[text(step, "as")] = lease;
  return lease > 0 ? "lease" : "none";
}

json CachedStoreDriver::row(const json& step, int64_t) {
  const auto found = own->told->rows.find(text(step, "key"));
  return found == own->told->rows.end() ? json() : json(found->second);
}

json CachedStoreDriver::put(const json& step, int64_t) {
  return own->told->rows[text(step, "key")] = text(step, "value"), "ok";
}

json CachedStoreDriver::fail(const json& step, int64_t) {
  return own->told->how = step.at("how").is_null() ? "" : text(step, "how"), "ok";
}

json CachedStoreDriver::stat(const json& step, int64_t) {
  const CachedStoreStats now = cached_store->stats();
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
  return all.at(step.at("name"));
}

}  // namespace og::conformance
