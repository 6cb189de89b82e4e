// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <outgrow/cache.hpp>
#include <outgrow/dead_letters.hpp>
#include <outgrow/store.hpp>
#include <utility>
#include <vector>

namespace outgrow {

// What a get found, and where.
struct SourcedLookup {
  Status status = Status::absent;  // ok or absent
  Value value;
  Source source = Source::store;

  explicit operator bool() const noexcept { return static_cast<bool>(value); }
  std::string_view view() const noexcept { return value.view(); }
};

// A cache and a store as one: cache-aside, write-through or write-behind. cached_store.h has the
// rules. Safe from every thread. Failures of the store are Errors.
class CachedStore : public detail::Handle<og_cached_store, og_cached_store_destroy> {
 public:
  // Writes taken to be written in the program's own way. Destroyed undone it counts as failed.
  class TakenBatch : public detail::Handle<og_batch, og_batch_destroy> {
   public:
    TakenBatch() = default;
    TakenBatch(og_cached_store* store, og_batch* batch) noexcept : Handle(batch), store_(store) {}

    BatchView writes() const noexcept { return BatchView(handle()); }
    // Status::ok when all of it was stored, else why not: each write is then tried again by itself.
    void done(Status result) {
      finish([&](og_batch** batch) {
        return og_cached_store_batch_done(store_, batch, static_cast<og_status>(result));
      });
    }
    void done_at(Status result, Time now) {
      finish([&](og_batch** batch) {
        return og_cached_store_batch_done_at(store_, batch, static_cast<og_status>(result),
                                             detail::ns(now));
      });
    }

   private:
    template <class Done>
    void finish(Done&& call) {
      og_batch* batch = release();
      og_status status = call(&batch);
      static_cast<Handle&>(*this) = Handle(batch);  // which stays when it was refused
      detail::checked(status, "og_cached_store_batch_done");
    }

    og_cached_store* store_ = nullptr;
  };

  using Handle::Handle;
  // A cache belongs to one cached store. Without a clock the cache's is used.
  CachedStore(const Cache& cache, const Store& store, const Options& options = {})
      : Handle(detail::make<og_cached_store>(og_cached_store_create, detail::given(options),
                                             detail::given(cache), detail::given(store), nullptr)) {
  }
  CachedStore(const Cache& cache, const Store& store, const Options& options, const Clock& clock)
      : Handle(detail::make<og_cached_store>(og_cached_store_create, detail::given(options),
                                             detail::given(cache), detail::given(store),
                                             detail::given(clock))) {}

  // ---- reading and writing ----

  [[nodiscard]] SourcedLookup get(Bytes key) {
    return sourced([&](og_value** value, std::int32_t* source) {
      return detail::call(og_cached_store_get, handle(), key.data(), key.size(), value, source);
    });
  }
  [[nodiscard]] SourcedLookup get_at(Bytes key, Time now) {
    return sourced([&](og_value** value, std::int32_t* source) {
      return detail::call(og_cached_store_get_at, handle(), key.data(), key.size(), detail::ns(now),
                          value, source);
    });
  }

  // get for each of the keys, at one reading of the clock; those that miss are loaded one after the
  // other. Where the store failed, Lookup::status is the error.
  [[nodiscard]] std::vector<Lookup> get_many(const Keys& keys) {
    return detail::lookup_many(keys, "og_cached_store_get_many", [&](auto* values, auto* outcomes) {
      return og_cached_store_get_many(handle(), keys.data(), keys.sizes(), keys.count(), values,
                                      outcomes);
    });
  }
  [[nodiscard]] std::vector<Lookup> get_many_at(const Keys& keys, Time now) {
    return detail::lookup_many(
        keys, "og_cached_store_get_many_at", [&](auto* values, auto* outcomes) {
          return og_cached_store_get_many_at(handle(), keys.data(), keys.sizes(), keys.count(),
                                             detail::ns(now), values, outcomes);
        });
  }

  // ok, or full: behind, the buffer has no room, and nothing has changed. Closed is an Error.
  [[nodiscard]] Status set(Bytes key, Bytes value) {
    return static_cast<Status>(detail::call(og_cached_store_set, handle(), key.data(), key.size(),
                                            value.data(), value.size()));
  }
  [[nodiscard]] Status set_at(Bytes key, Bytes value, Time now) {
    return static_cast<Status>(detail::call(og_cached_store_set_at, handle(), key.data(),
                                            key.size(), value.data(), value.size(),
                                            detail::ns(now)));
  }
  [[nodiscard]] Status remove(Bytes key) {
    return static_cast<Status>(
        detail::call(og_cached_store_delete, handle(), key.data(), key.size()));
  }
  [[nodiscard]] Status remove_at(Bytes key, Time now) {
    return static_cast<Status>(
        detail::call(og_cached_store_delete_at, handle(), key.data(), key.size(), detail::ns(now)));
  }

  // ---- write-behind: writing the buffer out ----

  // Writes what is due, on this thread: how many writes reached the store.
  std::int64_t pump() {
    return detail::checked(og_cached_store_pump(handle()), "og_cached_store_pump");
  }
  std::int64_t pump_at(Time now) {
    return detail::checked(og_cached_store_pump_at(handle(), detail::ns(now)),
                           "og_cached_store_pump_at");
  }
  // In how long there will be something to pump; nothing when nothing is buffered.
  std::optional<Duration> due_in() const {
    return due(detail::checked(og_cached_store_due_in(handle()), "og_cached_store_due_in"));
  }
  std::optional<Duration> due_in_at(Time now) const {
    return due(detail::checked(og_cached_store_due_in_at(handle(), detail::ns(now)),
                               "og_cached_store_due_in_at"));
  }

  // What is due, for the program to write; false when nothing is. It must not outlive the cached
  // store.
  [[nodiscard]] TakenBatch take_batch() {
    og_batch* batch = nullptr;
    detail::call(og_cached_store_take_batch, handle(), &batch);
    return TakenBatch(handle(), batch);
  }
  [[nodiscard]] TakenBatch take_batch_at(Time now) {
    og_batch* batch = nullptr;
    detail::call(og_cached_store_take_batch_at, handle(), detail::ns(now), &batch);
    return TakenBatch(handle(), batch);
  }

  // Waits until everything written before is in the store or a dead letter: how many are not.
  std::int64_t flush(Duration timeout) {
    return detail::checked(og_cached_store_flush(handle(), timeout.count()),
                           "og_cached_store_flush");
  }
  // The same in parts, for who looks after something else in between: the flush's number; a wait
  // for that flush, to be repeated. closing: writes are refused from now on, and close is to
  // follow.
  std::int64_t begin_flush(bool closing = false) {
    return detail::checked(og_cached_store_begin_flush(handle(), closing),
                           "og_cached_store_begin_flush");
  }
  std::int64_t await_flush(std::int64_t flush, Duration timeout) {
    return detail::checked(og_cached_store_await_flush(handle(), flush, timeout.count()),
                           "og_cached_store_await_flush");
  }
  // Refuses writes from now on and flushes, for drain_ms unless told: how many did not reach the
  // store. Gets go on. Destroying closes, and says nothing.
  std::int64_t close(Duration timeout = Duration(OG_CACHED_STORE_DRAIN)) {
    return detail::checked(og_cached_store_close(handle(), timeout.count()),
                           "og_cached_store_close");
  }

  // ---- write-behind: dead letters ----

  DeadLetters dead_letters() const {
    return DeadLetters(detail::make<og_dead_letters>(og_cached_store_dead_letters, handle()));
  }
  // Back into the buffer, as if it were written now. ok, miss when there is none, full.
  [[nodiscard]] Status redrive(Bytes key) {
    return detail::outcome(og_cached_store_redrive(handle(), key.data(), key.size()),
                           "og_cached_store_redrive");
  }
  // As long as there is room: how many.
  std::int64_t redrive_all() {
    return detail::checked(og_cached_store_redrive_all(handle()), "og_cached_store_redrive_all");
  }
  // Forgets it: ok or miss.
  Status discard(Bytes key) {
    return detail::outcome(og_cached_store_discard(handle(), key.data(), key.size()),
                           "og_cached_store_discard");
  }

  std::int64_t stat(CachedStoreStat which) const {
    return detail::checked(og_cached_store_stat(handle(), static_cast<std::int32_t>(which)),
                           "og_cached_store_stat");
  }

 private:
  template <class Get>
  static SourcedLookup sourced(Get&& get) {
    og_value* value = nullptr;
    std::int32_t source = OG_SOURCE_STORE;
    std::int64_t answer = get(&value, &source);
    return {answer >= 0 ? Status::ok : Status::absent, Value(value), static_cast<Source>(source)};
  }

  static std::optional<Duration> due(std::int64_t ns) {
    return ns >= 0 ? std::optional(Duration(ns)) : std::nullopt;
  }
};

}  // namespace outgrow
