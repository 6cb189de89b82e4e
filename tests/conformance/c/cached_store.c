/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cached_store_driver.h"

/* What `own` is: by name, the batches that are taken. */
static og_batch *batch_of(json_t *taken) { return (og_batch *)(intptr_t)json_integer_value(taken); }

/* The store is told until the end: what is under way is written to it. */
void cached_store_close(cached_store_driver *self) {
  const char *name;
  json_t *taken;
  json_object_foreach(self->own, name, taken) {
    og_batch *batch = batch_of(taken);
    og_batch_destroy(&batch);
  }
  json_decref(self->own);
}

json_t *cached_store_take(cached_store_driver *self, json_t *step, int64_t now_ns) {
  og_batch *batch = NULL;
  json_t *out = json_array();
  int64_t i, size = og_cached_store_take_batch(self->cached_store, &batch, NULL);
  (void)now_ns;
  if (size < 0) fail("take_batch: %d", (int)size);
  for (i = 0; i < size; ++i) {
    const void *key, *value;
    int64_t key_len, value_len;
    const int absent = og_batch_at(batch, i, &key, &key_len, &value, &value_len) == OG_ABSENT;
    json_t *last = absent ? json_null() : json_stringn(value, (size_t)value_len);
    json_array_append_new(out, json_pack("[o,o]", json_stringn(key, (size_t)key_len), last));
  }
  if (!self->own) self->own = json_object();
  if (batch)
    json_object_set_new(self->own, get_text(step, "as", ""), json_integer((intptr_t)batch));
  return out;
}

json_t *cached_store_done(cached_store_driver *self, json_t *step, int64_t now_ns) {
  const char *name = get_text(step, "batch", "");
  og_batch *batch = batch_of(json_object_get(self->own, name));
  const int ok = strcmp(get_text(step, "result", ""), "ok") == 0;
  json_t *answer;
  (void)now_ns;
  if (!batch) return word(OG_OK); /* an empty one */
  answer =
      answer_status(og_cached_store_batch_done(self->cached_store, &batch, ok ? OG_OK : OG_STORE));
  json_object_set_new(self->own, name, json_integer((intptr_t)batch));
  return answer;
}
