/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_AUTOSCALER_H
#define OUTGROW_AUTOSCALER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An autoscaler: how many instances a service should run, and why. It decides; the program starts
 * and stops them.
 *
 * Feed it metrics as they come, ask for a decision as often as you like. A decision is the larger
 * of what the latest metrics ask for (option policy: proportional, as Kubernetes' autoscaler, or
 * step, one at a time) and, with a predictor (linear or seasonal), what the load forecast
 * horizon_ms ahead needs at instance_capacity. Limits, cooldowns and step bounds then apply:
 * whatever is asked for and however often, decisions change the count by no more than the max_step
 * options say within any max_step_period_ms.
 *
 * A count is an order. Until it is known how many instances run, by initial_instances or
 * og_autoscaler_set_instances, there is no decision (OG_NONE): who starts beside a running fleet
 * must say so first, and would else shrink it. A metric that was observed before is taken to be of
 * them.
 *
 * NaN says that a value is missing, which is not zero. A metric not renewed within stale_ms is
 * stale: while one that used to come is silent, nothing is scaled down. That holds for all five,
 * also for those that no threshold looks at or that do not vote; and with a predictor while request
 * rates, observed or learned, have been silent for horizon_ms.
 *
 * A forked child has a copy, with all that the parent had seen, and decides for itself from then
 * on.
 *
 * Options: og_config_describe("autoscaler"). Times are those of the autoscaler's clock; a manual
 * clock is taken to count from the Unix epoch, in UTC. Times that step back count as the latest
 * seen.
 */
typedef struct og_autoscaler og_autoscaler;

enum {
  OG_METRIC_CPU_UTILIZATION = 0,    /* per cent, mean of the serving instances */
  OG_METRIC_MEMORY_UTILIZATION = 1, /* per cent, likewise */
  OG_METRIC_REQUEST_RATE = 2,       /* requests a minute, all instances together */
  OG_METRIC_RESPONSE_TIME = 3,      /* milliseconds */
  OG_METRIC_ERROR_RATE = 4          /* per cent of requests */
};

enum { OG_SCALE_DOWN = -1, OG_SCALE_HOLD = 0, OG_SCALE_UP = 1 };

enum {
  OG_SCALE_STEADY = 0,           /* nothing calls for a change */
  OG_SCALE_OVER_THRESHOLD = 1,   /* a metric is over its upper threshold */
  OG_SCALE_UNDER_THRESHOLDS = 2, /* every metric that votes is under its lower threshold */
  OG_SCALE_FORECAST = 3,         /* the predicted load needs it */
  OG_SCALE_PENDING = 4,          /* over a threshold, but enough instances are starting */
  OG_SCALE_COOLDOWN = 5,         /* too soon after the last change; value, threshold: seconds */
  OG_SCALE_WINDOW = 6,           /* more were needed within scale_down_window_ms; value: how many */
  OG_SCALE_AT_MAXIMUM = 7,       /* more were needed */
  OG_SCALE_AT_MINIMUM = 8,       /* fewer would do */
  OG_SCALE_NO_DATA = 9,          /* no metric has a fresh value */
  OG_SCALE_STALE = 10,           /* a metric that used to come is silent: no scale-down */
  OG_SCALE_OUT_OF_RANGE = 11,    /* the count was set outside min_instances to max_instances */
  OG_SCALE_STEP_BOUND = 12 /* max_step_*: value were changed in the period, threshold may be */
};

/* config and clock may be NULL. */
OG_API og_status og_autoscaler_create(const og_config *config, const og_clock *clock,
                                      og_autoscaler **out, og_error **error);
OG_API void og_autoscaler_destroy(og_autoscaler **autoscaler);

/*
 * Metrics of this moment, in the units above; NaN for those that are missing. OG_INVALID_ARGUMENT,
 * and none is taken, when a value is negative, infinite or above 1e15.
 */
OG_API og_status og_autoscaler_observe(og_autoscaler *autoscaler, double cpu_utilization,
                                       double memory_utilization, double request_rate,
                                       double response_time, double error_rate);
OG_API og_status og_autoscaler_observe_at(og_autoscaler *autoscaler, double cpu_utilization,
                                          double memory_utilization, double request_rate,
                                          double response_time, double error_rate, int64_t now_ns);

/* One metric (OG_METRIC_*) alone, where they come from different places. */
OG_API og_status og_autoscaler_observe_metric(og_autoscaler *autoscaler, int32_t metric,
                                              double value);
OG_API og_status og_autoscaler_observe_metric_at(og_autoscaler *autoscaler, int32_t metric,
                                                 double value, int64_t now_ns);

/*
 * Past request rates, oldest first, so that the predictor is warm from the start. Times are the
 * clock's; those before its start are negative. Returns how many were taken (not those missing,
 * negative, infinite or above 1e15, nor those in the future or older than what is already known),
 * or a negative og_status: OG_UNSUPPORTED when the predictor is none, as there is nothing to learn
 * for.
 */
OG_API int64_t og_autoscaler_learn(og_autoscaler *autoscaler, const int64_t *at_ns,
                                   const double *request_rates, int64_t count);

/*
 * The instances to run from now on, or a negative og_status: OG_NONE while it is unknown how many
 * run. The autoscaler takes it that the program follows; og_autoscaler_set_instances tells it
 * otherwise. Allocates nothing.
 */
OG_API int32_t og_autoscaler_decide(og_autoscaler *autoscaler);
OG_API int32_t og_autoscaler_decide_at(og_autoscaler *autoscaler, int64_t now_ns);

/* The count as last decided or set; OG_NONE while it is unknown, or another negative og_status. */
OG_API int32_t og_autoscaler_instances(const og_autoscaler *autoscaler);
/* What actually runs or is starting, at the start and whenever it differs: 0 to 1000000. */
OG_API og_status og_autoscaler_set_instances(og_autoscaler *autoscaler, int32_t count);
/* How many of them serve: samples from here on speak for so many. Until told, all do. */
OG_API og_status og_autoscaler_set_ready(og_autoscaler *autoscaler, int32_t count);

/*
 * Requests a minute expected horizon_ms from now, never negative; OG_NONE (-2.0) without a
 * predictor, until it is warm, or when samples have been silent; any other negative value is an
 * og_status.
 */
OG_API double og_autoscaler_forecast(const og_autoscaler *autoscaler);
OG_API double og_autoscaler_forecast_at(const og_autoscaler *autoscaler, int64_t now_ns);

/* ---- decisions and their reasons ---- */

/* One decision: never changes, owned by the caller, any thread. */
typedef struct og_decision og_decision;

/* Decides as og_autoscaler_decide does, and hands over the whole decision. */
OG_API og_status og_autoscaler_explain(og_autoscaler *autoscaler, og_decision **out,
                                       og_error **error);
OG_API og_status og_autoscaler_explain_at(og_autoscaler *autoscaler, int64_t now_ns,
                                          og_decision **out, og_error **error);

/*
 * Decisions are numbered from 0. The last `history` of them are kept: those from first up to, not
 * including, end. A hold for the same reason as the decision before it is not kept again.
 * og_autoscaler_history is OG_NONE, and *out NULL, when the number is not kept.
 */
OG_API int64_t og_autoscaler_history_first(const og_autoscaler *autoscaler);
OG_API int64_t og_autoscaler_history_end(const og_autoscaler *autoscaler);
OG_API og_status og_autoscaler_history(const og_autoscaler *autoscaler, int64_t sequence,
                                       og_decision **out, og_error **error);

OG_API void og_decision_destroy(og_decision **decision);

/* Its number; of a hold that repeats, the number of the one that is kept. */
OG_API int64_t og_decision_sequence(const og_decision *decision);
OG_API int64_t og_decision_at(const og_decision *decision); /* ns, of the clock */
OG_API int32_t og_decision_previous(const og_decision *decision);
OG_API int32_t og_decision_desired(const og_decision *decision);
OG_API int32_t og_decision_action(const og_decision *decision); /* OG_SCALE_DOWN, HOLD, UP */
OG_API int32_t og_decision_reason(const og_decision *decision); /* OG_SCALE_STEADY ... */
/* OG_METRIC_* that decided, or OG_NONE. */
OG_API int32_t og_decision_metric(const og_decision *decision);
/* What was seen and what it was held against; NaN where the reason has none. */
OG_API double og_decision_value(const og_decision *decision);
OG_API double og_decision_threshold(const og_decision *decision);
/* What the metrics, and the forecast, asked for before limits; OG_NONE without a forecast. */
OG_API int32_t og_decision_reactive(const og_decision *decision);
OG_API int32_t og_decision_predicted(const og_decision *decision);
/* Requests a minute expected, NaN without a forecast. */
OG_API double og_decision_forecast(const og_decision *decision);
/* One line, as "up 2 -> 4: cpu_utilization 93 is over 70". Lives as long as the decision; "" for
 * NULL. */
OG_API const char *og_decision_text(const og_decision *decision);

/* "cpu_utilization", "over_threshold", "up". Static; "" for what is no such number. */
OG_API const char *og_scale_metric_name(int32_t metric);
OG_API const char *og_scale_reason_name(int32_t reason);
OG_API const char *og_scale_action_name(int32_t action);

#ifdef __cplusplus
}
#endif

#endif
