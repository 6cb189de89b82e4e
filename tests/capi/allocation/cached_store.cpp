// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

constexpr int64_t kHour = INT64_C(3600000000000);

struct Parts {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_cache* cache = nullptr;
  og_store* store = nullptr;
  og_cached_store* cached = nullptr;

  // False when something was not made.
  bool make(bool whole, const char* mode) {
    bool set = held(whole, og_config_create(&config, nullptr)) && config &&
               held(whole, og_config_set(config, "mode", mode)) &&
               held(whole, og_config_set(config, "buffer_entries", "2")) &&
               held(whole, og_config_set(config, "thread", "none"));
    return set && held(whole, og_clock_create_manual(0, &clock, nullptr)) && clock &&
           held(whole, og_cache_create(nullptr, clock, &cache, nullptr)) && cache &&
           held(whole, og_store_create(nullptr, clock, &store, nullptr)) && store &&
           held(whole, og_cached_store_create(config, cache, store, nullptr, &cached, nullptr)) &&
           cached;
  }
  ~Parts() {
    og_cached_store_destroy(&cached);
    og_store_destroy(&store);
    og_cache_destroy(&cache);
    og_clock_destroy(&clock);
    og_config_destroy(&config);
  }
};

// What was acknowledged is found, whatever found no memory since; what was not is another's to
// know.
void read(bool whole, og_cached_store* cached, const char* key, bool acknowledged) {
  og_value* value = nullptr;
  int64_t size = og_cached_store_get(cached, key, 1, &value, nullptr, nullptr);
  if (size == OG_NO_MEMORY) {
    held(whole, OG_NO_MEMORY);
  } else if (acknowledged) {
    held(true, size == 5 ? OG_OK : OG_INTERNAL);
  }
  og_value_destroy(&value);
}

void run_mode(bool whole, const char* mode) {
  Parts parts;
  if (!parts.make(whole, mode)) return;
  og_cached_store* cached = parts.cached;
  bool acknowledged[4];
  const char* const keys[] = {"a", "b", "c", "d"};  // the last two past the buffer's end
  for (int i = 0; i < 4; ++i) {
    og_error* error = nullptr;
    og_status status = og_cached_store_set(cached, keys[i], 1, "value", 5, &error);
    og_error_destroy(&error);
    held(whole, status);
    acknowledged[i] = status == OG_OK;
  }
  for (int i = 0; i < 4; ++i) read(whole, cached, keys[i], acknowledged[i]);
  og_cache_clear(parts.cache);
  for (int i = 0; i < 4; ++i) read(whole, cached, keys[i], acknowledged[i]);

  og_batch* batch = nullptr;
  og_clock_advance(parts.clock, kHour);
  int64_t taken = og_cached_store_take_batch(cached, &batch, nullptr);
  if (taken < 0) held(whole, static_cast<og_status>(taken));
  if (batch) held(true, og_cached_store_batch_done(cached, &batch, OG_STORE));
  for (int i = 0; i < 4; ++i) read(whole, cached, keys[i], acknowledged[i]);
  og_clock_advance(parts.clock, kHour);
  int64_t pumped = og_cached_store_pump(cached);
  if (pumped < 0) held(whole, static_cast<og_status>(pumped));
  held(whole, og_cached_store_delete(cached, "a", 1, nullptr));
  og_dead_letters* letters = nullptr;
  held(whole, og_cached_store_dead_letters(cached, &letters, nullptr));
  og_dead_letters_destroy(&letters);
  int64_t left = og_cached_store_close(cached, kHour);
  if (left < 0) held(whole, static_cast<og_status>(left));
}

void run(bool whole) {
  for (const char* mode : {"aside", "through", "behind"}) run_mode(whole, mode);
}

std::function<void()> hot() {
  static Parts parts;
  if (!parts.cached && parts.make(true, "behind")) {
    og_cached_store_set(parts.cached, "k", 1, "value", 5, nullptr);
    og_cached_store_delete(parts.cached, "n", 1, nullptr);
  }
  return [] {
    og_value* value = nullptr;
    og_cached_store_get(parts.cached, "k", 1, &value, nullptr, nullptr);
    og_value_destroy(&value);
    og_cached_store_get_at(parts.cached, "k", 1, 0, &value, nullptr, nullptr);
    og_value_destroy(&value);
    og_cached_store_get(parts.cached, "n", 1, &value, nullptr, nullptr);
    og_cached_store_due_in(parts.cached);
    og_cached_store_stat(parts.cached, OG_CACHED_STORE_PENDING);
  };
}

const allocation::Register kCachedStore({"cached_store", run, hot});

}  // namespace
