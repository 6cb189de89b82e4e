/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

#define KEY "k", 1

static og_cache *make(const char *option, const char *value) {
  og_config *config = NULL;
  og_cache *cache = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (option) CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_cache_create(config, NULL, &cache, NULL), OG_OK);
  og_config_destroy(&config);
  return cache;
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "capacity_byte", "1MiB"), OG_OK);
  CHECK_EQ(og_cache_create(config, NULL, &cache, &error), OG_UNKNOWN_OPTION);
  CHECK(cache == NULL);
  CHECK(strstr(og_error_message(error), "did you mean 'capacity_bytes'?") != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);

  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "shards", 3), OG_OK);
  CHECK_EQ(og_cache_create(config, NULL, &cache, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "shards") == 0);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void nulls_are_statuses(void) {
  og_cache *none = NULL;
  og_value *value = NULL;
  const void *keys[1] = {"k"};
  int64_t lens[1] = {1}, outcomes[1];
  CHECK_EQ(og_cache_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_get(NULL, KEY, NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_get_at(NULL, KEY, 0, NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_pin(NULL, KEY, &value), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_pin_at(NULL, KEY, 0, &value), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_pin_many(NULL, keys, lens, 1, &value, outcomes), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_pin_many_at(NULL, keys, lens, 1, 0, &value, outcomes), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_get_or_lease(NULL, KEY, &value, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_get_or_lease_at(NULL, KEY, 0, &value, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_fill(NULL, KEY, 1, "v", 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_fill_at(NULL, KEY, 1, "v", 1, 0, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_fill_absent(NULL, KEY, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_give_up(NULL, KEY, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_set(NULL, KEY, "v", 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_set_at(NULL, KEY, "v", 1, 0, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_set_weighted(NULL, KEY, "v", 1, 0, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_set_absent(NULL, KEY, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_delete(NULL, KEY), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_clear(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cache_stat(NULL, OG_CACHE_HITS), OG_NULL_HANDLE);
  CHECK_EQ(og_value_size(NULL), OG_NULL_HANDLE);
  CHECK(og_value_data(NULL) == NULL);
  og_value_destroy(NULL);
  og_value_destroy(&value);
  og_cache_destroy(NULL);
  og_cache_destroy(&none);
}

static void absurd_arguments_are_refused(void) {
  og_cache *cache = make(NULL, NULL);
  og_value *value = NULL;
  const void *keys[2] = {"k", NULL};
  int64_t lens[2] = {1, 1};
  og_value *values[2];
  CHECK_EQ(og_cache_get(cache, NULL, 1, NULL, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_get(cache, "k", -1, NULL, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_get(cache, KEY, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_get(cache, KEY, NULL, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_pin(cache, KEY, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_pin_many(cache, keys, lens, -1, values, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_pin_many(cache, keys, lens, 2, values, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_pin_many(cache, NULL, lens, 1, values, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_pin_many(cache, NULL, NULL, 0, NULL, NULL), 0);
  CHECK_EQ(og_cache_get_or_lease(cache, KEY, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set(cache, KEY, NULL, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set(cache, KEY, "v", -1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set(cache, KEY, "v", INT64_MAX, 0), OG_FULL);
  CHECK_EQ(og_cache_set(cache, "k", INT64_MAX, "v", 1, 0), OG_FULL);
  CHECK_EQ(og_cache_set_weighted(cache, KEY, "v", 1, 0, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set_weighted(cache, KEY, "v", 1, 0, INT64_MAX), OG_FULL);
  CHECK_EQ(og_cache_fill(cache, KEY, INT64_MIN, "v", 1, 0), OG_LAPSED);
  CHECK_EQ(og_cache_fill_absent(cache, KEY, INT64_MAX, 0), OG_LAPSED);
  CHECK_EQ(og_cache_give_up(cache, KEY, -5), OG_LAPSED);
  CHECK_EQ(og_cache_stat(cache, 9), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set_at(cache, KEY, "v", 1, INT64_MAX, INT64_MAX), OG_OK);
  CHECK_EQ(og_cache_get_at(cache, KEY, INT64_MIN, NULL, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_get_at(cache, KEY, 0, NULL, 0), 1);
  CHECK_EQ(og_cache_get_or_lease_at(cache, "m", 1, INT64_MIN, &value, NULL), OG_INVALID_ARGUMENT);
  CHECK(og_cache_get_or_lease_at(cache, "m", 1, 0, &value, NULL) > 0);
  CHECK_EQ(og_cache_get_or_lease_at(cache, "m", 1, 0, &value, NULL), OG_WAIT);
  CHECK(og_cache_get_or_lease_at(cache, "m", 1, INT64_MAX, &value, NULL) > 0);
  og_cache_destroy(&cache);
  CHECK(cache == NULL);
}

static void large_keys_and_values_pass(void) {
  og_cache *cache = make("shards", "1"); /* of 64 MiB: both fit */
  int64_t size = 10 << 20;
  char *key = malloc((size_t)size);
  og_value *value = NULL;
  memset(key, 'k', (size_t)size);
  CHECK_EQ(og_cache_set(cache, key, size, "v", 1, 0), OG_OK);
  CHECK_EQ(og_cache_pin(cache, key, size, &value), 1);
  og_value_destroy(&value);
  CHECK_EQ(og_cache_pin(cache, key, size - 1, &value), OG_MISS);
  CHECK_EQ(og_cache_set(cache, KEY, key, size, 0), OG_OK);
  CHECK_EQ(og_cache_get(cache, KEY, NULL, 0), size);
  CHECK_EQ(og_cache_delete(cache, key, size), OG_OK);
  CHECK_EQ(og_cache_delete(cache, KEY), OG_OK);
  free(key);
  og_cache_destroy(&cache);
}

static void references_outlive_eviction_and_cache(void) {
  og_cache *cache = make("capacity_entries", "1");
  og_value *first = NULL, *second = NULL;
  CHECK_EQ(og_cache_set(cache, "a", 1, "first", 5, 0), OG_OK);
  CHECK_EQ(og_cache_pin(cache, "a", 1, &first), 5);
  CHECK_EQ(og_cache_set(cache, "b", 1, "second", 6, 0), OG_OK);
  CHECK_EQ(og_cache_pin(cache, "a", 1, &second), OG_MISS);
  CHECK(second == NULL);
  CHECK_EQ(og_cache_pin(cache, "b", 1, &second), 6);
  og_cache_destroy(&cache);
  CHECK_EQ(og_value_size(first), 5);
  CHECK(memcmp(og_value_data(first), "first", 5) == 0);
  CHECK(memcmp(og_value_data(second), "second", 6) == 0);
  og_value_destroy(&first);
  og_value_destroy(&second);
  CHECK(first == NULL && second == NULL);
}

static void many_keys_in_one_call(void) {
  enum { COUNT = 100 };
  og_cache *cache = make(NULL, NULL);
  char names[COUNT][8];
  const void *keys[COUNT];
  int64_t lens[COUNT], outcomes[COUNT];
  og_value *values[COUNT];
  int i;
  for (i = 0; i < COUNT; ++i) {
    lens[i] = snprintf(names[i], sizeof names[i], "key%d", i);
    keys[i] = names[i];
    if (i % 2 == 0) CHECK_EQ(og_cache_set(cache, keys[i], lens[i], names[i], lens[i], 0), OG_OK);
  }
  CHECK_EQ(og_cache_set_absent(cache, keys[1], lens[1], OG_CACHE_DEFAULT_TTL), OG_OK);
  CHECK_EQ(og_cache_pin_many(cache, keys, lens, COUNT, values, outcomes), COUNT / 2);
  for (i = 0; i < COUNT; ++i) {
    CHECK_EQ(outcomes[i], i % 2 == 0 ? lens[i] : i == 1 ? OG_ABSENT : OG_MISS);
    CHECK((values[i] != NULL) == (i % 2 == 0));
    if (values[i]) CHECK(memcmp(og_value_data(values[i]), names[i], (size_t)lens[i]) == 0);
    og_value_destroy(&values[i]);
  }
  CHECK_EQ(og_cache_pin_many_at(cache, keys, lens, 1, 0, values, NULL), 1);
  og_value_destroy(&values[0]);
  CHECK_EQ(og_cache_stat(cache, OG_CACHE_HITS), COUNT / 2 + 1);
  CHECK_EQ(og_cache_stat(cache, OG_CACHE_NEGATIVE_HITS), 1);
  CHECK_EQ(og_cache_stat(cache, OG_CACHE_MISSES), COUNT / 2 - 1);
  og_cache_destroy(&cache);
}

static void the_system_clock_serves(void) {
  og_cache *cache = make("lease_ms", "1h");
  og_value *value = NULL;
  int64_t wait_ns = 0;
  int64_t lease = og_cache_get_or_lease(cache, KEY, &value, &wait_ns);
  CHECK(lease > 0 && value == NULL && wait_ns == 0);
  CHECK_EQ(og_cache_get_or_lease(cache, KEY, &value, &wait_ns), OG_WAIT);
  CHECK(wait_ns > 0);
  CHECK_EQ(og_cache_fill(cache, KEY, lease, "v", 1, INT64_C(3600000000000)), OG_OK);
  CHECK_EQ(og_cache_get_or_lease(cache, KEY, &value, &wait_ns), OG_OK);
  CHECK_EQ(og_value_size(value), 1);
  og_value_destroy(&value);
  lease = og_cache_get_or_lease(cache, "n", 1, &value, NULL);
  CHECK_EQ(og_cache_give_up(cache, "n", 1, lease), OG_OK);
  lease = og_cache_get_or_lease(cache, "n", 1, &value, NULL);
  CHECK_EQ(og_cache_fill_absent(cache, "n", 1, lease, OG_CACHE_DEFAULT_TTL), OG_OK);
  CHECK_EQ(og_cache_get_or_lease(cache, "n", 1, &value, NULL), OG_ABSENT);
  CHECK_EQ(og_cache_clear(cache), OG_OK);
  CHECK_EQ(og_cache_stat(cache, OG_CACHE_ENTRIES), 0);
  og_cache_destroy(&cache);
}

static void negative_times_to_live_are_refused(void) {
  og_cache *cache = make("lease_ms", "1h");
  og_value *value = NULL;
  int64_t lease = og_cache_get_or_lease(cache, KEY, &value, NULL);
  CHECK_EQ(og_cache_fill(cache, KEY, lease, "v", 1, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_fill_at(cache, KEY, lease, "v", 1, INT64_MIN, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_fill_absent(cache, KEY, lease, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set(cache, "n", 1, "v", 1, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set_at(cache, "n", 1, "v", 1, -2, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set_weighted(cache, "n", 1, "v", 1, -2, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_set_absent(cache, "n", 1, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cache_stat(cache, OG_CACHE_ENTRIES), 0);
  CHECK_EQ(og_cache_fill(cache, KEY, lease, "v", 1, OG_CACHE_DEFAULT_TTL),
           OG_OK); /* it still stood */
  og_cache_destroy(&cache);
}

int main(void) {
  options_are_checked();
  nulls_are_statuses();
  absurd_arguments_are_refused();
  large_keys_and_values_pass();
  references_outlive_eviction_and_cache();
  many_keys_in_one_call();
  negative_times_to_live_are_refused();
  the_system_clock_serves();
  return 0;
}
