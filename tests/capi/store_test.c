/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static og_store *memory_store(void) {
  og_store *store = NULL;
  CHECK_EQ(og_store_create(NULL, NULL, &store, NULL), OG_OK);
  return store;
}

static void nulls_are_statuses(void) {
  og_store *none = NULL, *store = memory_store();
  og_batch *batch = NULL;
  og_value *value = (og_value *)store;
  og_error *error = NULL;
  const void *bytes;
  CHECK_EQ(og_store_create(NULL, NULL, NULL, &error), OG_INVALID_ARGUMENT);
  og_error_destroy(&error);
  CHECK_EQ(og_store_get(NULL, "k", 1, &value, &error), OG_NULL_HANDLE);
  CHECK(value == NULL && error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_store_set(NULL, "k", 1, "v", 1, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_store_delete(NULL, "k", 1, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_store_batch_write(NULL, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_store_get(store, NULL, 1, &value, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_get(store, "k", -1, &value, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_get(store, "k", INT64_MIN, &value, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_get(store, "k", 1, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_set(store, "k", 1, NULL, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_set(store, NULL, 1, "v", 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_delete(store, NULL, -5, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_batch_write(store, NULL, NULL), OG_INVALID_ARGUMENT);

  CHECK_EQ(og_batch_create(NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_set(NULL, "k", 1, "v", 1), OG_NULL_HANDLE);
  CHECK_EQ(og_batch_delete(NULL, "k", 1), OG_NULL_HANDLE);
  CHECK_EQ(og_batch_size(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_batch_at(NULL, 0, &bytes, NULL, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_batch_create(&batch, NULL), OG_OK);
  CHECK_EQ(og_batch_set(batch, NULL, 1, "v", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_set(batch, "k", 1, "v", -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_delete(batch, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_size(batch), 0);
  CHECK_EQ(og_batch_at(batch, 0, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_at(batch, -1, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_batch_at(batch, INT64_MAX, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  og_batch_destroy(&batch);
  og_batch_destroy(NULL);
  og_store_destroy(&store);
  og_store_destroy(&none);
  og_store_destroy(NULL);
}

static void values_outlive_their_store(void) {
  og_store *store = memory_store();
  og_value *value = NULL;
  CHECK_EQ(og_store_set(store, "a\0b", 3, "x\0y", 3, NULL), OG_OK);
  CHECK_EQ(og_store_get(store, "a\0b", 3, &value, NULL), 3);
  og_store_destroy(&store);
  CHECK_EQ(og_value_size(value), 3);
  CHECK(memcmp(og_value_data(value), "x\0y", 3) == 0);
  og_value_destroy(&value);
}

static void ten_megabytes_are_a_key_and_a_value(void) {
  enum { kSize = 10 << 20 };
  og_config *config = NULL;
  char *bytes = malloc(kSize);
  int kind;
  memset(bytes, 7, kSize);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (kind = 0; kind < 2; ++kind) {
    og_store *store = NULL;
    og_value *value = NULL;
    og_error *error = NULL;
    og_status made;
    og_config_set(config, "kind", kind == 0 ? "memory" : "sqlite");
    og_config_set(config, "path", kind == 0 ? "" : ":memory:");
    made = og_store_create(config, NULL, &store, &error);
    og_error_destroy(&error);
    if (made == OG_UNSUPPORTED) continue; /* a build without SQLite */
    CHECK_EQ(made, OG_OK);
    CHECK_EQ(og_store_set(store, bytes, kSize, bytes, kSize, NULL), OG_OK);
    CHECK_EQ(og_store_get(store, bytes, kSize, &value, NULL), kSize);
    CHECK(memcmp(og_value_data(value), bytes, kSize) == 0);
    og_value_destroy(&value);
    CHECK_EQ(og_store_delete(store, bytes, kSize, NULL), OG_OK);
    CHECK_EQ(og_store_get(store, bytes, kSize, &value, NULL), OG_ABSENT);
    og_store_destroy(&store);
  }
  og_config_destroy(&config);
  free(bytes);
}

/* ---- a store of the program's own ---- */

typedef struct custom {
  char key[64], value[64];
  int64_t key_len, value_len; /* one pair; key_len -1 is none */
  int sets, removes, batches, released;
  og_status fail_with;
} custom;

static og_status custom_get(void *context, const void *key, int64_t key_len,
                            og_store_reply *reply) {
  custom *self = context;
  if (self->fail_with) {
    CHECK_EQ(og_store_reply_error(reply, "the disk is on fire"), OG_OK);
    return self->fail_with;
  }
  if (self->key_len != key_len || memcmp(self->key, key, (size_t)key_len) != 0) return OG_ABSENT;
  CHECK_EQ(og_store_reply_value(reply, NULL, 5), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_reply_value(reply, self->value, self->value_len), OG_OK);
  return OG_OK;
}

static og_status custom_set(void *context, const void *key, int64_t key_len, const void *value,
                            int64_t value_len, og_store_reply *reply) {
  custom *self = context;
  (void)reply;
  if (self->fail_with) return self->fail_with;
  memcpy(self->key, key, (size_t)key_len);
  memcpy(self->value, value, (size_t)value_len);
  self->key_len = key_len;
  self->value_len = value_len;
  ++self->sets;
  return OG_OK;
}

static og_status custom_remove(void *context, const void *key, int64_t key_len,
                               og_store_reply *reply) {
  custom *self = context;
  (void)key, (void)key_len, (void)reply;
  self->key_len = -1;
  ++self->removes;
  return OG_OK;
}

static og_status host_batch(void *context, const og_batch *batch, og_store_reply *reply) {
  custom *self = context;
  int64_t i;
  ++self->batches;
  for (i = 0; i < og_batch_size(batch); ++i) {
    const void *key, *value;
    int64_t key_len, value_len;
    og_status status = og_batch_at(batch, i, &key, &key_len, &value, &value_len) == OG_OK
                           ? custom_set(context, key, key_len, value, value_len, reply)
                           : custom_remove(context, key, key_len, reply);
    if (status != OG_OK) return status;
  }
  return OG_OK;
}

static void host_release(void *context) { ++((custom *)context)->released; }

static og_store_functions functions_of(custom *self) {
  og_store_functions functions;
  memset(&functions, 0, sizeof functions);
  memset(self, 0, sizeof *self);
  self->key_len = -1;
  functions.size = sizeof functions;
  functions.context = self;
  functions.get = custom_get;
  functions.set = custom_set;
  functions.remove = custom_remove;
  functions.batch_write = host_batch;
  functions.release = host_release;
  return functions;
}

static void a_custom_store_is_called(void) {
  custom self;
  og_store_functions functions = functions_of(&self);
  og_store *store = NULL;
  og_batch *batch = NULL;
  og_value *value = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_OK);
  CHECK_EQ(og_store_get(store, "k", 1, &value, NULL), OG_ABSENT);
  CHECK_EQ(og_store_set(store, "k", 1, "value", 5, NULL), OG_OK);
  CHECK_EQ(og_store_get(store, "k", 1, &value, NULL), 5);
  CHECK(memcmp(og_value_data(value), "value", 5) == 0);
  og_value_destroy(&value);

  CHECK_EQ(og_batch_create(&batch, NULL), OG_OK);
  CHECK_EQ(og_batch_delete(batch, "k", 1), OG_OK);
  CHECK_EQ(og_batch_set(batch, "l", 1, "w", 1), OG_OK);
  CHECK_EQ(og_store_batch_write(store, batch, NULL), OG_OK);
  CHECK_EQ(self.batches, 1);
  CHECK_EQ(self.removes, 1);
  CHECK_EQ(og_store_get(store, "l", 1, &value, NULL), 1);
  og_value_destroy(&value);
  og_batch_destroy(&batch);

  self.fail_with = OG_TIMEOUT;
  CHECK_EQ(og_store_get(store, "l", 1, &value, &error), OG_TIMEOUT);
  CHECK(strstr(og_error_message(error), "the disk is on fire") != NULL);
  og_error_destroy(&error);
  self.fail_with = OG_MISS; /* an outcome is no way for a write to end */
  CHECK_EQ(og_store_set(store, "l", 1, "x", 1, NULL), OG_STORE);
  self.fail_with = 12345;
  CHECK_EQ(og_store_set(store, "l", 1, "x", 1, NULL), OG_STORE);
  CHECK_EQ(self.released, 0);
  og_store_destroy(&store);
  CHECK_EQ(self.released, 1);
}

static void tables_of_other_sizes_are_understood(void) {
  struct {
    og_store_functions known;
    void *later[2];
  } newer;
  custom self;
  og_store_functions functions = functions_of(&self);
  og_store *store = NULL;
  og_batch *batch = NULL;

  /* An older program's table ends before batch_write: it is not read. */
  functions.size = (int64_t)((char *)&functions.batch_write - (char *)&functions);
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_OK);
  CHECK_EQ(og_batch_create(&batch, NULL), OG_OK);
  CHECK_EQ(og_batch_set(batch, "a", 1, "1", 1), OG_OK);
  CHECK_EQ(og_batch_set(batch, "b", 1, "2", 1), OG_OK);
  CHECK_EQ(og_store_batch_write(store, batch, NULL), OG_OK);
  CHECK_EQ(self.batches, 0);
  CHECK_EQ(self.sets, 2);
  og_batch_destroy(&batch);
  og_store_destroy(&store);
  CHECK_EQ(self.released, 0);

  /* A newer program's is longer; what it holds there must be nothing. */
  memset(&newer, 0, sizeof newer);
  newer.known = functions_of(&self);
  newer.known.size = sizeof newer;
  CHECK_EQ(og_store_create_custom(&newer.known, NULL, &store, NULL), OG_OK);
  og_store_destroy(&store);
  newer.later[1] = &self;
  CHECK_EQ(og_store_create_custom(&newer.known, NULL, &store, NULL), OG_UNSUPPORTED);

  functions = functions_of(&self);
  functions.size = 8;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_INVALID_ARGUMENT);
  functions.size = INT64_MAX;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_INVALID_ARGUMENT);
  functions.size = -1;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_INVALID_ARGUMENT);
  functions.size = sizeof functions;
  functions.get = NULL;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_store_create_custom(NULL, NULL, &store, NULL), OG_INVALID_ARGUMENT);
  CHECK(store == NULL);
}

static void replies_of_nobody_are_refused(void) {
  CHECK_EQ(og_store_reply_value(NULL, "v", 1), OG_NULL_HANDLE);
  CHECK_EQ(og_store_reply_error(NULL, "no"), OG_NULL_HANDLE);
}

static void a_store_shows_its_metrics(void) {
  og_metrics *metrics = NULL;
  og_store *store = memory_store();
  og_text *text = NULL;
  CHECK_EQ(og_store_set(store, "k", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_store(metrics, "users", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_store(metrics, "users", store, NULL), OG_OK);
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "outgrow_store_operation_seconds_count") != NULL);
  CHECK(strstr(og_text_data(text), "outgrow_store_failures_total") != NULL);
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
  og_store_destroy(&store);
}

int main(void) {
  a_store_shows_its_metrics();
  nulls_are_statuses();
  values_outlive_their_store();
  ten_megabytes_are_a_key_and_a_value();
  a_custom_store_is_called();
  tables_of_other_sizes_are_understood();
  replies_of_nobody_are_refused();
  return 0;
}
