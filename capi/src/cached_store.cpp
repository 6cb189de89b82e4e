// SPDX-License-Identifier: Apache-2.0
#include "outgrow/cached_store.h"

#include <algorithm>

#include "capi/src/add_metrics.h"
#include "capi/src/batch.h"
#include "capi/src/guard.h"
#include "capi/src/reconfigure.h"
#include "capi/src/value.h"
#include "core/cache/cached_store.h"

using namespace og::capi;

namespace {

using Source = og::CachedStore::Source;
static_assert(static_cast<int32_t>(Source::kCache) == OG_SOURCE_CACHE);
static_assert(static_cast<int32_t>(Source::kStale) == OG_SOURCE_STALE);
static_assert(static_cast<int32_t>(Source::kBuffer) == OG_SOURCE_BUFFER);
static_assert(static_cast<int32_t>(Source::kStore) == OG_SOURCE_STORE);
static_assert(og::WriteBehind::kDrain == OG_CACHED_STORE_DRAIN);

// Here and below now_ns is what the caller gives, where it gives the time; 0 is one.
template <class F>
og_status guarded(const og_cached_store* store, bool valid_arguments, int64_t now_ns,
                  og_error** error, F&& f) {
  return guard(error, [&]() -> og::Result<void> {
    if (!store) return og::fail(og::Status::kNullHandle, "store is NULL");
    if (!valid_arguments) {
      return og::fail(og::Status::kInvalidArgument, "a pointer is NULL or a length negative");
    }
    if (auto time = check_time(now_ns); !time) return time;
    return f(*store->cached);
  });
}

template <class F>
int64_t get(og_cached_store* store, const void* key, int64_t key_len, og_value** out,
            int32_t* source, og_error** error, F&& f, int64_t now_ns = 0) {
  if (out) *out = nullptr;
  if (source) *source = OG_SOURCE_STORE;
  int64_t size = OG_ABSENT;
  og_status status =
      guarded(store, valid(key, key_len) && out, now_ns, error, [&](auto& s) -> og::Result<void> {
        auto read = f(s, bytes(key, key_len));
        if (!read) return tl::unexpected(std::move(read.error()));
        if (source) *source = static_cast<int32_t>(read->source);
        if (read->outcome != og::Status::kOk) return {};
        size = static_cast<int64_t>(read->value.bytes().size());
        *out = hand_out(std::move(read->value));
        return {};
      });
  return status == OG_OK ? size : status;
}

// In portions that fit the stack. Each key is guarded by itself: one that fails leaves the others'
// values the caller's.
int64_t get_many(og_cached_store* store, const void* const* keys, const int64_t* key_lens,
                 int64_t count, og_value** out, int64_t* outcomes, const int64_t* now_ns) {
  if (!store) return OG_NULL_HANDLE;
  if (count < 0 || (count > 0 && (!keys || !key_lens || !out))) return OG_INVALID_ARGUMENT;
  if (now_ns && !valid_time(*now_ns)) return OG_INVALID_ARGUMENT;
  for (int64_t i = 0; i < count; ++i) {
    if (!valid(keys[i], key_lens[i])) return OG_INVALID_ARGUMENT;
  }
  constexpr int64_t kPortion = 16;
  std::string_view views[kPortion];
  int64_t now = now_ns ? *now_ns : count > 0 ? store->cached->now() : 0;
  int64_t found = 0;
  for (int64_t done = 0; done < count; done += kPortion) {
    int64_t n = std::min(kPortion, count - done);
    for (int64_t i = 0; i < n; ++i) views[i] = bytes(keys[done + i], key_lens[done + i]);
    store->cached->prefetch(views, static_cast<size_t>(n));
    for (int64_t i = done; i < done + n; ++i) {
      int64_t outcome =
          og_cached_store_get_at(store, keys[i], key_lens[i], now, &out[i], nullptr, nullptr);
      found += outcome >= 0;
      if (outcomes) outcomes[i] = outcome;
    }
  }
  return found;
}

// Room, or its lack, is an outcome beside the errors.
template <class F>
og_status write(og_cached_store* store, const void* key, int64_t key_len, const void* value,
                int64_t value_len, og_error** error, F&& f, int64_t now_ns = 0) {
  og_status outcome = OG_OK;
  og_status status = guarded(store, valid(key, key_len) && valid(value, value_len), now_ns, error,
                             [&](auto& s) -> og::Result<void> {
                               auto done = f(s, bytes(key, key_len), bytes(value, value_len));
                               if (!done) return tl::unexpected(std::move(done.error()));
                               outcome = code(*done);
                               return {};
                             });
  return status == OG_OK ? outcome : status;
}

// The handle first: once taken, writes are 'being written' until somebody completes them.
template <class F>
int64_t take(og_cached_store* store, og_batch** out, og_error** error, F&& now,
             int64_t now_ns = 0) {
  if (out) *out = nullptr;
  int64_t size = 0;
  og_status status =
      guarded(store, out != nullptr, now_ns, error, [&](auto& s) -> og::Result<void> {
        auto batch = std::make_unique<og_batch>();
        batch->taken = s.take_at(now(s));
        if (batch->taken.empty()) return {};
        batch->writes.swap(batch->taken.writes);
        batch->from = store->cached;
        size = static_cast<int64_t>(batch->writes.size());
        *out = batch.release();
        return {};
      });
  return status == OG_OK ? size : status;
}

template <class F>
og_status done(og_cached_store* store, og_batch** batch, og_status result, F&& now,
               int64_t now_ns = 0) {
  return call_at<og_status>(store, now_ns, [&](og_cached_store& s) -> og_status {
    if (!batch || !*batch || (*batch)->from != s.cached) return OG_INVALID_ARGUMENT;
    og::Error error{og::Status::kStore, {}, {}};
    if (result <= OG_INVALID_ARGUMENT && result >= OG_INTERNAL) {
      error.code = static_cast<og::Status>(result);
    }
    s.cached->complete_at((*batch)->taken, result == OG_OK ? nullptr : &error, now(*s.cached));
    (*batch)->from = nullptr;
    destroy(batch);
    return OG_OK;
  });
}

}  // namespace

og_status og_cached_store_create(const og_config* config, const og_cache* cache,
                                 const og_store* store, const og_clock* clock,
                                 og_cached_store** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_cached_store> {
    if (!cache || !store) return og::fail(og::Status::kNullHandle, "cache or store is NULL");
    auto made = og::CachedStore::create(config_or_empty(config), cache->cache, store->store,
                                        clock ? og::ClockPtr(clock->clock) : nullptr);
    if (!made) return tl::unexpected(made.error());
    return og_cached_store{std::move(*made)};
  });
}

void og_cached_store_destroy(og_cached_store** store) { destroy(store); }

// ---- reading and writing ----

int64_t og_cached_store_get(og_cached_store* store, const void* key, int64_t key_len,
                            og_value** out, int32_t* source, og_error** error) {
  return get(store, key, key_len, out, source, error, [](auto& s, auto k) { return s.get(k); });
}

int64_t og_cached_store_get_at(og_cached_store* store, const void* key, int64_t key_len,
                               int64_t now_ns, og_value** out, int32_t* source, og_error** error) {
  return get(
      store, key, key_len, out, source, error, [&](auto& s, auto k) { return s.get_at(k, now_ns); },
      now_ns);
}

int64_t og_cached_store_get_many(og_cached_store* store, const void* const* keys,
                                 const int64_t* key_lens, int64_t count, og_value** out,
                                 int64_t* outcomes) {
  return get_many(store, keys, key_lens, count, out, outcomes, nullptr);
}

int64_t og_cached_store_get_many_at(og_cached_store* store, const void* const* keys,
                                    const int64_t* key_lens, int64_t count, int64_t now_ns,
                                    og_value** out, int64_t* outcomes) {
  return get_many(store, keys, key_lens, count, out, outcomes, &now_ns);
}

og_status og_cached_store_set(og_cached_store* store, const void* key, int64_t key_len,
                              const void* value, int64_t value_len, og_error** error) {
  return write(store, key, key_len, value, value_len, error,
               [](auto& s, auto k, auto v) { return s.write(k, v); });
}

og_status og_cached_store_set_at(og_cached_store* store, const void* key, int64_t key_len,
                                 const void* value, int64_t value_len, int64_t now_ns,
                                 og_error** error) {
  return write(
      store, key, key_len, value, value_len, error,
      [&](auto& s, auto k, auto v) { return s.write_at(k, v, now_ns); }, now_ns);
}

og_status og_cached_store_delete(og_cached_store* store, const void* key, int64_t key_len,
                                 og_error** error) {
  return write(store, key, key_len, nullptr, 0, error,
               [](auto& s, auto k, auto) { return s.write(k, std::nullopt); });
}

og_status og_cached_store_delete_at(og_cached_store* store, const void* key, int64_t key_len,
                                    int64_t now_ns, og_error** error) {
  return write(
      store, key, key_len, nullptr, 0, error,
      [&](auto& s, auto k, auto) { return s.write_at(k, std::nullopt, now_ns); }, now_ns);
}

// ---- writing the buffer out ----

og_status og_cached_store_reconfigure(og_cached_store* store, const og_config* config,
                                      og_error** error) {
  return reconfigure(store, config, error);
}

int64_t og_cached_store_pump(og_cached_store* store) {
  return call<int64_t>(store, [](auto& s) { return s.cached->pump_at(s.cached->now()); });
}

int64_t og_cached_store_pump_at(og_cached_store* store, int64_t now_ns) {
  return call_at<int64_t>(store, now_ns, [&](auto& s) { return s.cached->pump_at(now_ns); });
}

int64_t og_cached_store_due_in(const og_cached_store* store) {
  return call<int64_t>(store,
                       [&](auto& s) { return og_cached_store_due_in_at(&s, s.cached->now()); });
}

int64_t og_cached_store_due_in_at(const og_cached_store* store, int64_t now_ns) {
  return call_at<int64_t>(store, now_ns, [&](auto& s) -> int64_t {
    int64_t due = s.cached->due_at(now_ns);
    if (due == og::kNeverExpires) return OG_NONE;
    return std::max<int64_t>(due - now_ns, 0);
  });
}

int64_t og_cached_store_take_batch(og_cached_store* store, og_batch** out, og_error** error) {
  return take(store, out, error, [](auto& s) { return s.now(); });
}

int64_t og_cached_store_take_batch_at(og_cached_store* store, int64_t now_ns, og_batch** out,
                                      og_error** error) {
  return take(store, out, error, [&](auto&) { return now_ns; }, now_ns);
}

og_status og_cached_store_batch_done(og_cached_store* store, og_batch** batch, og_status result) {
  return done(store, batch, result, [](auto& s) { return s.now(); });
}

og_status og_cached_store_batch_done_at(og_cached_store* store, og_batch** batch, og_status result,
                                        int64_t now_ns) {
  return done(store, batch, result, [&](auto&) { return now_ns; }, now_ns);
}

int64_t og_cached_store_flush(og_cached_store* store, int64_t timeout_ns) {
  return call<int64_t>(store, [&](auto& s) -> int64_t {
    return timeout_ns < 0 ? int64_t{OG_INVALID_ARGUMENT} : s.cached->flush(timeout_ns);
  });
}

int64_t og_cached_store_begin_flush(og_cached_store* store, int32_t closing) {
  return call<int64_t>(store, [&](auto& s) { return s.cached->begin_flush(closing != 0); });
}

int64_t og_cached_store_await_flush(og_cached_store* store, int64_t flush, int64_t timeout_ns) {
  return call<int64_t>(store, [&](auto& s) -> int64_t {
    bool valid = flush >= 0 && timeout_ns >= 0;
    return valid ? s.cached->await_flush(flush, timeout_ns) : int64_t{OG_INVALID_ARGUMENT};
  });
}

int64_t og_cached_store_close(og_cached_store* store, int64_t timeout_ns) {
  return call<int64_t>(store, [&](auto& s) -> int64_t {
    bool valid = timeout_ns >= 0 || timeout_ns == OG_CACHED_STORE_DRAIN;
    return valid ? s.cached->close(timeout_ns) : int64_t{OG_INVALID_ARGUMENT};
  });
}

// ---- numbers ----

int64_t og_cached_store_stat(const og_cached_store* store, int32_t which) {
  return call<int64_t>(store, [&](auto& s) -> int64_t {
    og::CachedStoreStats now = s.cached->stats();
    switch (which) {
      case OG_CACHED_STORE_PENDING:
        return now.buffer.pending;
      case OG_CACHED_STORE_BYTES:
        return now.buffer.bytes;
      case OG_CACHED_STORE_WRITING:
        return now.buffer.writing;
      case OG_CACHED_STORE_DEAD_LETTERS:
        return now.buffer.dead_letters;
      case OG_CACHED_STORE_OLDEST_AGE:
        return now.oldest_age_ns;
      case OG_CACHED_STORE_DRAIN_TIME:
        return now.drain_ns;
      case OG_CACHED_STORE_LOADS:
        return now.loads;
      case OG_CACHED_STORE_LOAD_FAILURES:
        return now.load_failures;
      case OG_CACHED_STORE_WAITS:
        return now.waits;
      case OG_CACHED_STORE_STALE:
        return now.stale;
      case OG_CACHED_STORE_BUFFER_HITS:
        return now.buffer_hits;
      case OG_CACHED_STORE_WRITES:
        return now.writes;
      case OG_CACHED_STORE_WRITE_FAILURES:
        return now.write_failures;
      case OG_CACHED_STORE_REFUSED:
        return now.refused;
      case OG_CACHED_STORE_WRITTEN_THROUGH:
        return now.written_through;
      case OG_CACHED_STORE_COALESCED:
        return now.buffer.coalesced;
      case OG_CACHED_STORE_BATCHES:
        return now.buffer.batches;
      case OG_CACHED_STORE_STORED:
        return now.buffer.stored;
      case OG_CACHED_STORE_FAILED_ATTEMPTS:
        return now.buffer.failures;
      case OG_CACHED_STORE_BURIED:
        return now.buffer.buried;
      default:
        return OG_INVALID_ARGUMENT;
    }
  });
}

og_status og_metrics_add_cached_store(og_metrics* metrics, const char* name,
                                      const og_cached_store* store, og_error** error) {
  return add_metrics(metrics, "cached store", name, store, error);
}
