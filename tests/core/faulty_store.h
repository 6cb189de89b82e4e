// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cache/cached_store.h"
#include "tests/core/cache_fixture.h"

namespace og {

// A store in memory that does as it is told: fails, fails after all (what a timeout hides), applies
// half a batch, calls back in the middle of its work. Keeps a log of every call that changes it.
class FaultyStore final : public Store {
 public:
  enum class Fault { kNone, kRefused, kApplied, kHalf };
  using Row = std::pair<std::string, std::optional<std::string>>;
  struct Call {
    std::vector<Row> writes;
    Fault fault;
  };

  FaultyStore() : Store(make_manual_clock()) {}
  const char* kind() const override { return "faulty"; }
  bool callable_from_library_threads() const override { return library_threads; }

  std::function<Fault(std::span<const StoreWrite>)> on_write;  // before anything is applied
  std::function<bool(std::string_view)> on_get;                // after reading; false: fails
  bool library_threads = true;

  std::optional<std::string> row(const std::string& key) const {
    std::lock_guard lock(mutex_);
    auto found = rows_.find(key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  void put(const std::string& key, const std::string& value) {
    std::lock_guard lock(mutex_);
    rows_[key] = value;
  }
  std::map<std::string, std::string> rows() const {
    std::lock_guard lock(mutex_);
    return rows_;
  }
  std::vector<Call> calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  int64_t reads() const {
    std::lock_guard lock(mutex_);
    return reads_;
  }

 private:
  Result<std::optional<std::string>> do_get(std::string_view key) override {
    auto value = row(std::string(key));
    {
      std::lock_guard lock(mutex_);
      ++reads_;
    }
    if (on_get && !on_get(key)) return fail(Status::kStore, "the store cannot be read");
    return value;
  }
  Result<void> do_write(std::span<const StoreWrite> batch) override {
    Fault fault = on_write ? on_write(batch) : Fault::kNone;
    std::lock_guard lock(mutex_);
    Call call{{}, fault};
    size_t most = fault == Fault::kRefused ? 0
                  : fault == Fault::kHalf  ? batch.size() / 2
                                           : batch.size();
    for (size_t i = 0; i < batch.size(); ++i) {
      std::string key(batch[i].key);
      std::optional<std::string> value;
      if (batch[i].value) value = std::string(*batch[i].value);
      call.writes.emplace_back(key, value);
      if (i >= most) continue;
      if (value) {
        rows_[key] = *value;
      } else {
        rows_.erase(key);
      }
    }
    calls_.push_back(std::move(call));
    if (fault != Fault::kNone) return fail(Status::kStore, "the store refused");
    return {};
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> rows_;
  std::vector<Call> calls_;
  int64_t reads_ = 0;
};

// A cached store with its parts in reach, all on one manual clock.
struct CachedStoreFixture {
  using Options = std::initializer_list<std::pair<const char*, const char*>>;
  explicit CachedStoreFixture(Options options, Options cache_options = {})
      : cache(make_cache(cache_options, clock)) {
    open(options, clock);
  }
  void open(Options options, ClockPtr with) {
    Config config;
    config.set("seed", "11");
    for (auto [name, value] : options) config.set(name, value);
    auto made = CachedStore::create(config, cache, store, std::move(with));
    if (!made) FAIL(made.error().message);
    cached = std::move(*made);
  }

  // The value; "-" for an absence, "!" for an error.
  std::string get(const std::string& key) {
    auto read = cached->get(key);
    if (!read) return "!";
    source = read->source;
    return read->outcome == Status::kOk ? std::string(read->value.bytes()) : "-";
  }
  Status set(const std::string& key, const std::string& value) {
    auto done = cached->write(key, value);
    return done ? *done : done.error().code;
  }
  Status erase(const std::string& key) {
    auto done = cached->write(key, std::nullopt);
    return done ? *done : done.error().code;
  }
  int64_t pump() { return cached->pump_at(clock->now()); }
  void advance_ms(int64_t ms) { clock->advance(ms * kMs); }
  WriteBufferStats buffer() const { return cached->stats().buffer; }

  std::shared_ptr<Clock> clock = make_manual_clock();
  std::shared_ptr<Cache> cache;
  std::shared_ptr<FaultyStore> store = std::make_shared<FaultyStore>();
  std::unique_ptr<CachedStore> cached;
  CachedStore::Source source = CachedStore::Source::kCache;
};

}  // namespace og
