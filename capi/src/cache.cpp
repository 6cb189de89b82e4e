// SPDX-License-Identifier: Apache-2.0
#include "outgrow/cache.h"

#include <algorithm>

#include "capi/src/add_metrics.h"
#include "capi/src/guard.h"
#include "capi/src/reconfigure.h"
#include "capi/src/value.h"
#include "core/cache/cache.h"

using namespace og::capi;

namespace {

const og::CacheEntry* entry_of(const og_value* value) {
  return reinterpret_cast<const og::CacheEntry*>(value);
}

int64_t size_or_outcome(const og::CacheLookup& found) {
  return found.outcome == og::Status::kOk ? static_cast<int64_t>(found.value.bytes().size())
                                          : static_cast<int64_t>(found.outcome);
}

// Each is given now_ns where its caller gives the time; 0 is one.
template <class F>
int64_t get(const og_cache* cache, const void* key, int64_t key_len, const void* out,
            int64_t out_capacity, F&& f, int64_t now_ns = 0) {
  return call_at<int64_t>(cache, now_ns, [&](const og_cache& c) -> int64_t {
    if (!valid(key, key_len) || !valid(out, out_capacity)) return OG_INVALID_ARGUMENT;
    return f(*c.cache, bytes(key, key_len));
  });
}

template <class F>
int64_t pin(const og_cache* cache, const void* key, int64_t key_len, og_value** out, F&& f,
            int64_t now_ns = 0) {
  if (out) *out = nullptr;
  return call_at<int64_t>(cache, now_ns, [&](const og_cache& c) -> int64_t {
    if (!valid(key, key_len) || !out) return OG_INVALID_ARGUMENT;
    og::CacheLookup found = f(*c.cache, bytes(key, key_len));
    int64_t outcome = size_or_outcome(found);
    *out = hand_out(std::move(found.value));
    return outcome;
  });
}

// Keys and answers cross in portions that fit the stack.
template <class F>
int64_t pin_many(const og_cache* cache, const void* const* keys, const int64_t* key_lens,
                 int64_t count, og_value** out, int64_t* outcomes, F&& f, int64_t now_ns = 0) {
  return call_at<int64_t>(cache, now_ns, [&](const og_cache& c) -> int64_t {
    if (count < 0 || (count > 0 && (!keys || !key_lens || !out))) return OG_INVALID_ARGUMENT;
    for (int64_t i = 0; i < count; ++i) {
      if (!valid(keys[i], key_lens[i])) return OG_INVALID_ARGUMENT;
    }
    constexpr int64_t kPortion = 16;
    std::string_view views[kPortion];
    og::CacheLookup found[kPortion];
    int64_t hits = 0;
    for (int64_t done = 0; done < count; done += kPortion) {
      int64_t n = std::min(kPortion, count - done);
      for (int64_t i = 0; i < n; ++i) views[i] = bytes(keys[done + i], key_lens[done + i]);
      f(*c.cache, views, static_cast<size_t>(n), found);
      for (int64_t i = 0; i < n; ++i) {
        hits += found[i].outcome == og::Status::kOk;
        if (outcomes) outcomes[done + i] = size_or_outcome(found[i]);
        out[done + i] = hand_out(std::move(found[i].value));
      }
    }
    return hits;
  });
}

template <class F>
int64_t get_or_lease(og_cache* cache, const void* key, int64_t key_len, og_value** out,
                     int64_t* wait_ns, F&& f, int64_t now_ns = 0) {
  if (out) *out = nullptr;
  if (wait_ns) *wait_ns = 0;
  return call_at<int64_t>(cache, now_ns, [&](og_cache& c) -> int64_t {
    if (!valid(key, key_len) || !out) return OG_INVALID_ARGUMENT;
    og::CacheLookup found = f(*c.cache, bytes(key, key_len));
    if (wait_ns) *wait_ns = found.wait_ns;
    *out = hand_out(std::move(found.value));
    return found.lease > 0 ? found.lease : static_cast<int64_t>(found.outcome);
  });
}

template <class F>
og_status write(og_cache* cache, const void* key, int64_t key_len, const void* value,
                int64_t value_len, F&& f, int64_t now_ns = 0) {
  return call_at<og_status>(cache, now_ns, [&](og_cache& c) -> og_status {
    if (!valid(key, key_len) || !valid(value, value_len)) return OG_INVALID_ARGUMENT;
    return code(f(*c.cache, bytes(key, key_len), bytes(value, value_len)));
  });
}

// The same with a time to live.
template <class F>
og_status write_for(int64_t ttl_ns, og_cache* cache, const void* key, int64_t key_len,
                    const void* value, int64_t value_len, F&& f, int64_t now_ns = 0) {
  if (cache && !valid_or_unset(ttl_ns)) return OG_INVALID_ARGUMENT;
  return write(cache, key, key_len, value, value_len, std::forward<F>(f), now_ns);
}

}  // namespace

const void* og_value_data(const og_value* value) {
  return value ? entry_of(value)->value().data() : nullptr;
}

int64_t og_value_size(const og_value* value) {
  return value ? static_cast<int64_t>(entry_of(value)->value_size) : int64_t{OG_NULL_HANDLE};
}

void og_value_destroy(og_value** value) {
  if (!value || !*value) return;
  og::CacheValue::adopt(reinterpret_cast<og::CacheEntry*>(*value));
  *value = nullptr;
}

og_status og_cache_create(const og_config* config, const og_clock* clock, og_cache** out,
                          og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_cache> {
    auto cache = og::Cache::create(config_or_empty(config), clock_or_system(clock));
    if (!cache) return tl::unexpected(cache.error());
    return og_cache{std::move(*cache)};
  });
}

void og_cache_destroy(og_cache** cache) { destroy(cache); }

int64_t og_cache_get(const og_cache* cache, const void* key, int64_t key_len, void* out,
                     int64_t out_capacity) {
  return get(cache, key, key_len, out, out_capacity,
             [&](auto& c, auto k) { return c.copy(k, out, out_capacity); });
}

int64_t og_cache_get_at(const og_cache* cache, const void* key, int64_t key_len, int64_t now_ns,
                        void* out, int64_t out_capacity) {
  return get(
      cache, key, key_len, out, out_capacity,
      [&](auto& c, auto k) { return c.copy_at(k, out, out_capacity, now_ns); }, now_ns);
}

int64_t og_cache_pin(const og_cache* cache, const void* key, int64_t key_len, og_value** out) {
  return pin(cache, key, key_len, out, [](auto& c, auto k) { return c.get(k); });
}

int64_t og_cache_pin_at(const og_cache* cache, const void* key, int64_t key_len, int64_t now_ns,
                        og_value** out) {
  return pin(
      cache, key, key_len, out, [&](auto& c, auto k) { return c.get_at(k, now_ns); }, now_ns);
}

int64_t og_cache_pin_many(const og_cache* cache, const void* const* keys, const int64_t* key_lens,
                          int64_t count, og_value** out, int64_t* outcomes) {
  return pin_many(cache, keys, key_lens, count, out, outcomes,
                  [now = int64_t{-1}](auto& c, auto k, size_t n, auto found) mutable {
                    if (now < 0) now = c.now();
                    c.get_many_at(k, n, found, now);
                  });
}

int64_t og_cache_pin_many_at(const og_cache* cache, const void* const* keys,
                             const int64_t* key_lens, int64_t count, int64_t now_ns, og_value** out,
                             int64_t* outcomes) {
  return pin_many(
      cache, keys, key_lens, count, out, outcomes,
      [&](auto& c, auto k, size_t n, auto found) { c.get_many_at(k, n, found, now_ns); }, now_ns);
}

int64_t og_cache_get_or_lease(og_cache* cache, const void* key, int64_t key_len, og_value** out,
                              int64_t* wait_ns) {
  return get_or_lease(cache, key, key_len, out, wait_ns,
                      [](auto& c, auto k) { return c.get_or_lease(k); });
}

int64_t og_cache_get_or_lease_at(og_cache* cache, const void* key, int64_t key_len, int64_t now_ns,
                                 og_value** out, int64_t* wait_ns) {
  return get_or_lease(
      cache, key, key_len, out, wait_ns,
      [&](auto& c, auto k) { return c.get_or_lease_at(k, now_ns); }, now_ns);
}

og_status og_cache_fill(og_cache* cache, const void* key, int64_t key_len, int64_t lease,
                        const void* value, int64_t value_len, int64_t ttl_ns) {
  return write_for(ttl_ns, cache, key, key_len, value, value_len, [&](auto& c, auto k, auto v) {
    return c.fill(k, lease, v, {.ttl_ns = ttl_ns});
  });
}

og_status og_cache_fill_at(og_cache* cache, const void* key, int64_t key_len, int64_t lease,
                           const void* value, int64_t value_len, int64_t ttl_ns, int64_t now_ns) {
  return write_for(
      ttl_ns, cache, key, key_len, value, value_len,
      [&](auto& c, auto k, auto v) { return c.fill_at(k, lease, v, {.ttl_ns = ttl_ns}, now_ns); },
      now_ns);
}

og_status og_cache_fill_absent(og_cache* cache, const void* key, int64_t key_len, int64_t lease,
                               int64_t ttl_ns) {
  return write_for(ttl_ns, cache, key, key_len, nullptr, 0,
                   [&](auto& c, auto k, auto) { return c.fill_absent(k, lease, ttl_ns); });
}

og_status og_cache_give_up(og_cache* cache, const void* key, int64_t key_len, int64_t lease) {
  return write(cache, key, key_len, nullptr, 0, [&](auto& c, auto k, auto) {
    return c.give_up(k, lease) ? og::Status::kOk : og::Status::kLapsed;
  });
}

og_status og_cache_set(og_cache* cache, const void* key, int64_t key_len, const void* value,
                       int64_t value_len, int64_t ttl_ns) {
  return write_for(ttl_ns, cache, key, key_len, value, value_len,
                   [&](auto& c, auto k, auto v) { return c.set(k, v, {.ttl_ns = ttl_ns}); });
}

og_status og_cache_set_at(og_cache* cache, const void* key, int64_t key_len, const void* value,
                          int64_t value_len, int64_t ttl_ns, int64_t now_ns) {
  return write_for(
      ttl_ns, cache, key, key_len, value, value_len,
      [&](auto& c, auto k, auto v) { return c.set_at(k, v, {.ttl_ns = ttl_ns}, now_ns); }, now_ns);
}

og_status og_cache_set_weighted(og_cache* cache, const void* key, int64_t key_len,
                                const void* value, int64_t value_len, int64_t ttl_ns,
                                int64_t weight) {
  return write_for(ttl_ns, cache, key, key_len, value, value_len, [&](auto& c, auto k, auto v) {
    if (weight <= 0) return og::Status::kInvalidArgument;
    return c.set(k, v, {.ttl_ns = ttl_ns, .weight = weight});
  });
}

og_status og_cache_set_absent(og_cache* cache, const void* key, int64_t key_len, int64_t ttl_ns) {
  return write_for(ttl_ns, cache, key, key_len, nullptr, 0,
                   [&](auto& c, auto k, auto) { return c.set_absent(k, ttl_ns); });
}

og_status og_cache_delete(og_cache* cache, const void* key, int64_t key_len) {
  return write(cache, key, key_len, nullptr, 0, [&](auto& c, auto k, auto) {
    return c.erase(k) ? og::Status::kOk : og::Status::kMiss;
  });
}

og_status og_cache_clear(og_cache* cache) {
  return call<og_status>(cache, [](og_cache& c) { return c.cache->clear(), OG_OK; });
}

og_status og_cache_reconfigure(og_cache* cache, const og_config* config, og_error** error) {
  return reconfigure(cache, config, error);
}

int64_t og_cache_stat(const og_cache* cache, int32_t which) {
  return call<int64_t>(cache, [&](const og_cache& c) -> int64_t {
    og::CacheStats now = c.cache->stats();
    switch (which) {
      case OG_CACHE_ENTRIES:
        return now.totals.entries;
      case OG_CACHE_BYTES:
        return now.totals.bytes;
      case OG_CACHE_LEASES:
        return now.totals.leases;
      case OG_CACHE_RETIRED_BYTES:
        return now.totals.retired_bytes;
      case OG_CACHE_HITS:
        return now.hits;
      case OG_CACHE_NEGATIVE_HITS:
        return now.negative_hits;
      case OG_CACHE_STALE_HITS:
        return now.stale_hits;
      case OG_CACHE_MISSES:
        return now.misses;
      case OG_CACHE_WAITS:
        return now.waits;
      case OG_CACHE_WRITES:
        return now.totals.writes;
      case OG_CACHE_EVICTIONS:
        return now.totals.evictions;
      case OG_CACHE_PROBATION_EVICTIONS:
        return now.totals.probation_evictions;
      case OG_CACHE_EXPIRATIONS:
        return now.totals.expirations;
      case OG_CACHE_TOO_LARGE:
        return now.totals.too_large;
      case OG_CACHE_LEASES_GRANTED:
        return now.totals.leases_granted;
      case OG_CACHE_LEASES_LAPSED:
        return now.totals.leases_lapsed;
      default:
        return OG_INVALID_ARGUMENT;
    }
  });
}

og_status og_metrics_add_cache(og_metrics* metrics, const char* name, const og_cache* cache,
                               og_error** error) {
  return add_metrics(metrics, "cache", name, cache, error);
}
