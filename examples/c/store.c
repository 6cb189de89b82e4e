/* SPDX-License-Identifier: Apache-2.0 */
/* A system of record in SQLite: set, get, a batch that is one transaction. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static void print(og_store *store, const char *key, int64_t key_len) {
  og_value *value = NULL;
  og_error *error = NULL;
  int64_t size = og_store_get(store, key, key_len, &value, &error);
  if (og_found(size)) {
    printf("%s: %.*s\n", key, (int)size, (const char *)og_value_data(value));
  } else {
    printf("%s: %s\n", key, og_missing(size) ? "absent" : og_error_message(error));
  }
  og_error_destroy(&error);
  og_value_destroy(&value);
}

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_config *config = NULL;
  og_store *store = NULL;
  og_batch *batch = NULL;
  og_error *error = NULL;

  if (og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "kind", "sqlite") != OG_OK ||
      og_config_set(config, "path", ":memory:") != OG_OK || /* a file's name, in a service */
      og_store_create(config, NULL, &store, &error) != OG_OK)
    return fail(error);

  print(store, "user:1", 6);
  if (og_store_set(store, "user:1", 6, "ada", 3, &error) != OG_OK) return fail(error);
  print(store, "user:1", 6);

  if (og_batch_create(&batch, &error) != OG_OK ||
      og_batch_set(batch, "user:2", 6, "grace", 5) != OG_OK ||
      og_batch_delete(batch, "user:1", 6) != OG_OK ||
      og_store_batch_write(store, batch, &error) != OG_OK)
    return fail(error);
  printf("both or neither\n");
  og_batch_destroy(&batch);
  print(store, "user:1", 6);
  print(store, "user:2", 6);

  og_store_destroy(&store);
  og_config_destroy(&config);
  return 0;
}
