/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

static void *open_store(json_t *vector, og_config *config, og_clock *clock) {
  og_store *store = NULL;
  og_error *error = NULL;
  (void)vector;
  must(og_store_create(config, clock, &store, &error), &error);
  return store;
}

/* A text's bytes, decoded when hex; the caller frees them. */
static char *decode(json_t *text, int hex, int64_t *len) {
  const char *from = json_string_value(text);
  size_t i, size = strlen(from);
  char *bytes = malloc(size + 1);
  if (!hex) {
    memcpy(bytes, from, size + 1);
    *len = (int64_t)size;
    return bytes;
  }
  for (i = 0; i + 1 < size; i += 2) {
    unsigned byte = 0;
    sscanf(from + i, "%2x", &byte);
    bytes[i / 2] = (char)byte;
  }
  *len = (int64_t)(size / 2);
  return bytes;
}

static json_t *encode(const og_value *value, int hex) {
  const unsigned char *bytes = og_value_data(value);
  size_t i, size = (size_t)og_value_size(value);
  char *text;
  json_t *out;
  if (!hex) return json_stringn((const char *)bytes, size);
  text = malloc(2 * size + 1);
  for (i = 0; i < size; ++i) sprintf(text + 2 * i, "%02x", bytes[i]);
  out = json_stringn(text, 2 * size);
  free(text);
  return out;
}

static json_t *word(og_status status, og_error **error) {
  json_t *out = status == OG_OK ? json_string("ok")
                                : json_pack("{s:i, s:s}", "error", (int)status, "option",
                                            og_error_option(*error));
  og_error_destroy(error);
  return out;
}

static json_t *get(og_store *store, const char *key, int64_t key_len, int hex) {
  og_value *value = NULL;
  og_error *error = NULL;
  int64_t size = og_store_get(store, key, key_len, &value, &error);
  json_t *out;
  if (size == OG_ABSENT) return json_string("absent");
  if (size < 0) return word((og_status)size, &error);
  out = encode(value, hex);
  og_value_destroy(&value);
  return out;
}

static json_t *write_batch(og_store *store, json_t *writes, int hex) {
  og_batch *batch = NULL;
  og_error *error = NULL;
  json_t *write, *out;
  size_t i;
  must(og_batch_create(&batch, NULL), NULL);
  json_array_foreach(writes, i, write) {
    int64_t key_len, value_len;
    char *key = decode(json_array_get(write, 0), hex, &key_len), *value;
    if (json_is_null(json_array_get(write, 1))) {
      must(og_batch_delete(batch, key, key_len), NULL);
    } else {
      value = decode(json_array_get(write, 1), hex, &value_len);
      must(og_batch_set(batch, key, key_len, value, value_len), NULL);
      free(value);
    }
    free(key);
  }
  out = word(og_store_batch_write(store, batch, &error), &error);
  og_batch_destroy(&batch);
  return out;
}

static json_t *step_store(void *data, json_t *step, int64_t now_ns) {
  og_store *store = data;
  og_error *error = NULL;
  const char *op = get_text(step, "op", "");
  int hex = get_bool(step, "hex", 0);
  int64_t key_len = 0, value_len;
  char *key = NULL, *value;
  json_t *out = NULL;
  (void)now_ns;
  if (strcmp(op, "batch") == 0) return write_batch(store, json_object_get(step, "writes"), hex);
  key = decode(json_object_get(step, "key"), hex, &key_len);
  if (strcmp(op, "get") == 0) {
    out = get(store, key, key_len, hex);
  } else if (strcmp(op, "set") == 0) {
    value = decode(json_object_get(step, "value"), hex, &value_len);
    out = word(og_store_set(store, key, key_len, value, value_len, &error), &error);
    free(value);
  } else if (strcmp(op, "delete") == 0) {
    out = word(og_store_delete(store, key, key_len, &error), &error);
  } else {
    fail("unknown op %s", op);
  }
  free(key);
  return out;
}

static void close_store(void *data) {
  og_store *store = data;
  og_store_destroy(&store);
}

const driver driver_store = {open_store, step_store, close_store};
