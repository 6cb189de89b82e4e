/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static const int64_t kSecond = 1000000000;

static og_replicas *make(const char *name, const char *value) {
  og_config *config = NULL;
  og_replicas *replicas = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (name) CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_replicas_create(config, NULL, &replicas, NULL), OG_OK);
  og_config_destroy(&config);
  return replicas;
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_replicas *replicas = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "replicas", 64), OG_OK);
  CHECK_EQ(og_replicas_create(config, NULL, &replicas, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error), "0 to 63") != NULL);
  CHECK(replicas == NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_replicas_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  og_config_destroy(&config);
}

static void nulls_and_absurd_numbers(void) {
  static const int32_t kNobody[] = {-1, 3, 64, INT32_MIN, INT32_MAX};
  og_replicas *replicas = make(NULL, NULL), *none = NULL;
  int32_t out = 77;
  size_t i;
  CHECK_EQ(og_replicas_write(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_read(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_read_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_read_many(NULL, 1, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_read_many(replicas, -1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_replicas_read_many(replicas, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_replicas_read_many(replicas, 0, NULL), OG_OK);
  CHECK_EQ(out, 77);
  CHECK_EQ(og_replicas_acquire(NULL, 0, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_acquire(replicas, 0, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_replicas_acquire_at(NULL, 0, 0, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_release(NULL, 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_release_at(NULL, 1, 1, 0, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_cancel(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_cancel_at(NULL, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_release(replicas, 0, 1, 0), OG_INVALID_ARGUMENT);
  CHECK(og_replicas_release(replicas, INT64_MAX, 1, 0) < 0);
  CHECK(og_replicas_release(replicas, INT64_MIN, 1, INT64_MIN) < 0);
  CHECK(og_replicas_cancel(replicas, INT64_MAX) < 0);
  CHECK_EQ(og_replicas_set_healthy(NULL, 1, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_healthy(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_in_flight(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_reads(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_writes(NULL), OG_NULL_HANDLE);
  for (i = 0; i < sizeof kNobody / sizeof *kNobody; ++i) {
    CHECK_EQ(og_replicas_set_healthy(replicas, kNobody[i], 0), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_replicas_healthy(replicas, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_replicas_in_flight(replicas, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_replicas_reads(replicas, kNobody[i]), OG_INVALID_ARGUMENT);
  }
  og_replicas_destroy(NULL);
  og_replicas_destroy(&none);
  og_replicas_destroy(&replicas);
  CHECK(replicas == NULL);
}

static void health_decides(void) {
  og_replicas *replicas = make(NULL, NULL), *alone;
  int32_t out[4];
  CHECK_EQ(og_replicas_write(replicas), OG_REPLICAS_PRIMARY);
  CHECK_EQ(og_replicas_healthy(replicas, 1), 1);
  CHECK_EQ(og_replicas_set_healthy(replicas, 1, 0), OG_OK);
  CHECK_EQ(og_replicas_healthy(replicas, 1), 0);
  CHECK_EQ(og_replicas_read_many(replicas, 4, out), OG_OK);
  CHECK(out[0] == 2 && out[1] == 2 && out[2] == 2 && out[3] == 2);
  CHECK_EQ(og_replicas_set_healthy(replicas, 2, 0), OG_OK);
  CHECK_EQ(og_replicas_read(replicas), OG_REPLICAS_PRIMARY); /* falls back */
  CHECK_EQ(og_replicas_set_healthy(replicas, OG_REPLICAS_PRIMARY, 0), OG_OK);
  CHECK_EQ(og_replicas_read_at(replicas, 0), OG_NONE);
  CHECK_EQ(og_replicas_write(replicas), OG_NONE);
  CHECK_EQ(og_replicas_reads(replicas, 2), 4);
  CHECK_EQ(og_replicas_writes(replicas), 1);
  og_replicas_destroy(&replicas);

  alone = make("fall_back", "false");
  CHECK_EQ(og_replicas_set_healthy(alone, 1, 0), OG_OK);
  CHECK_EQ(og_replicas_set_healthy(alone, 2, 0), OG_OK);
  CHECK_EQ(og_replicas_read(alone), OG_NONE);
  CHECK_EQ(og_replicas_write(alone), OG_REPLICAS_PRIMARY);
  og_replicas_destroy(&alone);
}

static void the_host_gives_the_time(void) {
  og_replicas *replicas = make("policy", "least_in_flight");
  int32_t first = -1, second = -1, node = -1;
  int64_t one = og_replicas_acquire_at(replicas, 0, kSecond, &first);
  int64_t two = og_replicas_acquire_at(replicas, 0, kSecond, &second);
  CHECK(one > 0 && two > 0);
  CHECK_EQ(first + second, 3); /* one each */
  CHECK_EQ(og_replicas_release(replicas, one, 1, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_replicas_release_at(replicas, one, 1, -2, 2 * kSecond), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_replicas_release_at(replicas, one, 1, -1, 2 * kSecond), OG_OK);
  CHECK_EQ(og_replicas_release_at(replicas, one, 1, -1, 2 * kSecond), OG_LAPSED);
  CHECK_EQ(og_replicas_read_at(replicas, 2 * kSecond), first);
  CHECK(og_replicas_read_at(replicas, 61 * kSecond) > 0); /* the other has expired */
  CHECK_EQ(og_replicas_in_flight(replicas, second), 0);
  CHECK_EQ(og_replicas_release_at(replicas, two, 1, 0, 61 * kSecond), OG_LAPSED);
  one = og_replicas_acquire_at(replicas, 1, 61 * kSecond, &node);
  CHECK_EQ(node, OG_REPLICAS_PRIMARY);
  CHECK_EQ(og_replicas_in_flight(replicas, node), 1);
  CHECK_EQ(og_replicas_cancel_at(replicas, one, 61 * kSecond), OG_OK);
  CHECK_EQ(og_replicas_cancel_at(replicas, one, 61 * kSecond), OG_LAPSED);
  CHECK_EQ(og_replicas_in_flight(replicas, node), 0);
  og_replicas_destroy(&replicas);
}

static void full_and_nobody(void) {
  og_replicas *replicas = make("tickets", "1");
  int32_t node = 5;
  int64_t ticket = og_replicas_acquire(replicas, 0, &node);
  CHECK(ticket > 0);
  CHECK_EQ(og_replicas_acquire(replicas, 0, &node), OG_FULL);
  CHECK_EQ(node, OG_NONE);
  CHECK_EQ(og_replicas_cancel(replicas, ticket), OG_OK);
  CHECK_EQ(og_replicas_reads(replicas, 1) + og_replicas_reads(replicas, 2), 1);
  CHECK_EQ(og_replicas_set_healthy(replicas, 0, 0), OG_OK);
  CHECK_EQ(og_replicas_acquire(replicas, 1, &node), OG_NONE);
  CHECK_EQ(node, OG_NONE);
  og_replicas_destroy(&replicas);
}

int main(void) {
  options_are_checked();
  nulls_and_absurd_numbers();
  health_decides();
  the_host_gives_the_time();
  full_and_nobody();
  return 0;
}
