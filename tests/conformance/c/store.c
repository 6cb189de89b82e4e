/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store_driver.h"

json_t *store_get(store_driver *self, json_t *step, int64_t now_ns) {
  og_value *value = NULL;
  og_error *error = NULL;
  const int64_t size =
      og_store_get(self->store, get_raw(step, "key"), get_raw_len(step, "key"), &value, &error);
  (void)now_ns;
  if (size == OG_ABSENT) return word(OG_ABSENT);
  return size < 0 ? answer_error(error) : in_hex(step, value);
}

json_t *store_batch(store_driver *self, json_t *step, int64_t now_ns) {
  og_batch *batch = NULL;
  og_error *error = NULL;
  json_t *write;
  size_t i;
  (void)now_ns;
  must(og_batch_create(&batch, NULL), NULL);
  json_array_foreach(json_object_get(step, "writes"), i, write) {
    int64_t key_len, value_len;
    const char *key = raw_of(step, json_array_get(write, 0), &key_len), *value;
    if (json_is_null(json_array_get(write, 1))) {
      must(og_batch_delete(batch, key, key_len), NULL);
    } else {
      value = raw_of(step, json_array_get(write, 1), &value_len);
      must(og_batch_set(batch, key, key_len, value, value_len), NULL);
    }
  }
  og_store_batch_write(self->store, batch, &error);
  og_batch_destroy(&batch);
  return error ? answer_error(error) : word(OG_OK);
}
