/* SPDX-License-Identifier: Apache-2.0 */
/* Cache-aside with leases: of all callers that miss, one asks the database. The clock is manual, so
 * the minute passes at once; a service passes NULL for the clock. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <string.h>

static const char *database = "Ada Lovelace";
static int queries = 0;

static void show(og_cache *cache, const char *key) {
  int64_t len = (int64_t)strlen(key);
  og_value *value = NULL;
  int64_t answer = og_cache_get_or_lease(cache, key, len, &value, NULL);
  if (og_leased(answer)) { /* ours to load */
    ++queries;
    printf("%s: loaded %s\n", key, database);
    og_cache_fill(cache, key, len, answer, database, (int64_t)strlen(database),
                  OG_CACHE_DEFAULT_TTL);
  } else if (og_at_hand(answer)) {
    printf("%s: %s %.*s\n", key, answer == OG_OK ? "cached" : "stale", (int)og_value_size(value),
           (const char *)og_value_data(value));
  } else {
    printf("%s: %s\n", key, og_status_text((og_status)answer));
  }
  og_value_destroy(&value);
}

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_value *value = NULL;
  og_error *error = NULL;
  int64_t slow;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "capacity_bytes", "64MiB") != OG_OK ||
      og_config_set(config, "ttl_ms", "60s") != OG_OK ||
      og_config_set(config, "stale_ms", "30s") != OG_OK ||
      og_cache_create(config, clock, &cache, &error) != OG_OK)
    return fail(error);

  show(cache, "user:1");
  show(cache, "user:1");

  /* A minute later one caller begins to load anew, and is slow; the others take the stale value. */
  og_clock_advance(clock, INT64_C(60000000000));
  slow = og_cache_get_or_lease(cache, "user:1", 6, &value, NULL);
  og_value_destroy(&value);
  show(cache, "user:1");

  /* The row changes meanwhile. What the slow caller read before is refused. */
  database = "Ada King";
  og_cache_delete(cache, "user:1", 6);
  printf("slow fill: %s\n",
         og_status_text(og_cache_fill(cache, "user:1", 6, slow, "Ada Lovelace", 12, 0)));
  show(cache, "user:1");

  printf("%d queries, %" PRId64 " hits\n", queries, og_cache_stat(cache, OG_CACHE_HITS));
  og_cache_destroy(&cache);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
