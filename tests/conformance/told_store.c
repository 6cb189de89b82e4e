/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/told_store_c.h"

static char *copy_of(const void *bytes, int64_t len) {
  char *copy = malloc((size_t)len + 1);
  memcpy(copy, bytes, (size_t)len);
  copy[len] = 0;
  return copy;
}

static og_status told_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  told_store *self = context;
  char *name = copy_of(key, key_len);
  json_t *row = json_object_get(self->rows, name);
  free(name);
  if (strcmp(self->how, "reads") == 0) return OG_STORE;
  if (!row) return OG_ABSENT;
  return og_store_reply_value(reply, json_string_value(row), (int64_t)json_string_length(row));
}

static og_status told_write(told_store *self, const void *key, int64_t key_len, const void *value,
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

told_store *told_open(void) {
  told_store *told = calloc(1, sizeof *told);
  told->rows = json_object();
  return told;
}

void told_close(told_store *told) {
  json_decref(told->rows);
  free(told);
}

void told_store_create(told_store *told, og_clock *clock, og_store **out) {
  og_store_functions functions = {0};
  og_error *error = NULL;
  functions.size = sizeof functions;
  functions.context = told;
  functions.get = told_get;
  functions.set = told_set;
  functions.remove = told_remove;
  functions.batch_write = told_batch;
  must(og_store_create_custom(&functions, clock, out, &error), &error);
}

json_t *told_row(told_store *told, json_t *step) {
  json_t *row = json_object_get(told->rows, get_text(step, "key", ""));
  return row ? json_incref(row) : json_null();
}

json_t *told_put(told_store *told, json_t *step) {
  json_object_set(told->rows, get_text(step, "key", ""), json_object_get(step, "value"));
  return word(OG_OK);
}

json_t *told_fail(told_store *told, json_t *step) {
  snprintf(told->how, sizeof told->how, "%s", get_text(step, "how", ""));
  return word(OG_OK);
}
