/* SPDX-License-Identifier: Apache-2.0 */
/* Write-behind over the program's own database: writes are acknowledged at once and reach the
 * database in batches, on the program's thread. A write that keeps failing becomes a dead letter.
 * The clock is manual, so the seconds pass at once; a service passes NULL for it, and over a store
 * of the library's a thread of the library's writes instead of og_cached_store_pump. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char database[4][16]; /* user:0 to user:3 */

static char *row(const void *key) { return database[((const char *)key)[5] - '0']; }

static og_status db_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  (void)context, (void)key_len;
  printf("    SELECT %.*s\n", (int)key_len, (const char *)key);
  if (!*row(key)) return OG_ABSENT;
  return og_store_reply_value(reply, row(key), (int64_t)strlen(row(key)));
}

static og_status db_set(void *context, const void *key, int64_t key_len, const void *value,
                        int64_t value_len, og_store_reply *reply) {
  (void)context, (void)key_len;
  if (value_len > 10) {
    og_store_reply_error(reply, "value too long for column");
    return OG_STORE;
  }
  snprintf(row(key), sizeof database[0], "%.*s", (int)value_len, (const char *)value);
  return OG_OK;
}

static og_status db_remove(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  (void)context, (void)key_len, (void)reply;
  *row(key) = 0;
  return OG_OK;
}

/* Ends the program where something could not be made, and says why. */
static void must(og_status status, og_error **error) {
  if (status == OG_OK) return;
  fprintf(stderr, "%s\n",
          error != NULL && *error != NULL ? og_error_message(*error) : og_status_text(status));
  exit(1);
}

static void show(og_cached_store *users, const char *key) {
  static const char *const kFrom[] = {"cache", "stale", "buffer", "store"};
  og_value *value = NULL;
  int32_t from;
  int64_t size = og_cached_store_get(users, key, (int64_t)strlen(key), &value, &from, NULL);
  if (og_found(size)) {
    printf("  %s = %.*s (%s)\n", key, (int)size, (const char *)og_value_data(value), kFrom[from]);
  } else {
    printf("  %s: %s (%s)\n", key, og_status_text((og_status)size), kFrom[from]);
  }
  og_value_destroy(&value);
}

static void save(og_cached_store *users, const char *key, const char *value) {
  og_error *error = NULL;
  must(og_cached_store_set(users, key, (int64_t)strlen(key), value, (int64_t)strlen(value), &error),
       &error);
}

int main(void) {
  og_store_functions functions = {0};
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_store *store = NULL;
  og_cached_store *users = NULL;
  og_dead_letters *dead = NULL;
  og_error *error = NULL;
  const void *key;
  const char *why;
  int64_t key_len, attempts;

  functions.size = sizeof functions;
  functions.get = db_get;
  functions.set = db_set;
  functions.remove = db_remove;
  must(og_clock_create_manual(0, &clock, &error), &error);
  must(og_cache_create(NULL, clock, &cache, &error), &error);
  must(og_store_create_custom(&functions, clock, &store, &error), &error);
  must(og_config_create(&config, &error), &error);
  must(og_config_set(config, "mode", "behind"), NULL);
  must(og_config_set(config, "batch_size", "100"), NULL);
  must(og_config_set(config, "flush_interval_ms", "5s"), NULL);
  must(og_config_set(config, "retry_attempts", "1"), NULL);
  must(og_cached_store_create(config, cache, store, NULL, &users, &error), &error);

  printf("five writes, two of them to one user:\n");
  save(users, "user:1", "ada");
  save(users, "user:2", "grace");
  save(users, "user:1", "ada king");
  save(users, "user:3", "a name that is too long");
  save(users, "user:0", "alan");
  show(users, "user:1");
  printf("  %" PRId64 " pending, due in %" PRId64 " s, database: '%s'\n",
         og_cached_store_stat(users, OG_CACHED_STORE_PENDING),
         og_cached_store_due_in(users) / 1000000000, database[1]);

  /* The cache may evict what is not in the database yet. */
  og_cache_clear(cache);
  show(users, "user:1");

  printf("five seconds later:\n");
  og_clock_advance(clock, INT64_C(5000000000));
  og_cached_store_pump(users); /* the batch stops at user:3: each is tried again by itself */
  og_clock_advance(clock, INT64_C(1000000000));
  og_cached_store_pump(users);
  printf("  %" PRId64 " pending, %" PRId64 " coalesced, database: '%s', '%s', '%s', '%s'\n",
         og_cached_store_stat(users, OG_CACHED_STORE_PENDING),
         og_cached_store_stat(users, OG_CACHED_STORE_COALESCED), database[0], database[1],
         database[2], database[3]);

  must(og_cached_store_dead_letters(users, &dead, &error), &error);
  if (og_dead_letters_at(dead, 0, &key, &key_len, NULL, NULL) == OG_OK) {
    og_dead_letters_reason(dead, 0, &attempts, &why);
    printf("  dead after %" PRId64 " attempts: %.*s, %s\n", attempts, (int)key_len,
           (const char *)key, why);
  }
  og_dead_letters_destroy(&dead);
  show(users, "user:3");

  printf("a shorter one takes its place:\n");
  save(users, "user:3", "alonzo");
  printf("  left after closing: %" PRId64 ", database: '%s'\n",
         og_cached_store_close(users, INT64_C(1000000000)), database[3]);

  og_cached_store_destroy(&users);
  og_store_destroy(&store);
  og_cache_destroy(&cache);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
