/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/capi/check.h"

static const int64_t kSecond = 1000000000;

static og_endpoints *two(void) {
  og_endpoints *endpoints = NULL;
  CHECK_EQ(og_endpoints_create(NULL, &endpoints, NULL), OG_OK);
  CHECK_EQ(og_endpoints_add(endpoints, "a", 1, NULL, NULL), 0);
  CHECK_EQ(og_endpoints_add(endpoints, "b", 1, NULL, NULL), 1);
  return endpoints;
}

static og_balancer *make(og_endpoints *endpoints, const char *name, const char *value) {
  og_config *config = NULL;
  og_balancer *balancer = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (name) CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_balancer_create(config, endpoints, NULL, &balancer, NULL), OG_OK);
  og_config_destroy(&config);
  return balancer;
}

static void options_are_checked(void) {
  og_endpoints *endpoints = two();
  og_config *config = NULL;
  og_balancer *balancer = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "policy", "round_robbin"), OG_OK);
  CHECK_EQ(og_balancer_create(config, endpoints, NULL, &balancer, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error), "did you mean 'round_robin'?") != NULL);
  CHECK(strcmp(og_error_option(error), "policy") == 0);
  CHECK(balancer == NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_balancer_create(NULL, NULL, NULL, &balancer, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_create(NULL, endpoints, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  og_config_destroy(&config);
  og_endpoints_destroy(&endpoints);
}

static void nulls_are_statuses(void) {
  og_endpoints *endpoints = two();
  og_balancer *balancer = make(endpoints, NULL, NULL), *none = NULL;
  const void *key = "k";
  int64_t len = 1, negative = -1;
  int32_t out = 77;
  CHECK_EQ(og_balancer_pick(NULL, "k", 1), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_pick_at(NULL, "k", 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_pick(balancer, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick(balancer, "k", -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick_at(balancer, NULL, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick_many(NULL, &key, &len, 1, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_pick_many(balancer, &key, NULL, 1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick_many(balancer, &key, &negative, 1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick_many(balancer, &key, &len, -1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_pick_many(balancer, &key, &len, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(out, 77);
  CHECK_EQ(og_balancer_pick_many(balancer, NULL, NULL, 0, NULL), OG_OK);
  CHECK_EQ(og_balancer_acquire(NULL, "k", 1, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_acquire(balancer, "k", 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_acquire_at(NULL, "k", 1, 0, &out), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_release(NULL, 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_release_at(NULL, 1, 1, 0, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_cancel(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_cancel_at(NULL, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_picks(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_picks(balancer, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_picks(balancer, INT32_MAX), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_release(balancer, 0, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_release(balancer, -7, 1, 0), OG_INVALID_ARGUMENT);
  CHECK(og_balancer_release(balancer, INT64_MAX, 1, 0) < 0);
  CHECK(og_balancer_release_at(balancer, INT64_MIN, 1, INT64_MIN, INT64_MIN) < 0);
  CHECK(og_balancer_cancel(balancer, INT64_MAX) < 0);
  og_balancer_destroy(NULL);
  og_balancer_destroy(&none);
  og_balancer_destroy(&balancer);
  CHECK(balancer == NULL);
  og_endpoints_destroy(&endpoints);
}

static void the_host_gives_the_time(void) {
  og_endpoints *endpoints = two();
  og_balancer *balancer = make(endpoints, "policy", "least_connections");
  int32_t first = -1, second = -1, third = -1;
  int64_t one = og_balancer_acquire_at(balancer, NULL, 0, kSecond, &first);
  int64_t two_ = og_balancer_acquire_at(balancer, NULL, 0, kSecond, &second);
  CHECK(one > 0 && two_ > 0 && first != second);
  CHECK_EQ(og_balancer_release_at(balancer, one, 1, -1, 3 * kSecond), OG_OK);
  CHECK_EQ(og_balancer_release_at(balancer, one, 1, -1, 3 * kSecond), OG_LAPSED);
  CHECK(og_endpoints_latency(endpoints, first, 0.5) >= 2 * kSecond); /* since acquire */
  CHECK(og_endpoints_latency(endpoints, first, 0.5) <= 2 * kSecond + kSecond / 2);
  CHECK_EQ(og_balancer_pick_at(balancer, NULL, 0, 3 * kSecond), first);
  /* A minute on, the other's ticket has expired: nobody has a call in flight. */
  CHECK(og_balancer_pick_at(balancer, NULL, 0, 61 * kSecond) >= 0);
  CHECK_EQ(og_endpoints_in_flight(endpoints, second), 0);
  CHECK_EQ(og_balancer_release_at(balancer, two_, 1, 0, 61 * kSecond), OG_LAPSED);
  CHECK_EQ(og_endpoints_calls(endpoints, second), 0);
  one = og_balancer_acquire_at(balancer, NULL, 0, 62 * kSecond, &third);
  CHECK_EQ(og_balancer_cancel_at(balancer, one, 62 * kSecond), OG_OK);
  CHECK_EQ(og_balancer_cancel_at(balancer, one, 62 * kSecond), OG_LAPSED);
  CHECK_EQ(og_endpoints_calls(endpoints, third), third == first);
  og_balancer_destroy(&balancer);
  og_endpoints_destroy(&endpoints);
}

static void full_and_nobody(void) {
  og_endpoints *endpoints = two(), *empty = NULL;
  og_balancer *balancer = make(endpoints, "tickets", "1"), *nobody;
  int32_t endpoint = 5;
  int64_t ticket = og_balancer_acquire(balancer, NULL, 0, &endpoint);
  CHECK(ticket > 0);
  CHECK_EQ(og_balancer_acquire(balancer, NULL, 0, &endpoint), OG_FULL);
  CHECK_EQ(endpoint, OG_NONE);
  CHECK_EQ(og_balancer_release(balancer, ticket, 1, -2),
           OG_INVALID_ARGUMENT); /* and still stands */
  CHECK_EQ(og_balancer_release_at(balancer, ticket, 1, INT64_MIN, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_cancel(balancer, ticket), OG_OK);
  CHECK(og_balancer_acquire(balancer, NULL, 0, &endpoint) > 0);
  CHECK_EQ(og_endpoints_in_flight(endpoints, endpoint), 1);
  og_balancer_destroy(&balancer); /* tickets still out stop counting */
  CHECK_EQ(og_endpoints_in_flight(endpoints, endpoint), 0);

  CHECK_EQ(og_endpoints_create(NULL, &empty, NULL), OG_OK);
  nobody = make(empty, "policy", "consistent_hash");
  CHECK_EQ(og_balancer_pick(nobody, "k", 1), OG_NONE);
  CHECK_EQ(og_balancer_acquire(nobody, "k", 1, &endpoint), OG_NONE);
  CHECK_EQ(endpoint, OG_NONE);
  og_balancer_destroy(&nobody);
  og_endpoints_destroy(&empty);
  og_endpoints_destroy(&endpoints);
}

static void keys_of_any_size(void) {
  static const char *const kPolicies[] = {"round_robin", "weighted_round_robin",
                                          "least_connections", "consistent_hash"};
  const int64_t large = 10 * 1024 * 1024;
  char *key = calloc(1, (size_t)large);
  size_t i;
  for (i = 0; i < 4; ++i) {
    og_endpoints *endpoints = two();
    og_balancer *balancer = make(endpoints, "policy", kPolicies[i]);
    const void *keys[2];
    int64_t lens[2];
    int32_t out[2];
    keys[0] = key;
    keys[1] = NULL;
    lens[0] = large;
    lens[1] = 0;
    CHECK(og_balancer_pick(balancer, key, large) >= 0);
    CHECK(og_balancer_pick(balancer, "", 0) >= 0);
    CHECK(og_balancer_pick(balancer, NULL, 0) >= 0);
    CHECK_EQ(og_balancer_pick_many(balancer, keys, lens, 2, out), OG_OK);
    CHECK(out[0] >= 0 && out[1] >= 0);
    CHECK_EQ(og_balancer_picks(balancer, 0) + og_balancer_picks(balancer, 1), 5);
    og_balancer_destroy(&balancer);
    og_endpoints_destroy(&endpoints);
  }
  free(key);
}

/* Whether it picks the same for one key, which of the policies here consistent_hash alone does. */
static int keeps_keys(og_balancer *balancer) {
  int32_t first = og_balancer_pick(balancer, "key", 3);
  return og_balancer_pick(balancer, "key", 3) == first;
}

static void a_scope_has_one_policy(void) {
  char segment[64];
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_endpoints *own = two(), *others = two();
  og_balancer *mine = NULL, *theirs = NULL;
  og_error *error = NULL;
  snprintf(segment, sizeof segment, "/outgrow-test-balancer-%ld", (long)getpid());
  CHECK_EQ(og_scope_create_host(segment, NULL, &scope, NULL), OG_OK);
  CHECK_EQ(og_scope_remove(segment, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_balancer_create_in(scope, NULL, NULL, own, NULL, &mine, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_balancer_create_in(scope, "reads", NULL, NULL, NULL, &mine, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_create_in(scope, "reads", NULL, own, NULL, &mine, NULL), OG_OK);
  CHECK_EQ(og_balancer_create_in(scope, "reads", NULL, others, NULL, &theirs, NULL), OG_OK);
  CHECK(!keeps_keys(mine) && !keeps_keys(theirs));
  CHECK_EQ(og_config_set(config, "policy", "consistent_hash"), OG_OK);
  CHECK_EQ(og_balancer_reconfigure(NULL, config, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_reconfigure(mine, NULL, NULL), OG_OK);
  CHECK_EQ(og_balancer_reconfigure(mine, config, NULL), OG_OK);
  CHECK(keeps_keys(mine) && keeps_keys(theirs));
  CHECK_EQ(og_config_set(config, "tickets", "7"), OG_OK);
  CHECK_EQ(og_balancer_reconfigure(theirs, config, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "tickets") == 0);
  CHECK(strstr(og_error_message(error), "while the balancer is in use: it is 4096") != NULL);
  og_error_destroy(&error);
  og_balancer_destroy(&mine);
  CHECK_EQ(og_config_set(config, "on_mismatch", "refuse"), OG_OK);
  CHECK_EQ(og_balancer_create_in(scope, "reads", config, own, NULL, &mine, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "tickets") == 0);
  og_error_destroy(&error);
  og_balancer_destroy(&theirs);
  og_config_destroy(&config);
  og_endpoints_destroy(&own);
  og_endpoints_destroy(&others);
  og_scope_destroy(&scope);
}

int main(void) {
  options_are_checked();
  nulls_are_statuses();
  the_host_gives_the_time();
  full_and_nobody();
  keys_of_any_size();
  a_scope_has_one_policy();
  return 0;
}
