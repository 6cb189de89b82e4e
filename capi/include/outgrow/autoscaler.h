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
 * Deciding. Feed it metrics as they come, and ask for a decision as often as you like. A decision
 * is the larger of two. The first is what the latest metrics ask for, by the option policy:
 * proportional, as Kubernetes' autoscaler does, step, one at a time, or demand, which staffs for
 * the load's level and its noise. The second, with a predictor (linear, seasonal or pool), is what
 * the load forecast horizon_ms ahead needs at instance_capacity. Limits, cooldowns and step bounds
 * then apply: however often it is asked, the count changes by no more than the max_step options say
 * within any max_step_period_ms; but for what policy demand orders at once.
 *
 * Proportional. ceil(serving * value / upper threshold) instances for CPU and memory (Kubernetes,
 * Horizontal Pod Autoscaling, algorithm details). Response time adds one, and only while CPU is at
 * four fifths of cpu_up or is not fed: a slow dependency is not mended by more instances. A
 * scale-down waits until every metric is low, and lands in the middle of the thresholds
 * (scale_down_landing): at the upper one, as Kubernetes' rule lands, the next noise undoes it.
 * Under NASA's July of 1995 the middle costs 9 % more instances, for half the changes and a third
 * of the overloaded minutes.
 *
 * Demand. The load in instances is serving instances times CPU; where CPU is at 90 % or more, and
 * so may hide load, it is the request rate times what a request used to cost, if that is more. It
 * needs CPU, and should be fed the request rate too; both should be of the last minute at most.
 * There are as many instances as the load's level and, above it, demand_margin deviations of its
 * own scatter fill. That is the square-root staffing of queueing theory (Halfin and Whitt,
 * Operations Research 29, 1981) with the index of dispersion that is measured: noise of a minute is
 * over before an instance has started, so it is provided for, and only the level is followed. A run
 * of minutes above what scatter explains is a step or a ramp (Page, Biometrika 41, 1954): it is
 * followed at once, so far ahead as start_ms says. More at once, also beyond max_step_up where CPU
 * is full and the rate says how much is asked for; fewer when fewer have done for demand_hold_ms.
 *
 * Your own metrics. The option metrics names up to 16, each with a kind that says how many
 * instances its value asks for: utilization and value, ceil(serving * value / target), the one of
 * the instances, the other of what is beside them; total and concurrency, of the whole fleet,
 * ceil(value / target); backlog, ceil(arrivals * service + value * service / target), where service
 * is what an item takes an instance and target how long one may wait; arrivals, a minute, are those
 * of a metric of kind input. request_rate: total target=600 scales a fleet that knows only its
 * request rate. The most that any of them or the policy asks for counts. While one that asks is
 * missing or stale nothing shrinks. A metric of kind health only holds: while it is over up or
 * below down, and for 5 minutes after, nothing shrinks or is learned.
 *
 * Velocity. scale_up_velocity and scale_down_velocity, where they are given, bound the count's way
 * in place of the max_step options: "4/15s, 100%/1m", the widest; "min: 4/15s, 100%/1m", the
 * narrowest; "disabled". They are the policies of Kubernetes' autoscaler.
 *
 * Forecasts. The predictor pool asks how high the load will be at its highest from horizon_ms on,
 * for forecast_hold_ms: what an instance takes to start, and what a shrink must not be undone
 * within. Eleven simple models, of levels, of the usual day and, after 14 days, of the usual week,
 * are mixed by how they have done lately (Herbster and Warmuth, Machine Learning 32, 1998), and
 * what is provided for is learned so that the load stays under it as often as forecast_quantile
 * says, whatever it is like (Gibbs and Candes, NeurIPS 2021). With forecast_mode forecast_only
 * forecasts and their accuracy are shown, in decisions and as metrics, and decisions are as without
 * a predictor. seasonal forecasts the one moment horizon_ms ahead, by the usual day alone, and
 * provides for forecast_margin deviations more.
 *
 * The count. A decision is an order. While it is unknown how many instances run there is no
 * decision (OG_NONE): initial_instances or og_autoscaler_set_instances says it. An autoscaler that
 * starts beside a running fleet must be told first, and would else shrink the fleet. A metric that
 * was observed before is taken to be of those instances.
 *
 * Silence. NaN says that a value is missing, which is not zero. A metric that is not renewed within
 * stale_ms is stale. While a metric that used to come is silent, nothing is scaled down. That holds
 * for all five, also for those that no threshold looks at or that do not vote. With a predictor it
 * holds too while request rates, observed or learned, have been silent for horizon_ms.
 *
 * Errors. While error_rate is over error_rate_up, and for 5 minutes after, nothing shrinks, and
 * neither the policy nor the predictor learns: a dependency that is out is not a quiet hour, its
 * retries come when it is back (Netflix, Scryer, 2013), and more instances do not mend it. CPU may
 * still add. The option error_rate_role has the other answers; the policy step adds one instance,
 * and is not held.
 *
 * Outages. With predictor seasonal or pool, three minutes in a row with request rates far below
 * what this time of day has had (four deviations) are an outage of what calls the service: for
 * outage_hold_ms nothing shrinks and nothing is learned, as with errors. CPU may still add. What is
 * still low then is taken to be the load.
 *
 * Fork. The child has a copy with all that the parent had seen, and decides for itself from then
 * on.
 *
 * Times are those of the autoscaler's clock. A manual clock is taken to count from the Unix epoch,
 * in UTC. A time that steps back counts as the latest seen.
 *
 * Options: og_config_describe("autoscaler").
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
  OG_SCALE_STEP_BOUND = 12, /* max_step_*: value were changed in the period, threshold may be */
  OG_SCALE_ERRORS = 13,     /* errors are high, or were within 5 minutes: no scale-down */
  OG_SCALE_DEMAND = 14, /* the load fills value instances, its scatter threshold more; NaN: now */
  OG_SCALE_OUTAGE = 15, /* value requests a minute came, which is an outage below threshold */
  OG_SCALE_TARGET = 16, /* a named metric asks for so many: its value, threshold: its target */
  OG_SCALE_HEALTH = 17  /* a named metric of health is, or was in 5 minutes, beyond threshold */
};

/* config and clock may be NULL. */
OG_API og_status og_autoscaler_create(const og_config *config, const og_clock *clock,
                                      og_autoscaler **out, og_error **error);
OG_API void og_autoscaler_destroy(og_autoscaler **autoscaler);

/*
 * Takes the metrics of this moment; NaN is one that is missing. When a value is negative, infinite
 * or above 1e15 it is an error, and none is taken.
 *
 * C: `OG_INVALID_ARGUMENT` for such a value.
 */
OG_API og_status og_autoscaler_observe(og_autoscaler *autoscaler, double cpu_utilization,
                                       double memory_utilization, double request_rate,
                                       double response_time, double error_rate);
OG_API og_status og_autoscaler_observe_at(og_autoscaler *autoscaler, double cpu_utilization,
                                          double memory_utilization, double request_rate,
                                          double response_time, double error_rate, int64_t now_ns);

/*
 * Takes one metric of this moment, where they come from different places.
 *
 * C: `metric` is one of `OG_METRIC_CPU_UTILIZATION` to `OG_METRIC_ERROR_RATE`.
 */
OG_API og_status og_autoscaler_observe_metric(og_autoscaler *autoscaler, int32_t metric,
                                              double value);
OG_API og_status og_autoscaler_observe_metric_at(og_autoscaler *autoscaler, int32_t metric,
                                                 double value, int64_t now_ns);

/*
 * Takes one metric of this moment by its name: one of the five, or one that the option `metrics`
 * names. NaN is one that is missing.
 *
 * C: `OG_INVALID_ARGUMENT` for a name that is not known, or such a value as `observe` refuses.
 */
OG_API og_status og_autoscaler_observe_named(og_autoscaler *autoscaler, const char *name,
                                             double value);
OG_API og_status og_autoscaler_observe_named_at(og_autoscaler *autoscaler, const char *name,
                                                double value, int64_t now_ns);

/*
 * Takes past request rates, the oldest first, so that the predictor is warm from the start. Times
 * are the clock's; those before its start are negative. It leaves out rates that are missing,
 * negative, infinite or above 1e15, and times that are in the future or older than what is known
 * already.
 *
 * Returns how many rates were taken. `OG_UNSUPPORTED` when the option `predictor` is none, as there
 * is nothing to learn for.
 */
OG_API int64_t og_autoscaler_learn(og_autoscaler *autoscaler, const int64_t *at_ns,
                                   const double *request_rates, int64_t count);

/*
 * Decides how many instances are to run from now on. The autoscaler takes it that the program
 * follows; `set_instances` tells it otherwise. It allocates nothing.
 *
 * Returns the count; `OG_NONE` while it is unknown how many run.
 */
OG_API int32_t og_autoscaler_decide(og_autoscaler *autoscaler);
OG_API int32_t og_autoscaler_decide_at(og_autoscaler *autoscaler, int64_t now_ns);

/*
 * The count as it was last decided or set.
 *
 * Returns the count; `OG_NONE` while it is unknown.
 */
OG_API int32_t og_autoscaler_instances(const og_autoscaler *autoscaler);

/*
 * Says what runs or is starting, 0 to 1,000,000: at the start, and whenever it differs from what
 * was decided.
 */
OG_API og_status og_autoscaler_set_instances(og_autoscaler *autoscaler, int32_t count);

/*
 * Says how many of the instances serve: samples from here on speak for so many. Until it is told,
 * all do.
 */
OG_API og_status og_autoscaler_set_ready(og_autoscaler *autoscaler, int32_t count);

/*
 * Changes options from the next decision on: the bounds, the thresholds, the cooldowns, the steps,
 * `stale_ms`, `instance_capacity` and `forecast_margin`. What is not given stays as it is, and the
 * other options cannot change.
 *
 * The count, the metrics, the history and when it last scaled stay. A count that is outside new
 * bounds is put within them by the next decision.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names.
 */
OG_API og_status og_autoscaler_reconfigure(og_autoscaler *autoscaler, const og_config *config,
                                           og_error **error);

/*
 * Tells all that decisions go by, as a line of ASCII text: keep it where it outlives the program,
 * written by rename. Another autoscaler of the same options that is given it decides as this one
 * would have: after a restart, a deployment or on another machine. It has the count, cooldowns,
 * windows, the latest metrics, and what the policy and the predictor have learned; not the options,
 * nor the history. A few KiB, with predictor pool 20 at most, and with another some 20 bytes more
 * for each bin of a day: 30 KiB with bins of a minute.
 *
 * Returns the text.
 *
 * C: The text is the caller's to destroy. Any thread; decisions wait meanwhile.
 */
OG_API og_status og_autoscaler_save(const og_autoscaler *autoscaler, og_text **out,
                                    og_error **error);

/*
 * Goes on with what `save` gave, also by another clock: what was seen ten minutes ago by the wall
 * clock was seen ten minutes ago. What another policy or predictor had learned is left out. Say
 * then how many instances run: others may have scaled meanwhile.
 *
 * C: `OG_BAD_VALUE`, and nothing is taken, for text that is damaged, cut off or of a later version.
 */
OG_API og_status og_autoscaler_restore(og_autoscaler *autoscaler, const char *state,
                                       og_error **error);

/*
 * The load expected `horizon_ms` from now; predictor pool: at its highest, from then on for
 * `forecast_hold_ms`.
 *
 * Returns requests a minute, never negative; `OG_NONE` without a predictor, until it is warm, or
 * while samples are silent.
 *
 * C: `OG_NONE` is -2.0; any other negative number is an error.
 */
OG_API double og_autoscaler_forecast(const og_autoscaler *autoscaler);
OG_API double og_autoscaler_forecast_at(const og_autoscaler *autoscaler, int64_t now_ns);

/* ---- decisions and their reasons ---- */

/* One decision: never changes, owned by the caller, any thread. */
typedef struct og_decision og_decision;

/*
 * Decides as `decide` does, and gives the whole decision with its reason.
 *
 * Returns the decision.
 *
 * C: A decision never changes. The caller owns it, on any thread.
 */
OG_API og_status og_autoscaler_explain(og_autoscaler *autoscaler, og_decision **out,
                                       og_error **error);
OG_API og_status og_autoscaler_explain_at(og_autoscaler *autoscaler, int64_t now_ns,
                                          og_decision **out, og_error **error);

/*
 * What `explain` would decide, without deciding it: no count changes, nothing is learned, and it is
 * not in the history. A dry run beside whoever scales now, or a question of what would be. It
 * allocates and copies what the predictor knows: some microseconds, not for a hot path.
 *
 * Returns the decision.
 *
 * C: Its number is that of the next decision. The caller owns it, on any thread.
 */
OG_API og_status og_autoscaler_advise(og_autoscaler *autoscaler, og_decision **out,
                                      og_error **error);
OG_API og_status og_autoscaler_advise_at(og_autoscaler *autoscaler, int64_t now_ns,
                                         og_decision **out, og_error **error);

/*
 * The number of the oldest decision that is kept. Decisions are numbered from 0, and the last of
 * them are kept, as many as the option says. A hold for the same reason as the decision before it
 * is not kept again.
 *
 * Returns the number.
 */
OG_API int64_t og_autoscaler_history_first(const og_autoscaler *autoscaler);

/*
 * The number after that of the newest decision.
 *
 * Returns the number.
 */
OG_API int64_t og_autoscaler_history_end(const og_autoscaler *autoscaler);

/*
 * A decision that is kept, by its number.
 *
 * Returns the decision; `OG_NONE` when the number is not kept.
 *
 * C: `*out` is NULL when the number is not kept.
 */
OG_API og_status og_autoscaler_history(const og_autoscaler *autoscaler, int64_t sequence,
                                       og_decision **out, og_error **error);

OG_API void og_decision_destroy(og_decision **decision);

/* The decision's number. A hold that repeats has the number of the one that is kept. */
OG_API int64_t og_decision_sequence(const og_decision *decision);

/*
 * When it was made, on the autoscaler's clock.
 *
 * Returns ns.
 */
OG_API int64_t og_decision_at(const og_decision *decision); /* ns, of the clock */

/* How many instances there were before. */
OG_API int32_t og_decision_previous(const og_decision *decision);

/* How many instances there are to be. */
OG_API int32_t og_decision_desired(const og_decision *decision);

/*
 * What it does: fewer, as many, or more.
 *
 * Returns `OG_SCALE_DOWN`, `OG_SCALE_HOLD` or `OG_SCALE_UP`.
 */
OG_API int32_t og_decision_action(const og_decision *decision); /* OG_SCALE_DOWN, HOLD, UP */

/*
 * Why it was made.
 *
 * Returns one of `OG_SCALE_STEADY` to `OG_SCALE_HEALTH`.
 */
OG_API int32_t og_decision_reason(const og_decision *decision); /* OG_SCALE_STEADY ... */

/*
 * The metric that decided.
 *
 * Returns the metric; `OG_NONE` when none did.
 */
OG_API int32_t og_decision_metric(const og_decision *decision);

/*
 * The name of the metric that decided, one of the five or one of the option `metrics`.
 *
 * Returns the name; empty when none did.
 *
 * C: It lives as long as the decision; "" for NULL.
 */
OG_API const char *og_decision_metric_name(const og_decision *decision);

/*
 * What was seen.
 *
 * Returns NaN where the reason has none.
 */
OG_API double og_decision_value(const og_decision *decision);

/*
 * What the value was held against.
 *
 * Returns NaN where the reason has none.
 */
OG_API double og_decision_threshold(const og_decision *decision);

/* What the metrics asked for, before limits. */
OG_API int32_t og_decision_reactive(const og_decision *decision);

/*
 * What the forecast asked for, before limits.
 *
 * Returns the count; `OG_NONE` without a forecast.
 */
OG_API int32_t og_decision_predicted(const og_decision *decision);

/*
 * Requests a minute that were expected.
 *
 * Returns NaN without a forecast.
 */
OG_API double og_decision_forecast(const og_decision *decision);

/*
 * The decision in one line, as "up 2 -> 4: cpu_utilization 93 is over 70".
 *
 * C: It lives as long as the decision; "" for NULL.
 */
OG_API const char *og_decision_text(const og_decision *decision);

/* "cpu_utilization", "over_threshold", "up". Static; "" for what is no such number. */
OG_API const char *og_scale_metric_name(int32_t metric);
OG_API const char *og_scale_reason_name(int32_t reason);
OG_API const char *og_scale_action_name(int32_t action);

#ifdef __cplusplus
}
#endif

#endif
