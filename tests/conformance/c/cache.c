/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

enum { MOST_KEYS = 64 };

typedef struct cache_driver {
  og_cache *cache;
  json_t *leases; /* by name */
} cache_driver;

static void *open_cache(json_t *vector, og_config *config, og_clock *clock) {
  cache_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_cache_create(config, clock, &self->cache, &error), &error);
  self->leases = json_object();
  return self;
}

static json_t *word(int64_t status) {
  switch (status) {
    case OG_OK:
      return json_string("ok");
    case OG_FULL:
      return json_string("full");
    case OG_LAPSED:
      return json_string("lapsed");
    case OG_MISS:
      return json_string("miss");
    case OG_ABSENT:
      return json_string("absent");
    case OG_STALE:
      return json_string("stale");
    case OG_WAIT:
      return json_string("wait");
    default:
      return json_string("invalid");
  }
}

static json_t *text_of(og_value *value) {
  json_t *text =
      value ? json_stringn(og_value_data(value), (size_t)og_value_size(value)) : json_null();
  og_value_destroy(&value);
  return text;
}

static json_t *found(int64_t outcome, og_value *value) {
  return outcome < 0 ? word(outcome) : json_pack("{s:o}", "value", text_of(value));
}

static json_t *many(og_cache *cache, json_t *keys) {
  const void *data[MOST_KEYS];
  int64_t lens[MOST_KEYS], outcomes[MOST_KEYS];
  og_value *values[MOST_KEYS];
  size_t count = json_array_size(keys), i;
  json_t *out = json_array();
  for (i = 0; i < count; ++i) {
    data[i] = json_string_value(json_array_get(keys, i));
    lens[i] = (int64_t)json_string_length(json_array_get(keys, i));
  }
  if (og_cache_pin_many(cache, data, lens, (int64_t)count, values, outcomes) < 0) fail("pin_many");
  for (i = 0; i < count; ++i) json_array_append_new(out, found(outcomes[i], values[i]));
  return out;
}

static json_t *lease(cache_driver *self, const char *key, int64_t len, const char *as) {
  og_value *value = NULL;
  int64_t wait_ns = 0;
  int64_t answer = og_cache_get_or_lease(self->cache, key, len, &value, &wait_ns);
  json_t *out = json_object();
  if (answer > 0) json_object_set_new(self->leases, as, json_integer(answer));
  json_object_set_new(out, "outcome",
                      answer > 0    ? json_string("lease")
                      : answer == 0 ? json_string("hit")
                                    : word(answer));
  json_object_set_new(out, "value", text_of(value));
  json_object_set_new(out, "wait_ms", json_integer(wait_ns / 1000000));
  return out;
}

static json_t *copy(og_cache *cache, const char *key, int64_t len, int64_t capacity) {
  char *out = calloc(1, (size_t)capacity + 1);
  int64_t size = og_cache_get(cache, key, len, out, capacity);
  json_t *answer =
      size < 0 ? word(size) : json_pack("{s:I,s:s}", "size", (json_int_t)size, "bytes", out);
  free(out);
  return answer;
}

static json_t *stat_of(og_cache *cache, const char *name) {
  static const struct {
    const char *name;
    int32_t which;
  } kStats[] = {{"entries", OG_CACHE_ENTRIES},
                {"bytes", OG_CACHE_BYTES},
                {"leases", OG_CACHE_LEASES},
                {"hits", OG_CACHE_HITS},
                {"negative_hits", OG_CACHE_NEGATIVE_HITS},
                {"stale_hits", OG_CACHE_STALE_HITS},
                {"misses", OG_CACHE_MISSES},
                {"waits", OG_CACHE_WAITS},
                {"evictions", OG_CACHE_EVICTIONS},
                {"expirations", OG_CACHE_EXPIRATIONS},
                {"too_large", OG_CACHE_TOO_LARGE}};
  size_t i;
  for (i = 0; i < sizeof kStats / sizeof *kStats; ++i) {
    if (strcmp(kStats[i].name, name) == 0)
      return json_integer(og_cache_stat(cache, kStats[i].which));
  }
  fail("unknown stat %s", name);
  return NULL;
}

static json_t *step_cache(void *data, json_t *step, int64_t now_ns) {
  cache_driver *self = data;
  og_cache *cache = self->cache;
  const char *op = get_text(step, "op", ""), *key = get_text(step, "key", "");
  const char *value = get_text(step, "value", "");
  int64_t len = get_len(step, "key"), value_len = get_len(step, "value");
  int64_t ttl =
      json_object_get(step, "ttl_ms") ? get_int(step, "ttl_ms", 0) * 1000000 : OG_CACHE_DEFAULT_TTL;
  int64_t held = json_integer_value(json_object_get(self->leases, get_text(step, "lease", "")));
  int64_t weight = get_int(step, "weight", 0);
  (void)now_ns;
  if (strcmp(op, "set") == 0 && weight > 0) {
    return word(og_cache_set_weighted(cache, key, len, value, value_len, ttl, weight));
  }
  if (strcmp(op, "set") == 0) return word(og_cache_set(cache, key, len, value, value_len, ttl));
  if (strcmp(op, "set_absent") == 0) return word(og_cache_set_absent(cache, key, len, ttl));
  if (strcmp(op, "get") == 0) {
    og_value *pinned = NULL;
    int64_t outcome = og_cache_pin(cache, key, len, &pinned);
    return found(outcome, pinned);
  }
  if (strcmp(op, "get_many") == 0) return many(cache, json_object_get(step, "keys"));
  if (strcmp(op, "copy") == 0) return copy(cache, key, len, get_int(step, "capacity", 0));
  if (strcmp(op, "lease") == 0) return lease(self, key, len, get_text(step, "as", ""));
  if (strcmp(op, "fill") == 0) {
    return word(og_cache_fill(cache, key, len, held, value, value_len, ttl));
  }
  if (strcmp(op, "fill_absent") == 0) return word(og_cache_fill_absent(cache, key, len, held, ttl));
  if (strcmp(op, "give_up") == 0) return word(og_cache_give_up(cache, key, len, held));
  if (strcmp(op, "delete") == 0) return word(og_cache_delete(cache, key, len));
  if (strcmp(op, "clear") == 0) return word(og_cache_clear(cache));
  if (strcmp(op, "stat") == 0) return stat_of(cache, get_text(step, "name", ""));
  fail("unknown op %s", op);
  return NULL;
}

static void close_cache(void *data) {
  cache_driver *self = data;
  og_cache_destroy(&self->cache);
  json_decref(self->leases);
  free(self);
}

const driver driver_cache = {open_cache, step_cache, close_cache};
