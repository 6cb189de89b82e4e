/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static og_endpoints *make(void) {
  og_endpoints *endpoints = NULL;
  CHECK_EQ(og_endpoints_create(NULL, &endpoints, NULL), OG_OK);
  CHECK_EQ(og_endpoints_add(endpoints, "a", 3, "west", NULL), 0);
  CHECK_EQ(og_endpoints_add(endpoints, "b", 1, NULL, NULL), 1);
  return endpoints;
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_endpoints *endpoints = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "max_endpoint", "3"), OG_OK);
  CHECK_EQ(og_endpoints_create(config, &endpoints, &error), OG_UNKNOWN_OPTION);
  CHECK(strstr(og_error_message(error), "did you mean 'max_endpoints'?") != NULL);
  CHECK(endpoints == NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_endpoints_create(NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  og_config_destroy(&config);
}

static void nulls_are_statuses(void) {
  og_endpoints *set = make(), *none = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_endpoints_add(NULL, "c", 1, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_add(set, NULL, 1, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_remove(NULL, 0, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_set_weight(NULL, 0, 1, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_set_healthy(NULL, 0, 1, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_find(NULL, "a"), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_find(set, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_count(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_name(NULL, 0, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_name(set, 0, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_zone(NULL, 0, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_zone(set, 0, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_weight(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_healthy(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_in_flight(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_calls(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_failures(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_latency(NULL, 0, 0.5), OG_NULL_HANDLE);
  CHECK_EQ(og_endpoints_count(set), 2);
  og_endpoints_destroy(NULL);
  og_endpoints_destroy(&none);
  og_endpoints_destroy(&set);
  CHECK(set == NULL);
}

static void absurd_numbers_are_refused(void) {
  static const int32_t kNobody[] = {-1, 2, 256, INT32_MIN, INT32_MAX};
  og_endpoints *set = make();
  og_text *text = NULL;
  og_error *error = NULL;
  size_t i;
  for (i = 0; i < sizeof kNobody / sizeof *kNobody; ++i) {
    CHECK_EQ(og_endpoints_remove(set, kNobody[i], NULL), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_set_weight(set, kNobody[i], 1, NULL), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_set_healthy(set, kNobody[i], 1, NULL), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_name(set, kNobody[i], &text, NULL), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_zone(set, kNobody[i], &text, NULL), OG_INVALID_ARGUMENT);
    CHECK(text == NULL);
    CHECK_EQ(og_endpoints_weight(set, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_healthy(set, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_in_flight(set, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_calls(set, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_failures(set, kNobody[i]), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_endpoints_latency(set, kNobody[i], 0.5), OG_INVALID_ARGUMENT);
  }
  CHECK_EQ(og_endpoints_set_weight(set, 0, INT64_MAX, &error), OG_INVALID_ARGUMENT);
  CHECK(strstr(og_error_message(error), "1000000") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_endpoints_add(set, "c", INT64_MIN, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_latency(set, 0, -0.1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_endpoints_latency(set, 0, 1.1), OG_INVALID_ARGUMENT);
  og_endpoints_destroy(&set);
}

static void what_it_knows_of_each(void) {
  og_endpoints *set = make();
  og_balancer *balancer = NULL;
  og_text *text = NULL;
  int32_t endpoint = -1;
  int64_t ticket;
  CHECK_EQ(og_endpoints_weight(set, 0), 3);
  CHECK_EQ(og_endpoints_set_weight(set, 0, 0, NULL), OG_OK);
  CHECK_EQ(og_endpoints_weight(set, 0), 0);
  CHECK_EQ(og_endpoints_healthy(set, 1), 1);
  CHECK_EQ(og_endpoints_zone(set, 0, &text, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text), "west") == 0);
  og_text_destroy(&text);

  CHECK_EQ(og_balancer_create(NULL, set, NULL, &balancer, NULL), OG_OK);
  CHECK_EQ(og_endpoints_latency(set, 1, 0.99), 0);
  ticket = og_balancer_acquire(balancer, NULL, 0, &endpoint);
  CHECK_EQ(endpoint, 1); /* the other has no weight */
  CHECK_EQ(og_endpoints_in_flight(set, 1), 1);
  CHECK_EQ(og_balancer_release(balancer, ticket, 0, 1000000), OG_OK);
  CHECK_EQ(og_endpoints_in_flight(set, 1), 0);
  CHECK_EQ(og_endpoints_calls(set, 1), 1);
  CHECK_EQ(og_endpoints_failures(set, 1), 1);
  CHECK(og_endpoints_latency(set, 1, 0.99) >= 1000000);
  CHECK(og_endpoints_latency(set, 1, 0.99) <= 1250000); /* to within 25 % */

  CHECK_EQ(og_endpoints_set_healthy(set, 1, 0, NULL), OG_OK);
  CHECK_EQ(og_endpoints_healthy(set, 1), 0);
  CHECK_EQ(og_balancer_pick(balancer, NULL, 0), OG_NONE);
  CHECK_EQ(og_endpoints_remove(set, 1, NULL), OG_OK);
  CHECK_EQ(og_endpoints_find(set, "b"), OG_NONE);
  CHECK_EQ(og_endpoints_count(set), 1);
  og_endpoints_destroy(&set); /* the balancer keeps it */
  CHECK_EQ(og_balancer_pick(balancer, NULL, 0), OG_NONE);
  og_balancer_destroy(&balancer);
}

int main(void) {
  options_are_checked();
  nulls_are_statuses();
  absurd_numbers_are_refused();
  what_it_knows_of_each();
  return 0;
}
