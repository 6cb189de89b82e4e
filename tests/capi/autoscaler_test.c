/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static const int64_t kSecond = 1000000000;

static og_autoscaler *made(const char *name, const char *value) {
  og_autoscaler *autoscaler = NULL;
  og_config *config = NULL;
  og_clock *clock = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (name) CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_config_set_int(config, "initial_instances", 1), OG_OK);
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_autoscaler_create(config, clock, &autoscaler, NULL), OG_OK);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return autoscaler;
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_autoscaler *autoscaler = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "max_instance", "3"), OG_OK);
  CHECK_EQ(og_autoscaler_create(config, NULL, &autoscaler, &error), OG_UNKNOWN_OPTION);
  CHECK(strstr(og_error_message(error), "max_instances") != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);

  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "predictor", "crystal ball"), OG_OK);
  CHECK_EQ(og_autoscaler_create(config, NULL, &autoscaler, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "predictor") == 0);
  og_error_destroy(&error);
  CHECK(autoscaler == NULL);

  CHECK_EQ(og_config_set(config, "predictor", "none"), OG_OK);
  CHECK_EQ(og_config_set(config, "min_instances", "11"), OG_OK);
  CHECK_EQ(og_autoscaler_create(config, NULL, &autoscaler, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "min_instances") == 0);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void metrics_have_names(void) {
  og_autoscaler *autoscaler = made("metrics", "queue: backlog target=10s service=100ms");
  og_decision *decision = NULL;
  CHECK_EQ(og_autoscaler_observe_named_at(autoscaler, "queue", 300, kSecond), OG_OK);
  CHECK_EQ(og_autoscaler_observe_named(autoscaler, "cpu_utilization", 5), OG_OK);
  CHECK_EQ(og_autoscaler_observe_named(autoscaler, "q", 300), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_named(autoscaler, NULL, 300), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_named_at(autoscaler, NULL, 300, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_named_at(autoscaler, "queue", 300, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_named(NULL, "queue", 300), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_observe_named_at(NULL, "queue", 300, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_explain_at(autoscaler, kSecond, &decision, NULL), OG_OK);
  CHECK_EQ(og_decision_desired(decision), 3);
  CHECK_EQ(og_decision_reason(decision), OG_SCALE_TARGET);
  CHECK_EQ(og_decision_metric(decision), OG_NONE);
  CHECK(strcmp(og_decision_metric_name(decision), "queue") == 0);
  CHECK(strcmp(og_decision_metric_name(NULL), "") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_HEALTH), "health") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_HEALTH + 1), "") == 0);
  og_decision_destroy(&decision);
  og_autoscaler_destroy(&autoscaler);
}

static void nulls_are_statuses(void) {
  og_autoscaler *none = NULL;
  og_decision *decision = NULL, *stale = (og_decision *)&none;
  og_error *error = NULL;
  CHECK_EQ(og_autoscaler_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe(NULL, 1, 1, 1, 1, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_observe_at(NULL, 1, 1, 1, 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_observe_metric(NULL, 0, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_observe_metric_at(NULL, 0, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_learn(NULL, NULL, NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_decide(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_decide_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_instances(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_set_instances(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_set_ready(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_forecast(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_forecast_at(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_history_first(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_history_end(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_explain(NULL, &stale, &error), OG_NULL_HANDLE);
  CHECK(stale == NULL);
  CHECK_EQ(og_error_code(error), OG_NULL_HANDLE);
  og_error_destroy(&error);
  CHECK_EQ(og_autoscaler_explain_at(NULL, 0, &decision, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_history(NULL, 0, &decision, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_sequence(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_at(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_previous(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_desired(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_action(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_reason(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_metric(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_value(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_threshold(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_reactive(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_predicted(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_decision_forecast(NULL), OG_NULL_HANDLE);
  CHECK(strcmp(og_decision_text(NULL), "") == 0);
  og_decision_destroy(NULL);
  og_decision_destroy(&decision);
  og_autoscaler_destroy(NULL);
  og_autoscaler_destroy(&none);
}

static void absurd_arguments_are_refused(void) {
  og_autoscaler *autoscaler = made("predictor", "seasonal");
  int64_t at[2] = {INT64_MIN, INT64_MAX};
  double rates[2] = {1, 1};
  og_decision *decision = NULL;
  CHECK_EQ(og_autoscaler_observe_at(autoscaler, -1, 1, 1, 1, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_at(autoscaler, 1, 1, INFINITY, 1, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_at(autoscaler, 1, 1, 1, 1, 1, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_at(autoscaler, 1, 1, 1, 1, 1, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_metric(autoscaler, 5, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_observe_metric(autoscaler, -1, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_set_instances(autoscaler, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_set_instances(autoscaler, INT32_MAX), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_set_ready(autoscaler, INT32_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_learn(autoscaler, NULL, rates, 2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_learn(autoscaler, at, NULL, 2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_learn(autoscaler, at, rates, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_learn(autoscaler, NULL, NULL, 0), 0);
  CHECK_EQ(og_autoscaler_learn(autoscaler, at, rates, 2),
           0); /* before any time, and in the future */
  CHECK_EQ(og_autoscaler_explain(autoscaler, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_history(autoscaler, INT64_MIN, &decision, NULL), OG_NONE);
  CHECK_EQ(og_autoscaler_history(autoscaler, INT64_MAX, &decision, NULL), OG_NONE);
  CHECK(decision == NULL);
  CHECK_EQ(og_autoscaler_decide_at(autoscaler, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_decide_at(autoscaler, INT64_MAX), 1);
  CHECK(strcmp(og_scale_metric_name(5), "") == 0);
  CHECK(strcmp(og_scale_metric_name(-1), "") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_STEP_BOUND), "step_bound") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_DEMAND), "demand") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_OUTAGE), "outage") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_SCALE_HEALTH + 1), "") == 0);
  CHECK(strcmp(og_scale_reason_name(OG_NONE), "") == 0);
  CHECK(strcmp(og_scale_action_name(2), "") == 0);
  CHECK(strcmp(og_scale_action_name(OG_SCALE_DOWN), "down") == 0);
  og_autoscaler_destroy(&autoscaler);
  CHECK(autoscaler == NULL);
}

static void decisions_say_why(void) {
  og_autoscaler *autoscaler = made("max_instances", "20");
  og_decision *decision = NULL;
  CHECK_EQ(og_autoscaler_observe_at(autoscaler, 210, NAN, NAN, 50, 0, kSecond), OG_OK);
  CHECK_EQ(og_autoscaler_explain_at(autoscaler, kSecond, &decision, NULL), OG_OK);
  CHECK_EQ(og_decision_sequence(decision), 0);
  CHECK_EQ(og_decision_at(decision), kSecond);
  CHECK_EQ(og_decision_previous(decision), 1);
  CHECK_EQ(og_decision_desired(decision), 3);
  CHECK_EQ(og_decision_action(decision), OG_SCALE_UP);
  CHECK_EQ(og_decision_reason(decision), OG_SCALE_OVER_THRESHOLD);
  CHECK_EQ(og_decision_metric(decision), OG_METRIC_CPU_UTILIZATION);
  CHECK_EQ(og_decision_value(decision), 210);
  CHECK_EQ(og_decision_threshold(decision), 70);
  CHECK_EQ(og_decision_reactive(decision), 3);
  CHECK_EQ(og_decision_predicted(decision), OG_NONE);
  CHECK(isnan(og_decision_forecast(decision)));
  CHECK(strcmp(og_decision_text(decision), "up 1 -> 3: cpu_utilization 210 is over 70") == 0);
  CHECK_EQ(og_autoscaler_instances(autoscaler), 3);
  CHECK_EQ(og_autoscaler_history_first(autoscaler), 0);
  CHECK_EQ(og_autoscaler_history_end(autoscaler), 1);
  CHECK(og_autoscaler_forecast(autoscaler) == OG_NONE);
  CHECK_EQ(og_autoscaler_learn(autoscaler, NULL, NULL, 0), OG_UNSUPPORTED);
  og_autoscaler_destroy(&autoscaler);
  /* A decision outlives its autoscaler. */
  CHECK_EQ(og_decision_desired(decision), 3);
  og_decision_destroy(&decision);
  CHECK(decision == NULL);
}

static void the_system_clock_serves(void) {
  og_autoscaler *autoscaler = NULL;
  og_decision *decision = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_autoscaler_create(NULL, NULL, &autoscaler, NULL), OG_OK);
  CHECK_EQ(og_autoscaler_decide(autoscaler), OG_NONE);
  CHECK_EQ(og_autoscaler_instances(autoscaler), OG_NONE);
  CHECK_EQ(og_autoscaler_explain(autoscaler, &decision, &error), OG_NONE);
  CHECK(decision == NULL);
  CHECK(strcmp(og_error_option(error), "initial_instances") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_autoscaler_set_instances(autoscaler, 1), OG_OK);
  CHECK_EQ(og_autoscaler_observe(autoscaler, 99, 10, 100, 10, 0), OG_OK);
  CHECK_EQ(og_autoscaler_observe_metric(autoscaler, OG_METRIC_ERROR_RATE, NAN), OG_OK);
  CHECK_EQ(og_autoscaler_decide(autoscaler), 2);
  og_autoscaler_destroy(&autoscaler);
}

/* A week before the machine's start is as good as any past. */
static void the_past_can_be_learned(void) {
  enum { kHours = 48 };
  int64_t at[kHours];
  double rates[kHours], forecast;
  og_autoscaler *autoscaler = made("predictor", "seasonal");
  int i;
  for (i = 0; i < kHours; ++i) {
    at[i] = (int64_t)(i - kHours) * 300 * kSecond;
    rates[i] = 5000;
  }
  rates[7] = NAN;
  CHECK_EQ(og_autoscaler_learn(autoscaler, at, rates, kHours), kHours - 1);
  CHECK(og_autoscaler_forecast(autoscaler) == OG_NONE); /* warm after a day */
  og_autoscaler_destroy(&autoscaler);

  autoscaler = made("predictor", "linear");
  CHECK_EQ(og_autoscaler_learn(autoscaler, at, rates, kHours), kHours - 1);
  forecast = og_autoscaler_forecast(autoscaler);
  CHECK(fabs(forecast - 5000) < 1e-6);
  og_autoscaler_destroy(&autoscaler);
}

static void another_goes_on_with_what_was_saved(void) {
  og_autoscaler *autoscaler = made(NULL, NULL), *another = made(NULL, NULL);
  og_decision *advice = NULL;
  og_text *text = NULL, *again = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_autoscaler_observe_metric_at(autoscaler, OG_METRIC_CPU_UTILIZATION, 100, kSecond),
           OG_OK);
  CHECK_EQ(og_autoscaler_advise_at(autoscaler, kSecond, &advice, &error), OG_OK);
  CHECK_EQ(og_decision_desired(advice), 2);
  og_decision_destroy(&advice);
  CHECK_EQ(og_autoscaler_advise(autoscaler, &advice, NULL), OG_OK);
  og_decision_destroy(&advice);
  CHECK_EQ(og_autoscaler_instances(autoscaler), 1);
  CHECK_EQ(og_autoscaler_decide_at(autoscaler, kSecond), 2);

  CHECK_EQ(og_autoscaler_save(autoscaler, &text, &error), OG_OK);
  CHECK_EQ(og_autoscaler_restore(another, og_text_data(text), &error), OG_OK);
  CHECK_EQ(og_autoscaler_instances(another), 2);

  CHECK_EQ(og_autoscaler_restore(another, "2 instances", &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error), "autoscaler's state") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_autoscaler_restore(another, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_restore(NULL, og_text_data(text), NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_save(NULL, &again, NULL), OG_NULL_HANDLE);
  CHECK(again == NULL);
  CHECK_EQ(og_autoscaler_save(autoscaler, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_autoscaler_advise(NULL, &advice, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_autoscaler_instances(another), 2);
  og_text_destroy(&text);
  og_autoscaler_destroy(&autoscaler);
  og_autoscaler_destroy(&another);
}

int main(void) {
  another_goes_on_with_what_was_saved();
  options_are_checked();
  metrics_have_names();
  nulls_are_statuses();
  absurd_arguments_are_refused();
  decisions_say_why();
  the_system_clock_serves();
  the_past_can_be_learned();
  return 0;
}
