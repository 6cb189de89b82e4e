/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"
#include "tests/capi/said.h"

static void options_are_checked(void) {
  og_config *config = NULL;
  og_breaker *breaker = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "failure_treshold", "3"), OG_OK);
  CHECK_EQ(og_breaker_create(config, NULL, &breaker, &error), OG_UNKNOWN_OPTION);
  CHECK(breaker == NULL);
  CHECK_EQ(og_error_code(error), OG_UNKNOWN_OPTION);
  CHECK(strcmp(og_error_option(error), "failure_treshold") == 0);
  CHECK(strstr(og_error_message(error), "did you mean 'failure_threshold'?") != NULL);
  og_error_destroy(&error);
  CHECK(error == NULL);
  og_config_destroy(&config);

  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "failure_threshold", 0), OG_OK);
  CHECK_EQ(og_breaker_create(config, NULL, &breaker, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "failure_threshold") == 0);
  CHECK(strstr(og_error_message(error), "1 to 65535") != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void nulls_are_statuses(void) {
  og_breaker *none = NULL;
  CHECK_EQ(og_breaker_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_breaker_enter(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_enter_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_exit(NULL, 1, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_exit_at(NULL, 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_cancel(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_cancel_at(NULL, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_state(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_retry_after(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_retry_after_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_transitions(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_force_open(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_force_closed(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_breaker_reset(NULL), OG_NULL_HANDLE);
  og_breaker_destroy(NULL);
  og_breaker_destroy(&none);
}

static void absurd_permits_are_refused(void) {
  og_breaker *breaker = NULL;
  CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
  CHECK_EQ(og_breaker_exit(breaker, 0, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_breaker_exit(breaker, -5, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_breaker_exit(breaker, INT64_MIN, 0), OG_INVALID_ARGUMENT);
  CHECK(og_breaker_exit(breaker, INT64_MAX, 0) < 0);
  CHECK(og_breaker_cancel(breaker, INT64_MAX) < 0);
  CHECK_EQ(og_breaker_enter_at(breaker, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK(og_breaker_enter_at(breaker, INT64_MAX) > 0);
  og_breaker_destroy(&breaker);
  CHECK(breaker == NULL);
}

static void the_host_gives_the_time(void) {
  const int64_t second = 1000000000;
  og_config *config = NULL;
  og_breaker *breaker = NULL;
  int64_t permit;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "failure_threshold", "1"), OG_OK);
  CHECK_EQ(og_config_set(config, "open_ms", "10000"), OG_OK);
  CHECK_EQ(og_config_set(config, "half_open_permits", "1"), OG_OK);
  CHECK_EQ(og_config_set(config, "permit_ms", "5000"), OG_OK);
  CHECK_EQ(og_breaker_create(config, NULL, &breaker, NULL), OG_OK);
  permit = og_breaker_enter_at(breaker, 100 * second);
  CHECK_EQ(og_breaker_exit_at(breaker, permit, 0, 101 * second), OG_OK);
  CHECK_EQ(og_breaker_retry_after_at(breaker, 104 * second), 7 * second);
  CHECK_EQ(og_breaker_retry_after_at(breaker, 111 * second), 0);
  permit = og_breaker_enter_at(breaker, 111 * second);
  CHECK(permit > 0);
  CHECK_EQ(og_breaker_enter_at(breaker, 112 * second), OG_REFUSED);
  CHECK_EQ(og_breaker_cancel_at(breaker, permit, 113 * second), OG_OK);
  permit = og_breaker_enter_at(breaker, 113 * second);
  CHECK(permit > 0);
  CHECK_EQ(og_breaker_cancel_at(breaker, permit, 118 * second), OG_LAPSED); /* permit_ms is over */
  CHECK_EQ(og_breaker_force_open(breaker), OG_OK);
  CHECK_EQ(og_breaker_retry_after_at(breaker, 119 * second), OG_NEVER);
  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
}

/* A failure told at a time decades ahead, by a mistaken caller, is for the operator to put right.
 */
static void a_reset_leaves_nothing_to_wait_for(void) {
  const int64_t second = 1000000000;
  og_status (*const resets[])(og_breaker *) = {og_breaker_reset, og_breaker_force_closed};
  size_t i;
  for (i = 0; i < 2; ++i) {
    og_config *config = NULL;
    og_breaker *breaker = NULL;
    CHECK_EQ(og_config_create(&config, NULL), OG_OK);
    CHECK_EQ(og_config_set(config, "failure_threshold", "1"), OG_OK);
    CHECK_EQ(og_config_set(config, "open_ms", "10000"), OG_OK);
    CHECK_EQ(og_breaker_create(config, NULL, &breaker, NULL), OG_OK);
    CHECK_EQ(og_breaker_exit_at(breaker, og_breaker_enter_at(breaker, second), 0, -1),
             OG_INVALID_ARGUMENT);
    CHECK_EQ(og_breaker_state(breaker), OG_BREAKER_CLOSED);
    CHECK_EQ(og_breaker_exit_at(breaker, og_breaker_enter_at(breaker, second), 0, INT64_MAX),
             OG_OK);
    CHECK_EQ(og_breaker_retry_after_at(breaker, second), INT64_MAX - second);
    CHECK_EQ(resets[i](breaker), OG_OK);
    CHECK_EQ(og_breaker_reset(breaker), OG_OK);
    CHECK_EQ(og_breaker_exit_at(breaker, og_breaker_enter_at(breaker, second), 0, 2 * second),
             OG_OK);
    CHECK_EQ(og_breaker_retry_after_at(breaker, 2 * second), 10 * second);
    og_breaker_destroy(&breaker);
    og_config_destroy(&config);
  }
}

static void options_change_while_it_is_used(void) {
  og_config *config = NULL;
  og_breaker *breaker = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
  CHECK_EQ(og_breaker_reconfigure(breaker, NULL, &error), OG_OK);
  CHECK(error == NULL);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_breaker_reconfigure(NULL, config, &error), OG_NULL_HANDLE);
  CHECK_EQ(og_error_code(error), OG_NULL_HANDLE);
  og_error_destroy(&error);
  CHECK_EQ(og_config_set(config, "failure_threshold", "1"), OG_OK);
  CHECK_EQ(og_breaker_reconfigure(breaker, config, NULL), OG_OK);
  CHECK_EQ(og_breaker_exit(breaker, og_breaker_enter(breaker), 0), OG_OK);
  CHECK_EQ(og_breaker_state(breaker), OG_BREAKER_OPEN);
  CHECK_EQ(og_config_set(config, "open", "1s"), OG_OK);
  CHECK_EQ(og_breaker_reconfigure(breaker, config, &error), OG_UNKNOWN_OPTION);
  CHECK(strstr(og_error_message(error), "did you mean 'open_ms'?") != NULL);
  og_error_destroy(&error);
  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
}

static void the_system_clock_serves(void) {
  og_breaker *breaker = NULL;
  int64_t permit;
  CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
  permit = og_breaker_enter(breaker);
  CHECK(permit > 0);
  CHECK_EQ(og_breaker_exit(breaker, permit, 1), OG_OK);
  CHECK_EQ(og_breaker_state(breaker), OG_BREAKER_CLOSED);
  og_breaker_destroy(&breaker);
}

static void a_refusal_says_the_name_and_the_wait(void) {
  og_breaker *breaker = NULL, *unnamed = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_breaker_create_in(NULL, "payments", NULL, NULL, &breaker, NULL), OG_OK);
  CHECK_EQ(og_breaker_create(NULL, NULL, &unnamed, NULL), OG_OK);
  CHECK_EQ(og_breaker_refusal(breaker, INT64_C(30000000000), &text, NULL), OG_OK);
  check_said(text, "the circuit breaker 'payments' is open; try again in 30.0 s");
  CHECK_EQ(og_breaker_refusal(breaker, 0, &text, NULL), OG_OK);
  check_said(text, "the circuit breaker 'payments' is half-open: as many calls as may are trying");
  CHECK_EQ(og_breaker_force_open(unnamed), OG_OK);
  CHECK_EQ(og_breaker_refusal(unnamed, og_breaker_retry_after(unnamed), &text, NULL), OG_OK);
  check_said(text, "the circuit breaker is open; it stays so until it is reset");
  CHECK_EQ(og_breaker_refusal(NULL, 0, &text, NULL), OG_NULL_HANDLE);
  og_breaker_destroy(&breaker);
  og_breaker_destroy(&unnamed);
}

int main(void) {
  options_are_checked();
  nulls_are_statuses();
  absurd_permits_are_refused();
  the_host_gives_the_time();
  a_reset_leaves_nothing_to_wait_for();
  options_change_while_it_is_used();
  the_system_clock_serves();
  a_refusal_says_the_name_and_the_wait();
  return 0;
}
