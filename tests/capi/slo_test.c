/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

#define MINUTE (INT64_C(60) * 1000000000)

static void it_counts_and_alerts(void) {
  og_clock *clock = NULL;
  og_slo *slo = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_slo_create(NULL, clock, &slo, NULL), OG_OK);
  CHECK_EQ(og_slo_burn(slo, 5 * MINUTE), OG_NONE);
  CHECK_EQ(og_slo_budget_left(slo), 1);
  CHECK_EQ(og_slo_state(slo), OG_SLO_OK);
  CHECK_EQ(og_slo_good(slo, 980), OG_OK);
  CHECK_EQ(og_slo_bad(slo, 19), OG_OK);
  CHECK_EQ(og_slo_record(slo, 0, 5), OG_OK);
  CHECK(og_slo_burn(slo, 5 * MINUTE) > 19.99 && og_slo_burn(slo, 5 * MINUTE) < 20.01);
  CHECK_EQ(og_slo_budget_left(slo), 0);
  CHECK_EQ(og_slo_state(slo), OG_SLO_PAGE);
  CHECK_EQ(og_slo_reason(slo, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "page: burns 20.0 times over 1h") != NULL);
  og_text_destroy(&text);
  CHECK_EQ(og_slo_stat(slo, OG_SLO_GOOD_EVENTS), 980);
  CHECK_EQ(og_slo_stat(slo, OG_SLO_BAD_EVENTS), 20);
  CHECK_EQ(og_slo_stat(slo, OG_SLO_LATE_EVENTS), 0);
  og_slo_destroy(&slo);
  CHECK(slo == NULL);
  og_clock_destroy(&clock);
}

static void times_can_be_given(void) {
  og_slo *slo = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_slo_create(NULL, NULL, &slo, NULL), OG_OK);
  CHECK_EQ(og_slo_good_at(slo, 90, 0), OG_OK);
  CHECK_EQ(og_slo_bad_at(slo, 9, 0), OG_OK);
  CHECK_EQ(og_slo_record_at(slo, 0, 0, MINUTE), OG_OK);
  CHECK(og_slo_burn_at(slo, 60 * MINUTE, 2 * MINUTE) > 99.9);
  CHECK_EQ(og_slo_state_at(slo, 2 * MINUTE), OG_SLO_PAGE);
  CHECK_EQ(og_slo_state_at(slo, 3 * 24 * 60 * MINUTE), OG_SLO_OK);
  CHECK_EQ(og_slo_budget_left_at(slo, 2 * MINUTE), 0);
  CHECK_EQ(og_slo_reason_at(slo, 5 * 24 * 60 * MINUTE, &text, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text), "ok") == 0);
  og_text_destroy(&text);
  og_slo_destroy(&slo);
}

static void bad_input_is_refused(void) {
  og_slo *slo = NULL;
  og_text *text = NULL;
  og_config *config = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "objective", "1"), OG_OK);
  CHECK_EQ(og_slo_create(config, NULL, &slo, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "objective") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_slo_create(NULL, NULL, &slo, NULL), OG_OK);
  CHECK_EQ(og_slo_reconfigure(slo, config, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "objective") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_slo_good(slo, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_bad(slo, 1000000001), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_record(slo, 1, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_burn(slo, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_burn(slo, 5 * MINUTE - 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_stat(slo, 3), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_stat(slo, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_slo_stat(slo, OG_SLO_GOOD_EVENTS), 0);
  CHECK_EQ(og_slo_good(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_slo_state(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_slo_burn(NULL, 5 * MINUTE), OG_NULL_HANDLE);
  CHECK_EQ(og_slo_reason(NULL, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_slo_create_in(NULL, "checkout", NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  og_slo_destroy(&slo);
  og_slo_destroy(NULL);
  og_config_destroy(&config);
}

int main(void) {
  it_counts_and_alerts();
  times_can_be_given();
  bad_input_is_refused();
  return 0;
}
