/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SLO_H
#define OUTGROW_SLO_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A service-level objective: whether its error budget is spent too fast.
 *
 * Burn rate. The objective .999 lets one event in a thousand be bad: that is the budget. The burn
 * rate over a window is the share of bad events in it, divided by the share that the budget allows.
 * At 1 the budget lasts exactly as long as it is for; at 14.4 two per cent of a budget of 30 days
 * are gone in an hour.
 *
 * Alerts. Each goes by two windows: the long one says that it matters, the short one that it still
 * goes on. It pages while 1 hour and 5 minutes are above 14.4, or 6 hours and 30 minutes above 6.
 * It wants a ticket while 24 hours and 2 hours are above 3, or 72 hours and 6 hours above 1. With
 * fewer than `min_bad_events` bad events in its long window an alert is silent. When all events
 * turn bad at an objective of .999, it pages after 52 s: (1 - objective) / share * window * burn.
 *
 * Windows. Events are counted in buckets of 5 minutes, for 3 days. A window that begins inside a
 * bucket takes that bucket's events by the part that lies in it, as if they were spread evenly over
 * it. What a window says of steady traffic is exact; where traffic changes within that bucket, it
 * can be late or early by no more than 5 minutes.
 *
 * Budget. Only the last 3 days are known. What is left of a budget of 28 or 30 days is for a
 * monitoring system to say, which keeps the counters that long.
 *
 * Fork. The child counts for itself, from what its parent had. In a scope both count the same.
 *
 * Cost. To count is a compare-and-swap and an add: no lock, no allocation. The state reads up to
 * 1400 buckets, some microseconds: for a health check, not for each call. It takes 14 KB.
 *
 * Options: og_config_describe("slo"). Source: Google, The Site Reliability Workbook (2018), chapter
 * 5, "Alerting on SLOs", section 6 and table 5-8.
 */
typedef struct og_slo og_slo;

enum {
  OG_SLO_OK = 0,
  OG_SLO_TICKET = 1, /* somebody is to look at it within days */
  OG_SLO_PAGE = 2    /* somebody is to look at it now */
};

/* config and clock may be NULL. */
OG_API og_status og_slo_create(const og_config *config, const og_clock *clock, og_slo **out,
                               og_error **error);
/* In a scope (NULL: on the heap, where the name is for messages and may be NULL), where its events
 * are those of every process that makes it under this name of at most 99 bytes. */
OG_API og_status og_slo_create_in(const og_scope *scope, const char *name, const og_config *config,
                                  const og_clock *clock, og_slo **out, og_error **error);
OG_API void og_slo_destroy(og_slo **slo);

/*
 * Counts good events.
 *
 * C: `count` is 0 to 1,000,000,000; others are `OG_INVALID_ARGUMENT`.
 */
OG_API og_status og_slo_good(og_slo *slo, int64_t count);
OG_API og_status og_slo_good_at(og_slo *slo, int64_t count, int64_t now_ns);

/*
 * Counts bad events.
 *
 * C: `count` is 0 to 1,000,000,000; others are `OG_INVALID_ARGUMENT`.
 */
OG_API og_status og_slo_bad(og_slo *slo, int64_t count);
OG_API og_status og_slo_bad_at(og_slo *slo, int64_t count, int64_t now_ns);

/*
 * Counts a call. It was good where it succeeded, and took no longer than `latency_ms` where that is
 * not 0.
 *
 * C: `success` is 0 or 1. A negative `latency_ns` is `OG_INVALID_ARGUMENT`.
 */
OG_API og_status og_slo_record(og_slo *slo, int32_t success, int64_t latency_ns);
OG_API og_status og_slo_record_at(og_slo *slo, int32_t success, int64_t latency_ns, int64_t now_ns);

/*
 * The burn rate over the last `window_ns`: 5 minutes to 3 days.
 *
 * Returns the rate, 0 or more; `OG_NONE` when there was no event in the window.
 *
 * C: `OG_NONE` is -2.0; any other negative number is an error.
 */
OG_API double og_slo_burn(const og_slo *slo, int64_t window_ns);
OG_API double og_slo_burn_at(const og_slo *slo, int64_t window_ns, int64_t now_ns);

/*
 * What is left of the budget for the last `budget_ms`, which is at most 3 days: 1 where nothing bad
 * happened, 0 where all that the objective allows did, or more. The burn rate over the same time
 * says how much more.
 *
 * Returns a share, 0 to 1; 1 when there was no event.
 *
 * C: A negative number is an error.
 */
OG_API double og_slo_budget_left(const og_slo *slo);
OG_API double og_slo_budget_left_at(const og_slo *slo, int64_t now_ns);

/*
 * Whether somebody is to be called, or to look at it.
 *
 * Returns one of `OG_SLO_OK` to `OG_SLO_PAGE`.
 */
OG_API int32_t og_slo_state(const og_slo *slo);
OG_API int32_t og_slo_state_at(const og_slo *slo, int64_t now_ns);

/*
 * The state and what brought it about, as "page: burns 20.0 times over 1h and 31.5 times over 5m,
 * above 14.4", or "ok".
 *
 * Returns the text.
 *
 * C: The text is the caller's to destroy.
 */
OG_API og_status og_slo_reason(const og_slo *slo, og_text **out, og_error **error);
OG_API og_status og_slo_reason_at(const og_slo *slo, int64_t now_ns, og_text **out,
                                  og_error **error);

/*
 * Changes options while it is in use, for all who share it. What is not given stays as it is. No
 * event is forgotten: a new objective holds for those that were counted too, a new `latency_ms` for
 * calls from then on.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE, which the error names; OG_TIMEOUT when another process has been changing the scope
 * for 5 s.
 */
OG_API og_status og_slo_reconfigure(og_slo *slo, const og_config *config, og_error **error);

enum {
  OG_SLO_GOOD_EVENTS = 0,
  OG_SLO_BAD_EVENTS = 1,
  OG_SLO_LATE_EVENTS = 2 /* of those: three days older than the latest, so in no window */
};

/*
 * One number, counted since it was made, in a scope over all processes.
 *
 * Returns the number.
 */
OG_API int64_t og_slo_stat(const og_slo *slo, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
