/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

static void *open_autoscaler(json_t *vector, og_config *config, og_clock *clock) {
  og_autoscaler *self = NULL;
  og_error *error = NULL;
  (void)vector;
  must(og_autoscaler_create(config, clock, &self, &error), &error);
  return self;
}

static double number(json_t *value) {
  return json_is_number(value) ? json_number_value(value) : NAN;
}
static double member(json_t *step, const char *name) { return number(json_object_get(step, name)); }
static json_t *or_null(double value) { return isnan(value) ? json_null() : json_real(value); }
static json_t *word(og_status status) { return json_string(status == OG_OK ? "ok" : "invalid"); }

/* Frees the decision. */
static json_t *shown(og_decision *d) {
  int32_t metric = og_decision_metric(d), predicted = og_decision_predicted(d);
  json_t *seen = json_object();
  json_object_set_new(seen, "previous", json_integer(og_decision_previous(d)));
  json_object_set_new(seen, "desired", json_integer(og_decision_desired(d)));
  json_object_set_new(seen, "action", json_string(og_scale_action_name(og_decision_action(d))));
  json_object_set_new(seen, "reason", json_string(og_scale_reason_name(og_decision_reason(d))));
  json_object_set_new(seen, "metric",
                      metric == OG_NONE ? json_null() : json_string(og_scale_metric_name(metric)));
  json_object_set_new(seen, "value", or_null(og_decision_value(d)));
  json_object_set_new(seen, "threshold", or_null(og_decision_threshold(d)));
  json_object_set_new(seen, "reactive", json_integer(og_decision_reactive(d)));
  json_object_set_new(seen, "predicted",
                      predicted == OG_NONE ? json_null() : json_integer(predicted));
  json_object_set_new(seen, "forecast", or_null(og_decision_forecast(d)));
  json_object_set_new(seen, "sequence", json_integer(og_decision_sequence(d)));
  json_object_set_new(seen, "text", json_string(og_decision_text(d)));
  og_decision_destroy(&d);
  return seen;
}

static json_t *learn(og_autoscaler *self, json_t *step) {
  json_t *list = json_object_get(step, "rates");
  size_t i, n = json_array_size(list);
  int64_t *at = calloc(n, sizeof *at), taken;
  double *rates = calloc(n, sizeof *rates);
  for (i = 0; i < n; ++i) {
    at[i] = (get_int(step, "from_ms", 0) + (int64_t)i * get_int(step, "every_ms", 0)) * 1000000;
    rates[i] = number(json_array_get(list, i));
  }
  taken = og_autoscaler_learn(self, at, rates, (int64_t)n);
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

static json_t *step_autoscaler(void *data, json_t *step, int64_t now) {
  og_autoscaler *self = data;
  og_decision *decision = NULL;
  og_error *error = NULL;
  const char *op = get_text(step, "op", "");
  int32_t count = (int32_t)get_int(step, "count", 0);
  if (strcmp(op, "observe") == 0) {
    return word(og_autoscaler_observe_at(self, member(step, "cpu"), member(step, "memory"),
                                         member(step, "rate"), member(step, "response"),
                                         member(step, "error"), now));
  }
  if (strcmp(op, "observe_metric") == 0) {
    int32_t m = 0;
    while (*og_scale_metric_name(m) &&
           strcmp(og_scale_metric_name(m), get_text(step, "metric", "")) != 0) {
      ++m;
    }
    return word(og_autoscaler_observe_metric_at(self, m, member(step, "value"), now));
  }
  if (strcmp(op, "decide") == 0) {
    if (og_autoscaler_instances(self) == OG_NONE) return refused(self, now);
    must(og_autoscaler_explain_at(self, now, &decision, &error), &error);
    if (og_decision_desired(decision) != og_autoscaler_instances(self)) fail("desired is not kept");
    return shown(decision);
  }
  if (strcmp(op, "learn") == 0) return learn(self, step);
  if (strcmp(op, "forecast") == 0) {
    double rate = og_autoscaler_forecast_at(self, now);
    return rate == OG_NONE ? json_null() : json_real(rate);
  }
  if (strcmp(op, "instances") == 0) {
    count = og_autoscaler_instances(self);
    return count == OG_NONE ? json_string("unknown") : json_integer(count);
  }
  if (strcmp(op, "set_instances") == 0) return word(og_autoscaler_set_instances(self, count));
  if (strcmp(op, "set_ready") == 0) return word(og_autoscaler_set_ready(self, count));
  if (strcmp(op, "history_first") == 0) return json_integer(og_autoscaler_history_first(self));
  if (strcmp(op, "history_end") == 0) return json_integer(og_autoscaler_history_end(self));
  if (strcmp(op, "history") == 0) {
    og_status status = og_autoscaler_history(self, get_int(step, "sequence", 0), &decision, &error);
    if (status == OG_NONE) return json_null();
    must(status, &error);
    return shown(decision);
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_autoscaler(void *data) {
  og_autoscaler *self = data;
  og_autoscaler_destroy(&self);
}

const driver driver_autoscaler = {open_autoscaler, step_autoscaler, close_autoscaler};
