/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "autoscaler_driver.h"

static json_t *unless_none(int32_t number) {
  return number == OG_NONE ? json_null() : json_integer(number);
}

/* Frees the decision. */
static json_t *shown(og_decision *d) {
  const int32_t metric = og_decision_metric(d);
  json_t *seen = json_object();
  json_object_set_new(seen, "previous", json_integer(og_decision_previous(d)));
  json_object_set_new(seen, "desired", json_integer(og_decision_desired(d)));
  json_object_set_new(seen, "action", json_string(og_scale_action_name(og_decision_action(d))));
  json_object_set_new(seen, "reason", json_string(og_scale_reason_name(og_decision_reason(d))));
  json_object_set_new(seen, "metric",
                      metric == OG_NONE ? json_null() : json_string(og_scale_metric_name(metric)));
  json_object_set_new(seen, "value", answer_real(og_decision_value(d)));
  json_object_set_new(seen, "threshold", answer_real(og_decision_threshold(d)));
  json_object_set_new(seen, "reactive", json_integer(og_decision_reactive(d)));
  json_object_set_new(seen, "predicted", unless_none(og_decision_predicted(d)));
  json_object_set_new(seen, "forecast", answer_real(og_decision_forecast(d)));
  json_object_set_new(seen, "sequence", json_integer(og_decision_sequence(d)));
  json_object_set_new(seen, "text", json_string(og_decision_text(d)));
  og_decision_destroy(&d);
  return seen;
}

json_t *autoscaler_observe_metric(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  int32_t m = 0;
  while (*og_scale_metric_name(m) &&
         strcmp(og_scale_metric_name(m), get_text(step, "metric", "")) != 0) {
    ++m;
  }
  return word(
      og_autoscaler_observe_metric_at(self->autoscaler, m, get_number(step, "value", NAN), now_ns));
}

json_t *autoscaler_learn(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  json_t *list = json_object_get(step, "rates");
  size_t i, n = json_array_size(list);
  int64_t *at = calloc(n, sizeof *at), taken;
  double *rates = calloc(n, sizeof *rates);
  (void)now_ns;
  for (i = 0; i < n; ++i) {
    json_t *rate = json_array_get(list, i);
    at[i] = (get_int(step, "from_ms", 0) + (int64_t)i * get_int(step, "every_ms", 0)) * 1000000;
    rates[i] = json_is_number(rate) ? json_number_value(rate) : NAN;
  }
  taken = og_autoscaler_learn(self->autoscaler, at, rates, (int64_t)n);
  free(at);
  free(rates);
  return json_integer(taken);
}

/* While it is unknown how many run. */
static json_t *refused(og_autoscaler *self, int64_t now) {
  og_decision *decision = NULL;
  og_error *error = NULL;
  if (og_autoscaler_decide_at(self, now) != OG_NONE) fail("decide made a count up");
  if (og_autoscaler_explain_at(self, now, &decision, &error) != OG_NONE || decision != NULL ||
      strcmp(og_error_option(error), "initial_instances") != 0) {
    fail("explain does not say what is unknown");
  }
  og_error_destroy(&error);
  return json_string("unknown");
}

json_t *autoscaler_decide(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  og_autoscaler *scaler = self->autoscaler;
  og_decision *decision = NULL;
  og_error *error = NULL;
  (void)step;
  if (og_autoscaler_instances(scaler) == OG_NONE) return refused(scaler, now_ns);
  must(og_autoscaler_explain_at(scaler, now_ns, &decision, &error), &error);
  if (og_decision_desired(decision) != og_autoscaler_instances(scaler)) fail("desired is not kept");
  return shown(decision);
}

json_t *autoscaler_instances(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  const int32_t count = og_autoscaler_instances(self->autoscaler);
  (void)step, (void)now_ns;
  return count == OG_NONE ? json_string("unknown") : json_integer(count);
}

json_t *autoscaler_history(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  og_decision *decision = NULL;
  og_error *error = NULL;
  const og_status status =
      og_autoscaler_history(self->autoscaler, get_int(step, "sequence", 0), &decision, &error);
  (void)now_ns;
  if (status == OG_NONE) return json_null();
  must(status, &error);
  return shown(decision);
}
