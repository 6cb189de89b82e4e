/* SPDX-License-Identifier: Apache-2.0 */
/* The store is the program's: a table of functions over a JSON object. */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct cached_driver {
  og_cache *cache;
  og_store *store;
  og_cached_store *cached;
  json_t *rows;
  const char *how;     /* how the store fails: static, "" for not */
  json_t *leases;      /* by name */
  json_t *batches;     /* by name: places in `taken` */
  og_batch *taken[16]; /* NULL once done */
  size_t taken_count;
} cached_driver;

/* ---- the store ---- */

static char *text(const void *bytes, int64_t len) {
  char *copy = malloc((size_t)len + 1);
  memcpy(copy, bytes, (size_t)len);
  copy[len] = 0;
  return copy;
}

static og_status told_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  cached_driver *self = context;
  char *name = text(key, key_len);
  json_t *row = json_object_get(self->rows, name);
  free(name);
  if (strcmp(self->how, "reads") == 0) return OG_STORE;
  if (!row) return OG_ABSENT;
  return og_store_reply_value(reply, json_string_value(row), (int64_t)json_string_length(row));
}

static og_status told_write(cached_driver *self, const void *key, int64_t key_len,
                            const void *value, int64_t value_len, int erase) {
  char *name = text(key, key_len);
  if (strcmp(self->how, "refused") != 0) {
    if (erase) {
      json_object_del(self->rows, name);
    } else {
      json_object_set_new(self->rows, name, json_stringn(value, (size_t)value_len));
    }
  }
  free(name);
  return strcmp(self->how, "refused") == 0 || strcmp(self->how, "applied") == 0 ? OG_STORE : OG_OK;
}

static og_status told_set(void *context, const void *key, int64_t key_len, const void *value,
                          int64_t value_len, og_store_reply *reply) {
  (void)reply;
  return told_write(context, key, key_len, value, value_len, 0);
}

static og_status told_remove(void *context, const void *key, int64_t key_len,
                             og_store_reply *reply) {
  (void)reply;
  return told_write(context, key, key_len, NULL, 0, 1);
}

static og_status told_batch(void *context, const og_batch *batch, og_store_reply *reply) {
  og_status status = OG_OK;
  int64_t i;
  (void)reply;
  for (i = 0; i < og_batch_size(batch); ++i) {
    const void *key, *value;
    int64_t key_len, value_len;
    int erase = og_batch_at(batch, i, &key, &key_len, &value, &value_len) == OG_ABSENT;
    status = told_write(context, key, key_len, value, value_len, erase);
  }
  return status;
}

/* ---- the driver ---- */

static void *open_cached_store(json_t *vector, og_config *config, og_clock *clock) {
  cached_driver *self = calloc(1, sizeof *self);
  json_t *options = json_object_get(json_object_get(vector, "setup"), "cache"), *value;
  og_store_functions functions = {0};
  og_config *cache_config = NULL;
  og_error *error = NULL;
  const char *name;
  self->rows = json_object();
  self->leases = json_object();
  self->batches = json_object();
  self->how = "";
  must(og_config_create(&cache_config, &error), &error);
  json_object_foreach(options, name, value) {
    char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    must(og_config_set(cache_config, name, dumped ? dumped : json_string_value(value)), NULL);
    free(dumped);
  }
  must(og_cache_create(cache_config, clock, &self->cache, &error), &error);
  og_config_destroy(&cache_config);
  functions.size = sizeof functions;
  functions.context = self;
  functions.get = told_get;
  functions.set = told_set;
  functions.remove = told_remove;
  functions.batch_write = told_batch;
  must(og_store_create_custom(&functions, clock, &self->store, &error), &error);
  must(og_cached_store_create(config, self->cache, self->store, NULL, &self->cached, &error),
       &error);
  return self;
}

static json_t *word(int64_t status) {
  switch (status) {
    case OG_OK:
      return json_string("ok");
    case OG_MISS:
      return json_string("miss");
    case OG_FULL:
      return json_string("full");
    case OG_LAPSED:
      return json_string("lapsed");
    case OG_CLOSED:
      return json_string("closed");
    default:
      return json_pack("{s:I}", "error", (json_int_t)status);
  }
}

static json_t *get(og_cached_store *cached, const char *key, int64_t len) {
  static const char *const kFrom[] = {"cache", "stale", "buffer", "store"};
  og_value *value = NULL;
  int32_t source;
  int64_t size = og_cached_store_get(cached, key, len, &value, &source, NULL);
  json_t *out;
  if (size < 0 && size != OG_ABSENT) return word(size);
  out = json_object();
  json_object_set_new(out, "value",
                      value ? json_stringn(og_value_data(value), (size_t)size) : json_null());
  json_object_set_new(out, "from", json_string(kFrom[source]));
  og_value_destroy(&value);
  return out;
}

/* [key, value or null]; both `at` functions answer alike. */
static json_t *pair(og_status found, const void *key, int64_t key_len, const void *value,
                    int64_t value_len) {
  json_t *out = json_array();
  json_array_append_new(out, json_stringn(key, (size_t)key_len));
  json_array_append_new(out, found == OG_OK ? json_stringn(value, (size_t)value_len) : json_null());
  return out;
}

static json_t *take(cached_driver *self, const char *as) {
  og_batch *batch = NULL;
  json_t *out = json_array();
  int64_t i, size = og_cached_store_take_batch(self->cached, &batch, NULL);
  if (size < 0) fail("take_batch: %d", (int)size);
  for (i = 0; i < size; ++i) {
    const void *key, *value;
    int64_t key_len, value_len;
    og_status found = og_batch_at(batch, i, &key, &key_len, &value, &value_len);
    json_array_append_new(out, pair(found, key, key_len, value, value_len));
  }
  if (!batch) return out;
  if (self->taken_count == sizeof self->taken / sizeof *self->taken) fail("too many batches");
  json_object_set_new(self->batches, as, json_integer((json_int_t)self->taken_count));
  self->taken[self->taken_count++] = batch;
  return out;
}

static json_t *done(cached_driver *self, const char *name, const char *result) {
  json_t *place = json_object_get(self->batches, name);
  if (!place) return json_string("ok"); /* an empty one */
  return word(og_cached_store_batch_done(self->cached, &self->taken[json_integer_value(place)],
                                         strcmp(result, "ok") == 0 ? OG_OK : OG_STORE));
}

static json_t *dead(og_cached_store *cached) {
  og_dead_letters *letters = NULL;
  json_t *out = json_array();
  int64_t i;
  must(og_cached_store_dead_letters(cached, &letters, NULL), NULL);
  for (i = 0; i < og_dead_letters_count(letters); ++i) {
    const void *key, *value;
    int64_t key_len, value_len, attempts;
    og_status found = og_dead_letters_at(letters, i, &key, &key_len, &value, &value_len);
    og_status why = og_dead_letters_reason(letters, i, &attempts, NULL);
    json_t *letter = pair(found, key, key_len, value, value_len);
    json_array_append_new(letter, json_integer(attempts));
    json_array_append_new(letter, json_integer(why));
    json_array_append_new(out, letter);
  }
  og_dead_letters_destroy(&letters);
  return out;
}

static json_t *cached_now(og_cache *cache, const char *key, int64_t len) {
  og_value *value = NULL;
  int64_t size = og_cache_pin(cache, key, len, &value);
  json_t *out = size >= 0           ? json_stringn(og_value_data(value), (size_t)size)
                : size == OG_ABSENT ? json_string("absent")
                                    : json_string("miss");
  og_value_destroy(&value);
  return out;
}

static json_t *lease(cached_driver *self, const char *key, int64_t len, const char *as) {
  og_value *value = NULL;
  int64_t answer = og_cache_get_or_lease(self->cache, key, len, &value, NULL);
  og_value_destroy(&value);
  json_object_set_new(self->leases, as, json_integer(answer));
  return json_string(answer > 0 ? "lease" : "none");
}

static json_t *stat_of(og_cached_store *cached, const char *name) {
  static const struct {
    const char *name;
    int32_t which;
  } kStats[] = {{"pending", OG_CACHED_STORE_PENDING},
                {"writing", OG_CACHED_STORE_WRITING},
                {"dead_letters", OG_CACHED_STORE_DEAD_LETTERS},
                {"oldest_age", OG_CACHED_STORE_OLDEST_AGE},
                {"coalesced", OG_CACHED_STORE_COALESCED},
                {"batches", OG_CACHED_STORE_BATCHES},
                {"stored", OG_CACHED_STORE_STORED},
                {"failed_attempts", OG_CACHED_STORE_FAILED_ATTEMPTS},
                {"buried", OG_CACHED_STORE_BURIED},
                {"loads", OG_CACHED_STORE_LOADS},
                {"load_failures", OG_CACHED_STORE_LOAD_FAILURES},
                {"stale", OG_CACHED_STORE_STALE},
                {"buffer_hits", OG_CACHED_STORE_BUFFER_HITS},
                {"writes", OG_CACHED_STORE_WRITES},
                {"write_failures", OG_CACHED_STORE_WRITE_FAILURES},
                {"refused", OG_CACHED_STORE_REFUSED},
                {"written_through", OG_CACHED_STORE_WRITTEN_THROUGH}};
  size_t i;
  for (i = 0; i < sizeof kStats / sizeof *kStats; ++i) {
    if (strcmp(kStats[i].name, name) == 0) {
      return json_integer(og_cached_store_stat(cached, kStats[i].which));
    }
  }
  fail("unknown stat %s", name);
  return NULL;
}

/* What stands around the cached store. NULL for an operation that is its own. */
static json_t *step_around(cached_driver *self, json_t *step, const char *op, const char *key) {
  const char *value = get_text(step, "value", "");
  int64_t len = get_len(step, "key");
  if (strcmp(op, "evict") == 0) return word(og_cache_clear(self->cache));
  if (strcmp(op, "cached") == 0) return cached_now(self->cache, key, len);
  if (strcmp(op, "lease") == 0) return lease(self, key, len, get_text(step, "as", ""));
  if (strcmp(op, "fill") == 0) {
    json_t *held = json_object_get(self->leases, get_text(step, "lease", ""));
    return word(og_cache_fill(self->cache, key, len, json_integer_value(held), value,
                              get_len(step, "value"), OG_CACHE_DEFAULT_TTL));
  }
  if (strcmp(op, "row") == 0) {
    json_t *row = json_object_get(self->rows, key);
    return row ? json_incref(row) : json_null();
  }
  if (strcmp(op, "put") == 0) {
    json_object_set_new(self->rows, key, json_string(value));
    return json_string("ok");
  }
  if (strcmp(op, "fail") == 0) {
    self->how = get_text(step, "how", "");
    return json_string("ok");
  }
  return NULL;
}

static json_t *step_cached_store(void *data, json_t *step, int64_t now_ns) {
  cached_driver *self = data;
  og_cached_store *cached = self->cached;
  const char *op = get_text(step, "op", ""), *key = get_text(step, "key", "");
  const char *value = get_text(step, "value", "");
  int64_t len = get_len(step, "key");
  json_t *out = step_around(self, step, op, key);
  (void)now_ns;
  if (out) return out;
  if (strcmp(op, "get") == 0) return get(cached, key, len);
  if (strcmp(op, "set") == 0) {
    return word(og_cached_store_set(cached, key, len, value, get_len(step, "value"), NULL));
  }
  if (strcmp(op, "delete") == 0) return word(og_cached_store_delete(cached, key, len, NULL));
  if (strcmp(op, "pump") == 0) return json_integer(og_cached_store_pump(cached));
  if (strcmp(op, "due_in") == 0) {
    int64_t in = og_cached_store_due_in(cached);
    return in == OG_NONE ? json_string("none") : json_integer(in / 1000000);
  }
  if (strcmp(op, "take") == 0) return take(self, get_text(step, "as", ""));
  if (strcmp(op, "done") == 0) {
    return done(self, get_text(step, "batch", ""), get_text(step, "result", ""));
  }
  if (strcmp(op, "flush") == 0) return json_integer(og_cached_store_flush(cached, 0));
  if (strcmp(op, "close") == 0) return json_integer(og_cached_store_close(cached, 0));
  if (strcmp(op, "dead") == 0) return dead(cached);
  if (strcmp(op, "redrive") == 0) return word(og_cached_store_redrive(cached, key, len));
  if (strcmp(op, "redrive_all") == 0) return json_integer(og_cached_store_redrive_all(cached));
  if (strcmp(op, "discard") == 0) return word(og_cached_store_discard(cached, key, len));
  if (strcmp(op, "stat") == 0) return stat_of(cached, get_text(step, "name", ""));
  fail("unknown op %s", op);
  return NULL;
}

static void close_cached_store(void *data) {
  cached_driver *self = data;
  size_t i;
  for (i = 0; i < self->taken_count; ++i) og_batch_destroy(&self->taken[i]);
  og_cached_store_destroy(&self->cached);
  og_store_destroy(&self->store);
  og_cache_destroy(&self->cache);
  json_decref(self->rows);
  json_decref(self->leases);
  json_decref(self->batches);
  free(self);
}

const driver driver_cached_store = {open_cached_store, step_cached_store, close_cached_store};
