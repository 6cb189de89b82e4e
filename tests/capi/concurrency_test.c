/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/capi/check.h"
#include "tests/capi/said.h"

static og_concurrency *make(const char *limit, const char *permit_ms) {
  og_config *config = NULL;
  og_concurrency *made = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "limit", limit), OG_OK);
  CHECK_EQ(og_config_set(config, "permit_ms", permit_ms), OG_OK);
  CHECK_EQ(og_concurrency_create(config, NULL, &made, NULL), OG_OK);
  og_config_destroy(&config);
  return made;
}

static void options_are_checked(void) {
  static const char *const kBad[] = {"0", "65537", "-1", "many"};
  og_config *config = NULL;
  og_concurrency *limiter = NULL;
  og_error *error = NULL;
  size_t i;
  CHECK_EQ(og_concurrency_create(NULL, NULL, &limiter, &error),
           OG_BAD_VALUE); /* limit is missing */
  CHECK(limiter == NULL);
  CHECK(strcmp(og_error_option(error), "limit") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (i = 0; i < sizeof kBad / sizeof *kBad; ++i) {
    CHECK_EQ(og_config_set(config, "limit", kBad[i]), OG_OK);
    CHECK_EQ(og_concurrency_create(config, NULL, &limiter, &error), OG_BAD_VALUE);
    CHECK(strcmp(og_error_option(error), "limit") == 0);
    og_error_destroy(&error);
  }
  CHECK_EQ(og_config_set(config, "limit", "65536"), OG_OK);
  CHECK_EQ(og_concurrency_create(config, NULL, &limiter, NULL), OG_OK);
  CHECK_EQ(og_concurrency_limit(limiter), 65536);
  og_concurrency_destroy(&limiter);
  og_config_destroy(&config);
}

static void nulls_are_statuses(void) {
  og_concurrency *none = NULL;
  og_metrics *metrics = NULL;
  CHECK_EQ(og_concurrency_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_enter(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_enter_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_exit(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_exit_at(NULL, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_in_flight(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_in_flight_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_limit(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_stat(NULL, OG_CONCURRENCY_ADMITTED), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_concurrency(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  og_metrics_destroy(&metrics);
  og_concurrency_destroy(NULL);
  og_concurrency_destroy(&none);
}

static void absurd_arguments_are_refused(void) {
  og_concurrency *limiter = make("2", "1s");
  int64_t early, late;
  CHECK_EQ(og_concurrency_exit(limiter, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_exit(limiter, -5), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_exit(limiter, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_exit(limiter, INT64_MAX), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_stat(limiter, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_stat(limiter, OG_CONCURRENCY_UNATTACHED + 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_enter_at(limiter, INT64_MIN), OG_INVALID_ARGUMENT);
  early = og_concurrency_enter_at(limiter, 0);
  CHECK(early > 0);
  late = og_concurrency_enter_at(limiter, INT64_MAX);
  CHECK(late > 0);
  CHECK_EQ(og_concurrency_exit_at(limiter, early, INT64_MAX), OG_LAPSED);
  og_concurrency_destroy(&limiter);
  CHECK(limiter == NULL);
}

static void the_host_gives_the_time(void) {
  const int64_t second = 1000000000;
  og_concurrency *limiter = make("1", "5s");
  int64_t permit = og_concurrency_enter_at(limiter, 100 * second);
  CHECK(permit > 0);
  CHECK_EQ(og_concurrency_enter_at(limiter, 104 * second), OG_FULL);
  CHECK_EQ(og_concurrency_in_flight_at(limiter, 104 * second), 1);
  CHECK_EQ(og_concurrency_exit_at(limiter, permit, 104 * second), OG_OK);
  permit = og_concurrency_enter_at(limiter, 104 * second);
  CHECK_EQ(og_concurrency_in_flight_at(limiter, 109 * second), 0);
  CHECK_EQ(og_concurrency_exit_at(limiter, permit, 109 * second), OG_LAPSED);
  og_concurrency_destroy(&limiter);
}

static void a_scope_has_one_limit(void) {
  char segment[64];
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_concurrency *mine = NULL, *theirs = NULL;
  og_error *error = NULL;
  int64_t permit;
  snprintf(segment, sizeof segment, "/outgrow-test-concurrency-%ld", (long)getpid());
  CHECK_EQ(og_scope_create_host(segment, NULL, &scope, NULL), OG_OK);
  CHECK_EQ(og_scope_remove(segment, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "limit", "1"), OG_OK);
  CHECK_EQ(og_concurrency_create_in(scope, NULL, config, NULL, &mine, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_concurrency_create_in(scope, "db", config, NULL, &mine, NULL), OG_OK);
  CHECK_EQ(og_concurrency_create_in(scope, "db", config, NULL, &theirs, NULL), OG_OK);
  permit = og_concurrency_enter(mine);
  CHECK(permit > 0);
  CHECK_EQ(og_concurrency_enter(theirs), OG_FULL);
  CHECK_EQ(og_concurrency_in_flight(theirs), 1);
  CHECK_EQ(og_concurrency_exit(theirs, permit), OG_OK);
  CHECK_EQ(og_concurrency_exit(mine, permit), OG_LAPSED);
  CHECK_EQ(og_concurrency_stat(mine, OG_CONCURRENCY_REFUSED), 1);
  CHECK_EQ(og_config_set(config, "limit", "3"), OG_OK);
  CHECK_EQ(og_concurrency_reconfigure(NULL, config, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_concurrency_reconfigure(mine, config, NULL), OG_OK);
  CHECK_EQ(og_concurrency_limit(theirs), 3);
  CHECK_EQ(og_config_set(config, "limit", "1025"), OG_OK);
  CHECK_EQ(og_concurrency_reconfigure(theirs, config, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "limit") == 0);
  CHECK(strstr(og_error_message(error), "room for 1024") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_concurrency_limit(theirs), 3);
  og_concurrency_destroy(&mine);
  CHECK_EQ(og_config_set(config, "limit", "2"), OG_OK);
  CHECK_EQ(og_config_set(config, "on_mismatch", "refuse"), OG_OK);
  CHECK_EQ(og_concurrency_create_in(scope, "db", config, NULL, &mine, NULL), OG_BAD_VALUE);
  og_concurrency_destroy(&theirs); /* nobody uses it: as the first who comes asks */
  CHECK_EQ(og_concurrency_create_in(scope, "db", config, NULL, &mine, NULL), OG_OK);
  CHECK_EQ(og_concurrency_limit(mine), 2);
  og_concurrency_destroy(&mine);
  og_config_destroy(&config);
  og_scope_destroy(&scope);
}

static void a_refusal_says_the_name(void) {
  og_config *config = NULL;
  og_concurrency *limiter = NULL, *unnamed = make("1", "0");
  og_text *text = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "limit", "1"), OG_OK);
  CHECK_EQ(og_concurrency_create_in(NULL, "uploads", config, NULL, &limiter, NULL), OG_OK);
  CHECK_EQ(og_concurrency_refusal(limiter, &text, NULL), OG_OK);
  check_said(text, "as many calls are in flight as may be in 'uploads'");
  CHECK_EQ(og_concurrency_refusal(unnamed, &text, NULL), OG_OK);
  check_said(text, "as many calls are in flight as may be");
  CHECK_EQ(og_concurrency_refusal(NULL, &text, NULL), OG_NULL_HANDLE);
  og_concurrency_destroy(&limiter);
  og_concurrency_destroy(&unnamed);
  og_config_destroy(&config);
}

int main(void) {
  options_are_checked();
  nulls_are_statuses();
  absurd_arguments_are_refused();
  the_host_gives_the_time();
  a_scope_has_one_limit();
  a_refusal_says_the_name();
  return 0;
}
