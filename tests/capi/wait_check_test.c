/* SPDX-License-Identifier: Apache-2.0 */
/* A check ends what this thread waits for, and no other thread's waits
 * (tests/core/patience_test.cpp has each wait). */
#include <outgrow.h>
#include <pthread.h>
#include <string.h>

#include "tests/capi/check.h"

typedef struct slow_store {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  int inside, go_on;
} slow_store;

static og_status slow_get(void *context, const void *key, int64_t key_len, og_store_reply *reply) {
  slow_store *self = context;
  (void)key, (void)key_len;
  pthread_mutex_lock(&self->mutex);
  self->inside = 1;
  pthread_cond_broadcast(&self->changed);
  while (!self->go_on) pthread_cond_wait(&self->changed, &self->mutex);
  pthread_mutex_unlock(&self->mutex);
  return og_store_reply_value(reply, "stored", 6);
}
static og_status slow_set(void *context, const void *key, int64_t key_len, const void *value,
                          int64_t value_len, og_store_reply *reply) {
  (void)context, (void)key, (void)key_len, (void)value, (void)value_len, (void)reply;
  return OG_OK;
}
static og_status slow_remove(void *context, const void *key, int64_t key_len,
                             og_store_reply *reply) {
  return slow_set(context, key, key_len, NULL, 0, reply);
}

static int32_t third_time(void *asked) { return ++*(int *)asked >= 3; }

static void *loads(void *cached) {
  og_value *value = NULL;
  CHECK_EQ(og_cached_store_get(cached, "k", 1, &value, NULL, NULL), 6);
  og_value_destroy(&value);
  return NULL;
}

int main(void) {
  slow_store self = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0};
  og_store_functions functions;
  og_store *store = NULL;
  og_cache *cache = NULL;
  og_config *config = NULL;
  og_cached_store *cached = NULL;
  og_value *value = NULL;
  og_error *error = NULL;
  pthread_t other;
  int asked = 0;
  memset(&functions, 0, sizeof functions);
  functions.size = sizeof functions;
  functions.context = &self;
  functions.get = slow_get;
  functions.set = slow_set;
  functions.remove = slow_remove;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "lease_ms", "1h"), OG_OK);
  CHECK_EQ(og_cache_create(config, NULL, &cache, NULL), OG_OK);
  og_config_destroy(&config);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "wait_ms", "1h"), OG_OK);
  CHECK_EQ(og_cached_store_create(config, cache, store, NULL, &cached, NULL), OG_OK);

  og_wait_check(third_time, &asked); /* this thread's, not the other's */
  CHECK(pthread_create(&other, NULL, loads, cached) == 0);
  pthread_mutex_lock(&self.mutex);
  while (!self.inside) pthread_cond_wait(&self.changed, &self.mutex);
  pthread_mutex_unlock(&self.mutex);

  CHECK_EQ(og_cached_store_get(cached, "k", 1, &value, NULL, &error), OG_INTERRUPTED);
  CHECK(value == NULL);
  CHECK_EQ(og_error_code(error), OG_INTERRUPTED);
  CHECK(strcmp(og_status_text(OG_INTERRUPTED), "interrupted") == 0);
  og_error_destroy(&error);
  CHECK(asked >= 3);

  og_wait_check(NULL, NULL);
  pthread_mutex_lock(&self.mutex);
  self.go_on = 1;
  pthread_cond_broadcast(&self.changed);
  pthread_mutex_unlock(&self.mutex);
  asked = 0;
  CHECK_EQ(og_cached_store_get(cached, "k", 1, &value, NULL, NULL),
           6); /* waits, or finds it loaded */
  CHECK_EQ(asked, 0);
  og_value_destroy(&value);
  pthread_join(other, NULL);

  og_cached_store_destroy(&cached);
  og_cache_destroy(&cache);
  og_store_destroy(&store);
  og_config_destroy(&config);
  return 0;
}
