/* SPDX-License-Identifier: Apache-2.0 */
/* A system of record in SQLite: set, get, a batch that is one transaction. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static void print(og_store *store, const char *key, int64_t key_len) {
  og_value *value = NULL;
  og_error *error = NULL;
  int64_t size = og_store_get(store, key, key_len, &value, &error);
  if (size >= 0) {
    printf("%s: %.*s\n", key, (int)size, (const char *)og_value_data(value));
  } else {
    printf("%s: %s\n", key, size == OG_ABSENT ? "absent" : og_error_message(error));
  }
  og_error_destroy(&error);
  og_value_destroy(&value);
}

int main(void) {
  og_config *config = NULL;
  og_store *store = NULL;
  og_batch *batch = NULL;
  og_error *error = NULL;

  og_config_create(&config, NULL);
  og_config_set(config, "kind", "sqlite");
  og_config_set(config, "path", ":memory:"); /* a file's name, in a service */
  if (og_store_create(config, NULL, &store, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    og_error_destroy(&error);
    return 1;
  }

  print(store, "user:1", 6);
  og_store_set(store, "user:1", 6, "ada", 3, NULL);
  print(store, "user:1", 6);

  og_batch_create(&batch, NULL);
  og_batch_set(batch, "user:2", 6, "grace", 5);
  og_batch_delete(batch, "user:1", 6);
  if (og_store_batch_write(store, batch, &error) == OG_OK) printf("both or neither\n");
  og_batch_destroy(&batch);
  print(store, "user:1", 6);
  print(store, "user:2", 6);

  og_store_destroy(&store);
  og_config_destroy(&config);
  return 0;
}
