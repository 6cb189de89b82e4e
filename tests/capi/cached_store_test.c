/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

typedef struct parts {
  og_clock *clock;
  og_cache *cache;
  og_store *store;
  og_cached_store *cached;
} parts;

/* options: name, value, ..., NULL. On a manual clock, over a store in memory. */
static parts make(const char *const *options) {
  parts made = {NULL, NULL, NULL, NULL};
  og_config *config = NULL;
  CHECK_EQ(og_clock_create_manual(0, &made.clock, NULL), OG_OK);
  CHECK_EQ(og_cache_create(NULL, made.clock, &made.cache, NULL), OG_OK);
  CHECK_EQ(og_store_create(NULL, made.clock, &made.store, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (; *options; options += 2) CHECK_EQ(og_config_set(config, options[0], options[1]), OG_OK);
  CHECK_EQ(og_cached_store_create(config, made.cache, made.store, NULL, &made.cached, NULL), OG_OK);
  og_config_destroy(&config);
  return made;
}

static void release(parts *made) {
  og_cached_store_destroy(&made->cached);
  CHECK(made->cached == NULL);
  og_store_destroy(&made->store);
  og_cache_destroy(&made->cache);
  og_clock_destroy(&made->clock);
}

static const char *const kBehind[] = {"mode", "behind", "flush_interval_ms", "1s", NULL};

static void nulls_and_nonsense_are_statuses(void) {
  parts made = make(kBehind);
  og_cached_store *cached = made.cached, *none = NULL;
  og_value *value = (og_value *)cached;
  og_batch *batch = (og_batch *)cached;
  og_dead_letters *letters = (og_dead_letters *)cached;
  og_error *error = NULL;
  int32_t source;
  CHECK_EQ(og_cached_store_create(NULL, made.cache, made.store, NULL, NULL, &error),
           OG_INVALID_ARGUMENT);
  og_error_destroy(&error);
  CHECK_EQ(og_cached_store_create(NULL, NULL, made.store, NULL, &none, &error), OG_NULL_HANDLE);
  CHECK(none == NULL && error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_cached_store_create(NULL, made.cache, NULL, NULL, &none, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_get(NULL, "k", 1, &value, &source, &error), OG_NULL_HANDLE);
  CHECK(value == NULL && error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_cached_store_get(cached, NULL, 1, &value, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_get(cached, "k", -1, &value, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_get(cached, "k", 1, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_get_at(cached, "k", INT64_MIN, 0, &value, NULL, NULL),
           OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_set(NULL, "k", 1, "v", 1, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, NULL, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_set_at(cached, "k", 1, "v", -1, 0, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_delete(cached, NULL, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_delete_at(NULL, "k", 1, 0, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_pump(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_due_in(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_take_batch(NULL, &batch, NULL), OG_NULL_HANDLE);
  CHECK(batch == NULL);
  CHECK_EQ(og_cached_store_take_batch(cached, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_take_batch(cached, &batch, NULL), 0);
  CHECK(batch == NULL);
  CHECK_EQ(og_cached_store_batch_done(cached, NULL, OG_OK), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_batch_done(cached, &batch, OG_OK), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_flush(cached, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_await_flush(cached, -1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_await_flush(cached, 0, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_close(cached, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_flush(cached, INT64_MAX), 0);
  CHECK_EQ(og_cached_store_dead_letters(NULL, &letters, NULL), OG_NULL_HANDLE);
  CHECK(letters == NULL);
  CHECK_EQ(og_cached_store_dead_letters(cached, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_dead_letters_count(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_dead_letters_at(NULL, 0, NULL, NULL, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_dead_letters_reason(NULL, 0, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_cached_store_redrive(cached, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_redrive(cached, "k", 1), OG_MISS);
  CHECK_EQ(og_cached_store_redrive_all(cached), 0);
  CHECK_EQ(og_cached_store_discard(cached, NULL, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_discard(cached, "k", 1), OG_MISS);
  CHECK_EQ(og_cached_store_stat(cached, 999), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_stat(NULL, OG_CACHED_STORE_PENDING), OG_NULL_HANDLE);
  og_dead_letters_destroy(NULL);
  og_cached_store_destroy(NULL);
  og_cached_store_destroy(&none);
  release(&made);
}

static void options_are_checked(void) {
  static const char *const kBad[][2] = {
      {"mode", "beside"},      {"batch_size", "0"}, {"flush_interval_ms", "-1"},
      {"full", "drop"},        {"thread", "two"},   {"retry_base_ms", "0"},
      {"buffer_entries", "0"}, {"wait_ms", "2d"},   {"max_age_ms", "5s"}};
  parts made = make(kBehind);
  size_t i;
  for (i = 0; i < sizeof kBad / sizeof *kBad; ++i) {
    og_config *config = NULL;
    og_cached_store *cached = NULL;
    og_error *error = NULL;
    CHECK_EQ(og_config_create(&config, NULL), OG_OK);
    CHECK_EQ(og_config_set(config, kBad[i][0], kBad[i][1]), OG_OK);
    CHECK_EQ(og_cached_store_create(config, made.cache, made.store, NULL, &cached, &error),
             OG_BAD_VALUE);
    CHECK(strcmp(og_error_option(error), kBad[i][0]) == 0);
    CHECK(cached == NULL);
    og_error_destroy(&error);
    og_config_destroy(&config);
  }
  release(&made);
}

static void writes_go_where_the_mode_says(void) {
  static const char *const kModes[][3] = {
      {"mode", "aside", NULL}, {"mode", "through", NULL}, {"mode", "behind", NULL}};
  size_t i;
  for (i = 0; i < 3; ++i) {
    parts made = make(kModes[i]);
    og_value *value = NULL;
    CHECK_EQ(og_cached_store_set(made.cached, "k\0", 2, "v\0w", 3, NULL), OG_OK);
    CHECK_EQ(og_store_get(made.store, "k\0", 2, &value, NULL), i < 2 ? 3 : OG_ABSENT);
    og_value_destroy(&value);
    CHECK_EQ(og_cache_get(made.cache, "k\0", 2, NULL, 0), i == 0 ? OG_MISS : 3);
    CHECK_EQ(og_cached_store_get_at(made.cached, "k\0", 2, 5, &value, NULL, NULL), 3);
    CHECK(memcmp(og_value_data(value), "v\0w", 3) == 0);
    og_value_destroy(&value);
    CHECK_EQ(og_cached_store_delete(made.cached, "k\0", 2, NULL), OG_OK);
    CHECK_EQ(og_cached_store_get(made.cached, "k\0", 2, &value, NULL, NULL), OG_ABSENT);
    CHECK_EQ(og_cached_store_flush(made.cached, 0), 0);
    CHECK_EQ(og_store_get(made.store, "k\0", 2, &value, NULL), OG_ABSENT);
    CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_WRITES), 2);
    CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_DRAIN_TIME),
             i < 2 ? 0 : INT64_C(5000000000));
    CHECK_EQ(og_cached_store_begin_flush(made.cached, 0), i < 2 ? 0 : 1); /* a number of its own */
    CHECK_EQ(og_cached_store_set(made.cached, "k", 1, "v", 1, NULL), OG_OK);
    CHECK_EQ(
        og_cached_store_await_flush(made.cached, og_cached_store_begin_flush(made.cached, 1), 0),
        0);
    CHECK_EQ(og_cached_store_set(made.cached, "k", 1, "v", 1, NULL), OG_CLOSED);
    CHECK_EQ(og_cached_store_close(made.cached, 0), 0);
    CHECK_EQ(og_cached_store_set(made.cached, "k", 1, "v", 1, NULL), OG_CLOSED);
    CHECK_EQ(og_cached_store_delete(made.cached, "k", 1, NULL), OG_CLOSED);
    release(&made);
  }
}

static void many_are_got_at_once(void) {
  static const char *const kThrough[] = {"mode", "through", NULL};
  enum { kCount = 40 };
  parts made = make(kThrough);
  char names[kCount][8];
  const void *keys[kCount];
  int64_t lens[kCount], outcomes[kCount];
  og_value *values[kCount];
  int i, round;
  for (i = 0; i < kCount; ++i) {
    keys[i] = names[i];
    lens[i] = snprintf(names[i], sizeof names[i], "k%d", i);
    if (i % 2) CHECK_EQ(og_store_set(made.store, keys[i], lens[i], names[i], lens[i], NULL), OG_OK);
  }
  for (round = 0; round < 2; ++round) {
    CHECK_EQ(
        round ? og_cached_store_get_many(made.cached, keys, lens, kCount, values, outcomes)
              : og_cached_store_get_many_at(made.cached, keys, lens, kCount, 0, values, outcomes),
        kCount / 2);
    for (i = 0; i < kCount; ++i) {
      CHECK_EQ(outcomes[i], i % 2 ? lens[i] : OG_ABSENT);
      CHECK((values[i] != NULL) == (i % 2));
      if (values[i]) CHECK(memcmp(og_value_data(values[i]), names[i], (size_t)lens[i]) == 0);
      og_value_destroy(&values[i]);
    }
    CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_LOADS), kCount);
  }
  lens[3] = -1;
  CHECK_EQ(og_cached_store_get_many(made.cached, keys, lens, kCount, values, NULL),
           OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_get_many(made.cached, keys, lens, 0, values, NULL), 0);
  CHECK_EQ(og_cached_store_get_many(made.cached, NULL, lens, 1, values, NULL), OG_INVALID_ARGUMENT);
  release(&made);
}

static void ten_megabytes_are_a_key_and_a_value(void) {
  enum { kSize = 10 << 20 };
  char *bytes = malloc(kSize);
  parts made = make(kBehind);
  og_value *value = NULL;
  memset(bytes, 7, kSize);
  CHECK_EQ(og_cached_store_set(made.cached, bytes, kSize, bytes, kSize, NULL), OG_OK);
  og_cache_clear(made.cache);
  CHECK_EQ(og_cached_store_get(made.cached, bytes, kSize, &value, NULL, NULL), kSize);
  CHECK(memcmp(og_value_data(value), bytes, kSize) == 0);
  og_value_destroy(&value);
  CHECK_EQ(og_cached_store_flush(made.cached, 0), 0);
  CHECK_EQ(og_store_get(made.store, bytes, kSize, &value, NULL), kSize);
  og_value_destroy(&value);
  release(&made);
  free(bytes);
}

static void a_host_pumps_or_takes(void) {
  parts made = make(kBehind);
  parts other = make(kBehind);
  og_batch *batch = NULL, *again = NULL, *own = NULL;
  const void *key, *bytes;
  int64_t key_len, len;
  CHECK_EQ(og_cached_store_due_in(made.cached), OG_NONE);
  CHECK_EQ(og_cached_store_set_at(made.cached, "a", 1, "1", 1, 500, NULL), OG_OK);
  CHECK_EQ(og_cached_store_delete_at(made.cached, "b", 1, 600, NULL), OG_OK);
  CHECK_EQ(og_cached_store_due_in(made.cached), 1000000500);
  CHECK_EQ(og_cached_store_due_in_at(made.cached, 1000000400), 100);
  CHECK_EQ(og_cached_store_due_in_at(made.cached, INT64_MAX), 0);
  CHECK_EQ(og_cached_store_due_in_at(made.cached, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_pump_at(made.cached, 1000000499), 0);
  CHECK_EQ(og_cached_store_take_batch_at(made.cached, 1000000500, &batch, NULL), 2);
  CHECK_EQ(og_batch_size(batch), 2);
  CHECK_EQ(og_batch_at(batch, 0, &key, &key_len, &bytes, &len), OG_OK);
  CHECK(key_len == 1 && len == 1 && *(const char *)key == 'a' && *(const char *)bytes == '1');
  CHECK_EQ(og_batch_at(batch, 1, &key, &key_len, &bytes, &len), OG_ABSENT);
  CHECK(key_len == 1 && *(const char *)key == 'b' && bytes == NULL && len == 0);
  CHECK_EQ(og_batch_set(batch, "c", 1, "1", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_WRITING), 2);
  CHECK_EQ(og_cached_store_batch_done(other.cached, &batch, OG_OK), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_create(&own, NULL), OG_OK);
  CHECK_EQ(og_cached_store_batch_done(made.cached, &own, OG_OK), OG_INVALID_ARGUMENT);
  og_batch_destroy(&own);
  CHECK_EQ(og_store_batch_write(made.store, batch, NULL), OG_OK);
  CHECK_EQ(og_cached_store_batch_done_at(made.cached, &batch, OG_OK, 1000000600), OG_OK);
  CHECK(batch == NULL);
  CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_STORED), 2);

  /* One that is destroyed has failed, and is tried again; it keeps its cached store alive. */
  CHECK_EQ(og_cached_store_set(made.cached, "a", 1, "2", 1, NULL), OG_OK);
  og_clock_advance(made.clock, 1000000000);
  CHECK_EQ(og_cached_store_take_batch(made.cached, &batch, NULL), 1);
  og_batch_destroy(&batch);
  CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_FAILED_ATTEMPTS), 1);
  og_clock_advance(made.clock, 1000000000);
  CHECK_EQ(og_cached_store_take_batch(made.cached, &again, NULL), 1);
  CHECK_EQ(og_cached_store_batch_done(made.cached, &again, OG_TIMEOUT), OG_OK);
  og_clock_advance(made.clock, 1000000000);
  CHECK_EQ(og_cached_store_pump(made.cached), 1);
  CHECK_EQ(og_cached_store_set(made.cached, "a", 1, "3", 1, NULL), OG_OK);
  og_clock_advance(made.clock, 1000000000);
  CHECK_EQ(og_cached_store_take_batch(made.cached, &batch, NULL), 1);
  release(&made);
  CHECK_EQ(og_batch_at(batch, 0, NULL, NULL, &bytes, NULL), OG_OK);
  CHECK(*(const char *)bytes == '3');
  og_batch_destroy(&batch);
  release(&other);
}

static void a_full_buffer_is_an_outcome(void) {
  static const char *const kSmall[] = {"mode",   "behind", "buffer_entries", "1", "full",
                                       "refuse", NULL};
  parts made = make(kSmall);
  CHECK_EQ(og_cached_store_set(made.cached, "a", 1, "1", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_set(made.cached, "b", 1, "1", 1, NULL), OG_FULL);
  CHECK_EQ(og_cached_store_delete(made.cached, "b", 1, NULL), OG_FULL);
  CHECK_EQ(og_cached_store_stat(made.cached, OG_CACHED_STORE_REFUSED), 2);
  CHECK_EQ(og_cached_store_pump(made.cached), 1);
  CHECK_EQ(og_cached_store_set(made.cached, "b", 1, "1", 1, NULL), OG_OK);
  release(&made);
}

/* A thread of the library's, over a store of the library's. */
static void a_thread_writes_and_ends(void) {
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_store *store = NULL;
  og_cached_store *cached = NULL;
  og_value *value = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "mode", "behind"), OG_OK);
  CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
  CHECK_EQ(og_store_create(NULL, NULL, &store, NULL), OG_OK);
  CHECK_EQ(og_cached_store_create(config, cache, store, NULL, &cached, NULL), OG_OK);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_flush(cached, INT64_MAX), 0);
  CHECK_EQ(og_store_get(store, "k", 1, &value, NULL), 1);
  og_value_destroy(&value);
  CHECK_EQ(og_cached_store_set(cached, "l", 1, "v", 1, NULL), OG_OK);
  og_cached_store_destroy(&cached);
  CHECK_EQ(og_store_get(store, "l", 1, &value, NULL), 1);
  og_value_destroy(&value);
  og_store_destroy(&store);
  og_cache_destroy(&cache);
  og_config_destroy(&config);
}

int main(void) {
  nulls_and_nonsense_are_statuses();
  options_are_checked();
  writes_go_where_the_mode_says();
  many_are_got_at_once();
  ten_megabytes_are_a_key_and_a_value();
  a_host_pumps_or_takes();
  a_full_buffer_is_an_outcome();
  a_thread_writes_and_ends();
  return 0;
}
