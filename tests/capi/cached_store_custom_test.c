/* SPDX-License-Identifier: Apache-2.0 */
/* Over a store of the program's own, which fails when told to and checks which thread calls it. */
#include <outgrow.h>
#include <pthread.h>
#include <setjmp.h>
#include <string.h>

#include "tests/capi/check.h"
#include "tests/sanitizers.h"

/* What the frames that are left had allocated is lost, as a leak detector sees. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#else
static void __lsan_disable(void) {}
static void __lsan_enable(void) {}
#endif

/* What a get answers, and that the value is `wanted` (NULL: none). */
static void expect(og_cached_store *cached, const char *key, const char *wanted, int32_t from) {
  og_value *value = NULL;
  int32_t source = -1;
  int64_t size = og_cached_store_get(cached, key, (int64_t)strlen(key), &value, &source, NULL);
  CHECK_EQ(size, wanted ? (int64_t)strlen(wanted) : OG_ABSENT);
  CHECK_EQ(source, from);
  if (wanted) CHECK(memcmp(og_value_data(value), wanted, strlen(wanted)) == 0);
  CHECK((value != NULL) == (wanted != NULL));
  og_value_destroy(&value);
}

typedef struct custom {
  pthread_t thread;
  int calls;
  og_status fail_with;
  jmp_buf *leave; /* where a function goes instead of returning */
} custom;

static void leave_if_told(custom *self, og_store_reply *reply) {
  jmp_buf *to = self->leave;
  if (!to) return;
  self->leave = NULL;
  CHECK_EQ(og_store_reply_abandon(reply), OG_OK);
  longjmp(*to, 1);
}

static og_status custom_get(void *context, const void *key, int64_t key_len,
                            og_store_reply *reply) {
  custom *self = context;
  (void)key, (void)key_len;
  CHECK(pthread_equal(self->thread, pthread_self()));
  leave_if_told(self, reply);
  if (self->fail_with) {
    og_store_reply_error(reply, "the disk is on fire");
    return self->fail_with;
  }
  return og_store_reply_value(reply, "stored", 6);
}

static og_status custom_set(void *context, const void *key, int64_t key_len, const void *value,
                            int64_t value_len, og_store_reply *reply) {
  custom *self = context;
  (void)key, (void)key_len, (void)value, (void)value_len;
  CHECK(pthread_equal(self->thread, pthread_self()));
  ++self->calls;
  leave_if_told(self, reply);
  if (self->fail_with) og_store_reply_error(reply, "the disk is on fire");
  return self->fail_with;
}

static og_status custom_remove(void *context, const void *key, int64_t key_len,
                               og_store_reply *reply) {
  return custom_set(context, key, key_len, NULL, 0, reply);
}

static og_store *custom_store(custom *self) {
  og_store_functions functions;
  og_store *store = NULL;
  memset(&functions, 0, sizeof functions);
  memset(self, 0, sizeof *self);
  self->thread = pthread_self();
  functions.size = sizeof functions;
  functions.context = self;
  functions.get = custom_get;
  functions.set = custom_set;
  functions.remove = custom_remove;
  CHECK_EQ(og_store_create_custom(&functions, NULL, &store, NULL), OG_OK);
  return store;
}

/* On the real clock and with nothing to wait for: a thread of the library's would write at once. */
static void a_hosts_store_is_called_on_the_hosts_threads(void) {
  custom self;
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_store *store = custom_store(&self);
  og_cached_store *cached = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "mode", "behind"), OG_OK);
  CHECK_EQ(og_config_set(config, "flush_interval_ms", "0"), OG_OK);
  CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
  CHECK_EQ(og_cached_store_create(config, cache, store, NULL, &cached, NULL), OG_OK);
  og_store_destroy(&store);
  og_cache_destroy(&cache);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(self.calls, 0);
  CHECK_EQ(og_cached_store_pump(cached), 1);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_flush(cached, INT64_MAX), 0);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK);
  og_cached_store_destroy(&cached); /* drains, here */
  CHECK_EQ(self.calls, 3);
  og_config_destroy(&config);
}

static void failures_are_told_and_kept(void) {
  custom self;
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_store *store = custom_store(&self);
  og_cached_store *cached = NULL;
  og_dead_letters *letters = NULL;
  og_value *value = NULL;
  og_error *error = NULL;
  const void *key, *bytes;
  const char *why;
  int64_t key_len, len, attempts;
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "mode", "behind"), OG_OK);
  CHECK_EQ(og_config_set(config, "retry_attempts", "0"), OG_OK);
  CHECK_EQ(og_config_set(config, "buffer_entries", "2"), OG_OK);
  CHECK_EQ(og_cache_create(NULL, clock, &cache, NULL), OG_OK);
  CHECK_EQ(og_cached_store_create(config, cache, store, clock, &cached, NULL), OG_OK);
  self.fail_with = OG_TIMEOUT;
  CHECK_EQ(og_cached_store_get(cached, "k", 1, &value, NULL, &error), OG_TIMEOUT);
  CHECK(strstr(og_error_message(error), "the disk is on fire") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_cached_store_set(cached, "a", 1, "1", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_delete(cached, "b", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_set(cached, "c", 1, "1", 1, &error), OG_TIMEOUT); /* through */
  CHECK(strstr(og_error_message(error), "the disk is on fire") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_cached_store_flush(cached, 0), 0);
  CHECK_EQ(og_cached_store_dead_letters(cached, &letters, NULL), OG_OK);
  CHECK_EQ(og_dead_letters_count(letters), 2);
  CHECK_EQ(og_dead_letters_at(letters, 0, &key, &key_len, &bytes, &len), OG_OK);
  CHECK(key_len == 1 && *(const char *)key == 'a' && len == 1 && *(const char *)bytes == '1');
  CHECK_EQ(og_dead_letters_at(letters, 1, &key, &key_len, &bytes, &len), OG_ABSENT);
  CHECK(*(const char *)key == 'b' && bytes == NULL);
  CHECK_EQ(og_dead_letters_at(letters, 2, &key, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_dead_letters_at(letters, -1, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_dead_letters_reason(letters, 0, &attempts, &why), OG_TIMEOUT);
  CHECK_EQ(attempts, 1);
  CHECK(strstr(why, "the disk is on fire") != NULL);
  CHECK_EQ(og_dead_letters_reason(letters, INT64_MAX, NULL, NULL), OG_INVALID_ARGUMENT);

  self.fail_with = OG_OK;
  expect(cached, "a", "stored", OG_SOURCE_STORE);
  CHECK_EQ(og_cached_store_redrive(cached, "a", 1), OG_OK);
  expect(cached, "a", "1", OG_SOURCE_CACHE);
  CHECK_EQ(og_cached_store_discard(cached, "a", 1), OG_MISS);
  CHECK_EQ(og_cached_store_redrive_all(cached), 1);
  expect(cached, "b", NULL, OG_SOURCE_CACHE);
  CHECK_EQ(og_cached_store_close(cached, 0), 0);
  CHECK_EQ(og_cached_store_redrive(cached, "a", 1), OG_CLOSED);
  CHECK_EQ(og_dead_letters_at(letters, 0, &key, NULL, NULL, NULL), OG_OK); /* a copy */
  og_cached_store_destroy(&cached);
  CHECK(*(const char *)key == 'a');
  og_dead_letters_destroy(&letters);
  og_store_destroy(&store);
  og_cache_destroy(&cache);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
}

static void leave_a_get(custom *self, og_cached_store *cached) {
  og_value *value = NULL;
  jmp_buf here;
  self->leave = &here;
  if (setjmp(here)) return;
  og_cached_store_get(cached, "k", 1, &value, NULL, NULL);
  CHECK(0); /* it came back */
}

static void leave_a_set(custom *self, og_cached_store *cached) {
  jmp_buf here;
  self->leave = &here;
  if (setjmp(here)) return;
  og_cached_store_set(cached, "k", 1, "v", 1, NULL);
  CHECK(0);
}

/* A function that never returns has failed: nothing that its call held is held on. */
static void a_function_that_never_returns_leaves_nothing_held(void) {
  static const char *const kModes[] = {"aside", "through", "behind"};
  size_t i;
  for (i = 0; i < 3; ++i) {
    custom self;
    og_config *config = NULL;
    og_cache *cache = NULL;
    og_store *store = custom_store(&self);
    og_cached_store *cached = NULL;
    CHECK_EQ(og_store_reply_abandon(NULL), OG_NULL_HANDLE);
    CHECK_EQ(og_config_create(&config, NULL), OG_OK);
    CHECK_EQ(og_config_set(config, "mode", kModes[i]), OG_OK);
    CHECK_EQ(og_config_set(config, "wait_ms", "1h"), OG_OK);
    CHECK_EQ(og_config_set(config, "buffer_entries", "1"), OG_OK);
    CHECK_EQ(og_config_set(config, "full_wait_ms", "1h"), OG_OK);
    CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
    CHECK_EQ(og_cached_store_create(config, cache, store, NULL, &cached, NULL), OG_OK);
    if (i == 2) CHECK_EQ(og_cached_store_set(cached, "first", 5, "v", 1, NULL), OG_OK);
    __lsan_disable();
    leave_a_get(&self, cached);
    __lsan_enable();
    CHECK_EQ(og_cache_stat(cache, OG_CACHE_LEASES), 0);
    __lsan_disable();
    leave_a_set(&self, cached); /* behind: by its caller, the buffer being full */
    __lsan_enable();
    CHECK(self.leave == NULL);
    CHECK_EQ(og_cached_store_stat(cached, OG_CACHED_STORE_WRITING), 0);
    CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK); /* waits for nobody */
    expect(cached, "k", i == 0 ? "stored" : "v", i == 0 ? OG_SOURCE_STORE : OG_SOURCE_CACHE);
    CHECK_EQ(og_cached_store_flush(cached, INT64_MAX), 0);
    og_cached_store_destroy(&cached);
    og_store_destroy(&store);
    og_cache_destroy(&cache);
    og_config_destroy(&config);
  }
}

int main(void) {
  a_hosts_store_is_called_on_the_hosts_threads();
  failures_are_told_and_kept();
  a_function_that_never_returns_leaves_nothing_held();
  return 0;
}
