// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <cstdio>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

constexpr int64_t kHour = INT64_C(3600000000000);

// More than the index and the ghosts hold at first, so that both grow; evicts too.
void fill_up(bool whole, og_cache* cache) {
  char key[16];
  for (int i = 0; i < 60; ++i) {
    int len = std::snprintf(key, sizeof key, "key%d", i);
    og_status status = og_cache_set(cache, key, len, "value", 5, i % 2 ? 0 : kHour);
    held(whole, status);
    // Nothing is half done: stored means found.
    if (status == OG_OK)
      held(true, og_cache_get(cache, key, len, nullptr, 0) == 5 ? OG_OK : OG_INTERNAL);
  }
}

void load(bool whole, og_cache* cache, const char* key) {
  og_value* value = nullptr;
  int64_t lease = og_cache_get_or_lease(cache, key, 1, &value, nullptr);
  held(whole, lease > 0 ? OG_OK : static_cast<og_status>(lease));
  if (lease > 0) held(whole, og_cache_fill(cache, key, 1, lease, "v", 1, 0));
  og_value_destroy(&value);
}

void run(bool whole) {
  og_config* config = nullptr;
  og_clock* clock = nullptr;
  og_cache* cache = nullptr;
  og_error* error = nullptr;
  held(whole, og_clock_create_manual(0, &clock, &error));
  og_error_destroy(&error);
  if (held(whole, og_config_create(&config, &error)) && config) {
    held(whole, og_config_set_int(config, "capacity_entries", 40));
  }
  og_error_destroy(&error);
  if (held(whole, og_cache_create(config, clock, &cache, &error)) && cache) {
    fill_up(whole, cache);
    load(whole, cache, "a");
    load(whole, cache, "b");
    held(whole, og_cache_set_absent(cache, "c", 1, OG_CACHE_DEFAULT_TTL));
    og_cache_delete(cache, "c", 1);
    held(whole, og_cache_clear(cache));
  }
  og_error_destroy(&error);
  og_cache_destroy(&cache);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
}

std::function<void()> hot() {
  static og_cache* cache = nullptr;
  if (!cache) {
    og_cache_create(nullptr, nullptr, &cache, nullptr);
    og_cache_set(cache, "k", 1, "value", 5, kHour);
    og_cache_set_absent(cache, "n", 1, OG_CACHE_DEFAULT_TTL);
  }
  return [] {
    const void* keys[] = {"k", "n", "m"};
    const int64_t lens[] = {1, 1, 1};
    og_value* values[3];
    char out[8];
    og_cache_get(cache, "k", 1, out, sizeof out);
    og_cache_get(cache, "n", 1, out, sizeof out);
    og_cache_get(cache, "m", 1, out, sizeof out);
    og_cache_pin(cache, "k", 1, &values[0]);
    og_value_destroy(&values[0]);
    og_cache_get_or_lease(cache, "k", 1, &values[0], nullptr);
    og_value_destroy(&values[0]);
    og_cache_pin_many(cache, keys, lens, 3, values, nullptr);
    for (og_value*& value : values) og_value_destroy(&value);
  };
}

const allocation::Register kCache({"cache", run, hot});

}  // namespace
