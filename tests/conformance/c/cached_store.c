/* SPDX-License-Identifier: Apache-2.0 */
/* The store is the program's: a table of functions over a JSON object. */
#include <stdlib.h>
#include <string.h>

#include "cached_store_driver.h"

typedef struct own {
  json_t *rows;
  const char *how;     /* how the store fails: static, "" for not */
  json_t *batches;     /* by name: places in `taken` */
  og_batch *taken[16]; /* NULL once done */
  size_t taken_count;
} own;

static char *copy_of(const void *bytes, int64_t len) {
  char *copy = malloc((size_t)len + 1);
  memcpy(copy, bytes, (size_t)len);
  copy[len] = 0;
  return copy;
}

static og_status told_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  own *self = context;
  char *name = copy_of(key, key_len);
  json_t *row = json_object_get(self->rows, name);
  free(name);
  if (strcmp(self->how, "reads") == 0) return OG_STORE;
  if (!row) return OG_ABSENT;
  return og_store_reply_value(reply, json_string_value(row), (int64_t)json_string_length(row));
}

static og_status told_write(own *self, const void *key, int64_t key_len, const void *value,
                            int64_t value_len, int erase) {
  char *name = copy_of(key, key_len);
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

void cached_store_open(cached_store_driver *self, json_t *vector, og_config *config,
                       og_clock *clock, og_error **error) {
  og_config *options = config_of(json_object_get(json_object_get(vector, "setup"), "cache"));
  own *told = self->own = calloc(1, sizeof *told);
  og_store_functions functions = {0};
  told->rows = json_object();
  told->batches = json_object();
  told->how = "";
  must(og_cache_create(options, clock, &self->cache, error), error);
  og_config_destroy(&options);
  functions.size = sizeof functions;
  functions.context = told;
  functions.get = told_get;
  functions.set = told_set;
  functions.remove = told_remove;
  functions.batch_write = told_batch;
  must(og_store_create_custom(&functions, clock, &self->store, error), error);
  og_cached_store_create(config, self->cache, self->store, NULL, &self->cached_store, error);
}

/* The store is told until the end: what is under way is written to it. */
void cached_store_close(cached_store_driver *self) {
  own *told = self->own;
  size_t i;
  for (i = 0; i < told->taken_count; ++i) og_batch_destroy(&told->taken[i]);
  og_cached_store_destroy(&self->cached_store);
  json_decref(told->rows);
  json_decref(told->batches);
  free(told);
}

json_t *cached_store_get(cached_store_driver *self, json_t *step, int64_t now_ns) {
  static const char *const kFrom[] = {"cache", "stale", "buffer", "store"};
  og_value *value = NULL;
  int32_t source = 0;
  const int64_t size = og_cached_store_get(self->cached_store, get_text(step, "key", ""),
                                           get_len(step, "key"), &value, &source, NULL);
  (void)now_ns;
  if (size < 0 && size != OG_ABSENT) return answer_status(size);
  return json_pack("{s:o, s:s}", "value", answer_value(value), "from", kFrom[source]);
}

/* [key, value or null]; both `at` functions answer alike. */
static json_t *pair(og_status found, const void *key, int64_t key_len, const void *value,
                    int64_t value_len) {
  json_t *out = json_array();
  json_array_append_new(out, json_stringn(key, (size_t)key_len));
  json_array_append_new(out, found == OG_OK ? json_stringn(value, (size_t)value_len) : json_null());
  return out;
}

json_t *cached_store_take(cached_store_driver *self, json_t *step, int64_t now_ns) {
  own *told = self->own;
  og_batch *batch = NULL;
  json_t *out = json_array();
  int64_t i, size = og_cached_store_take_batch(self->cached_store, &batch, NULL);
  (void)now_ns;
  if (size < 0) fail("take_batch: %d", (int)size);
  for (i = 0; i < size; ++i) {
    const void *key, *value;
    int64_t key_len, value_len;
    og_status found = og_batch_at(batch, i, &key, &key_len, &value, &value_len);
    json_array_append_new(out, pair(found, key, key_len, value, value_len));
  }
  if (!batch) return out;
  if (told->taken_count == sizeof told->taken / sizeof *told->taken) fail("too many batches");
  json_object_set_new(told->batches, get_text(step, "as", ""),
                      json_integer((json_int_t)told->taken_count));
  told->taken[told->taken_count++] = batch;
  return out;
}

json_t *cached_store_done(cached_store_driver *self, json_t *step, int64_t now_ns) {
  own *told = self->own;
  json_t *place = json_object_get(told->batches, get_text(step, "batch", ""));
  const int ok = strcmp(get_text(step, "result", ""), "ok") == 0;
  (void)now_ns;
  if (!place) return word(OG_OK); /* an empty one */
  return answer_status(og_cached_store_batch_done(
      self->cached_store, &told->taken[json_integer_value(place)], ok ? OG_OK : OG_STORE));
}

json_t *cached_store_dead(cached_store_driver *self, json_t *step, int64_t now_ns) {
  og_dead_letters *letters = NULL;
  json_t *out = json_array();
  int64_t i;
  (void)step, (void)now_ns;
  must(og_cached_store_dead_letters(self->cached_store, &letters, NULL), NULL);
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

json_t *cached_store_cached(cached_store_driver *self, json_t *step, int64_t now_ns) {
  og_value *value = NULL;
  const int64_t size =
      og_cache_pin(self->cache, get_text(step, "key", ""), get_len(step, "key"), &value);
  (void)now_ns;
  return size < 0 ? word(size) : answer_value(value);
}

json_t *cached_store_lease(cached_store_driver *self, json_t *step, int64_t now_ns) {
  og_value *value = NULL;
  const int64_t lease = og_cache_get_or_lease(self->cache, get_text(step, "key", ""),
                                              get_len(step, "key"), &value, NULL);
  (void)now_ns;
  og_value_destroy(&value);
  if (lease > 0) json_decref(take(self->held, step, lease));
  return json_string(lease > 0 ? "lease" : "none");
}

json_t *cached_store_row(cached_store_driver *self, json_t *step, int64_t now_ns) {
  json_t *row = json_object_get(((own *)self->own)->rows, get_text(step, "key", ""));
  (void)now_ns;
  return row ? json_incref(row) : json_null();
}

json_t *cached_store_put(cached_store_driver *self, json_t *step, int64_t now_ns) {
  (void)now_ns;
  json_object_set(((own *)self->own)->rows, get_text(step, "key", ""),
                  json_object_get(step, "value"));
  return word(OG_OK);
}

json_t *cached_store_fail(cached_store_driver *self, json_t *step, int64_t now_ns) {
  (void)now_ns;
  ((own *)self->own)->how = get_text(step, "how", "");
  return word(OG_OK);
}
