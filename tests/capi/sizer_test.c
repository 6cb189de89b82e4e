/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static void refused(const char *option, const char *value, og_status status, const char *words) {
  og_config *config = NULL;
  og_sizer *sizer = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_sizer_create(config, NULL, &sizer, &error), status);
  CHECK(sizer == NULL);
  CHECK(strcmp(og_error_option(error), option) == 0);
  CHECK(strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void options_are_checked(void) {
  refused("policy", "krr", OG_BAD_VALUE, "autopilot");
  refused("target_percentile", "99", OG_BAD_VALUE, "above upper_percentile");
  refused("lower_percentile", "91", OG_BAD_VALUE, "above target_percentile");
  refused("min_cpu", "1001", OG_BAD_VALUE, "above max_cpu");
  refused("min_memory", "2TiB", OG_BAD_VALUE, "above max_memory");
  refused("oom_ratio", "0.9", OG_BAD_VALUE, "oom_ratio");
  refused("margin", "3", OG_UNKNOWN_OPTION, "margin");
}

static void bad_arguments_are_statuses(void) {
  og_sizer *sizer = NULL;
  og_sizing *sizing = NULL;
  og_text *text = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_sizer_create(NULL, NULL, &sizer, NULL), OG_OK);
  CHECK_EQ(og_sizer_observe_cpu(sizer, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_sizer_observe_memory(sizer, NAN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_sizer_observe_oom(sizer, INFINITY), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_sizer_observe_cpu(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_observe_memory(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_observe_oom(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_recommend(sizer, &sizing, &error), OG_UNSUPPORTED);
  CHECK(sizing == NULL);
  CHECK(strstr(og_error_message(error), "nothing was observed") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_sizer_recommend(NULL, &sizing, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_save(NULL, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_restore(NULL, "", NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_sizer_restore(sizer, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_sizer_restore(sizer, "ogsizer1 0 0", NULL), OG_BAD_VALUE);
  CHECK(isnan(og_sizing_cpu_target(NULL)) || og_sizing_cpu_target(NULL) < 0);
  CHECK(strcmp(og_sizing_text(NULL), "") == 0);
  CHECK(strcmp(og_sizing_cpu_max(NULL), "") == 0);
  CHECK(strcmp(og_sizing_memory_high(NULL), "") == 0);
  CHECK(strcmp(og_sizing_memory_max(NULL), "") == 0);
  og_sizing_destroy(NULL);
  og_sizer_destroy(&sizer);
  og_sizer_destroy(&sizer);
}

/* One core for a day, a sample a minute: a confidence of a day. */
static void answers_are_the_callers(void) {
  og_clock *clock = NULL;
  og_sizer *sizer = NULL;
  og_sizer *other = NULL;
  og_sizing *sizing = NULL;
  og_text *state = NULL;
  int i;
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_sizer_create(NULL, clock, &sizer, NULL), OG_OK);
  for (i = 0; i <= 1440; ++i) {
    CHECK_EQ(og_sizer_observe_cpu(sizer, 1.0), OG_OK);
    CHECK_EQ(og_clock_advance(clock, INT64_C(60000000000)), OG_OK);
  }
  CHECK_EQ(og_sizer_save(sizer, &state, NULL), OG_OK);
  CHECK_EQ(og_sizer_create(NULL, clock, &other, NULL), OG_OK);
  CHECK_EQ(og_sizer_restore(other, og_text_data(state), NULL), OG_OK);
  og_text_destroy(&state);
  og_sizer_destroy(&sizer);
  CHECK_EQ(og_sizer_recommend(other, &sizing, NULL), OG_OK);
  og_sizer_destroy(&other);
  CHECK(fabs(og_sizing_confidence(sizing) - 1) < 1e-9);
  CHECK_EQ(og_sizing_reason(sizing), OG_SIZING_OBSERVED);
  CHECK(og_sizing_cpu_target(sizing) >= 1.15 && og_sizing_cpu_target(sizing) < 1.15 * 1.05);
  CHECK(fabs(og_sizing_cpu_startup(sizing) - 2 * og_sizing_cpu_target(sizing)) < 1e-9);
  CHECK(fabs(og_sizing_cpu_upper(sizing) - 2 * og_sizing_cpu_target(sizing)) < 1e-9);
  CHECK(fabs(og_sizing_cpu_lower(sizing) * 1.001 * 1.001 - og_sizing_cpu_target(sizing)) < 1e-9);
  CHECK(isnan(og_sizing_memory_lower(sizing)));
  CHECK(isnan(og_sizing_memory_target(sizing)));
  CHECK(isnan(og_sizing_memory_upper(sizing)));
  CHECK(og_sizing_cpu_weight(sizing) > 39 && og_sizing_cpu_weight(sizing) < 50);
  CHECK(strstr(og_sizing_cpu_max(sizing), " 100000") != NULL);
  CHECK(strcmp(og_sizing_memory_high(sizing), "max") == 0);
  CHECK(strcmp(og_sizing_memory_max(sizing), "max") == 0);
  CHECK(strstr(og_sizing_text(sizing), "cores") != NULL);
  og_sizing_destroy(&sizing);
  CHECK(sizing == NULL);
  og_clock_destroy(&clock);
}

int main(void) {
  options_are_checked();
  bad_arguments_are_statuses();
  answers_are_the_callers();
  return 0;
}
