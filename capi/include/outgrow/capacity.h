/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CAPACITY_H
#define OUTGROW_CAPACITY_H

#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Capacity planning: how much a system carries, and how many instances a load needs. It is asked
 * before there is an autoscaler, or for the bounds that one gets.
 *
 * Scalability. Of measurements of throughput by concurrency it fits the Universal Scalability Law
 * (Gunther), X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)), by least squares in the
 * throughput with sigma and kappa at least 0. lambda is the throughput of one, sigma the share that
 * is done one at a time, kappa what agreeing with each other costs. Where kappa is above 0 there is
 * a peak, beyond which more concurrency gives less.
 *
 * Staffing. How many instances a rate needs is answered by the option model:
 *
 *   erlang_c     (the default) a queue before instances of `workers` each, which work service_ms on
 *                a request: the fewest of which no more than wait_percent wait longer than wait_ms.
 *   square_root  the same by Halfin and Whitt's rule for many servers, load + beta sqrt(load).
 *   utilization  what one instance carries at `utilization` per cent, by a line through what was
 *                observed of it (Theil and Sen's, which outliers do not move).
 *   usl          the fewest that carry it, at `utilization` per cent of what the fit says of them.
 *
 * Of more than one of `zones`, over which the instances are spread evenly, any one may be lost:
 * what is left is as many as the model asks for.
 *
 * The queueing models take arrivals to be Poisson's, service times to be exponential, and one queue
 * to be before all workers. Where each instance has a queue of its own, requests wait longer.
 *
 * Fork. The child has a copy with all that the parent was told.
 *
 * Options: og_config_describe("capacity").
 */
typedef struct og_capacity og_capacity;

/* The law that fits what was observed: never changes, owned by the caller, any thread. */
typedef struct og_usl og_usl;

/* How many instances a rate needs: never changes, owned by the caller, any thread. */
typedef struct og_staffing og_staffing;

enum {
  OG_BASIS_FORMULA = 0,     /* queueing theory, and no observation */
  OG_BASIS_OBSERVED = 1,    /* it lies within what was observed */
  OG_BASIS_EXTRAPOLATED = 2 /* it lies beyond what was observed */
};

/* config may be NULL. */
OG_API og_status og_capacity_create(const og_config *config, og_capacity **out, og_error **error);
OG_API void og_capacity_destroy(og_capacity **capacity);

/*
 * Takes a measurement for the fit: what throughput a concurrency had. The throughput is in a unit
 * of your own, the same each time; the concurrency is of callers, threads or instances. The last of
 * them count, as many as the option `samples` says. When a value is not allowed, it is an error and
 * nothing is taken.
 *
 * C: `OG_INVALID_ARGUMENT` for a concurrency below 1, a throughput that is not above 0, and for
 * what is no number or above 1e15.
 */
OG_API og_status og_capacity_observe(og_capacity *capacity, double concurrency, double throughput);

/*
 * Takes an observation of production for the model `utilization`: how utilized instances were at a
 * rate. The rate is one instance's: that of all, divided by how many served. When a value is not
 * allowed, it is an error and nothing is taken.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative value, and for what is no number or above 1e15.
 */
OG_API og_status og_capacity_observe_utilization(og_capacity *capacity, double rate,
                                                 double utilization);

/*
 * Fits the Universal Scalability Law to what was observed. It needs 6 observations, at 3
 * concurrencies or more.
 *
 * Returns the law.
 *
 * C: `OG_UNSUPPORTED` while there are fewer; the error says how many there are.
 */
OG_API og_status og_capacity_fit(const og_capacity *capacity, og_usl **out, og_error **error);

/*
 * The throughput of a concurrency, by the fit.
 *
 * Returns it in the unit of what was observed; `OG_NONE` while there are too few observations for a
 * fit.
 *
 * C: `OG_NONE` is -2.0; any other negative number is an error.
 */
OG_API double og_capacity_throughput(const og_capacity *capacity, double concurrency);

/*
 * How many instances a rate needs, by the option `model`. The rate is in requests a minute; of the
 * model usl, in the unit of what was observed.
 *
 * Returns the answer. It is an error where no number of instances carries the rate, or too little
 * was observed.
 *
 * C: `OG_UNSUPPORTED` for these two, and when a queue is asked and `service_ms` is not given;
 * `OG_INVALID_ARGUMENT` for a rate that is not 0 to 1e15, or that keeps more than a million workers
 * busy. The error says why.
 */
OG_API og_status og_capacity_staff(const og_capacity *capacity, double rate, og_staffing **out,
                                   og_error **error);

/*
 * What share of the requests waits longer than `wait_ms` with so many instances: Erlang's formula
 * C, with `service_ms` and `workers`. 100 where they cannot keep up.
 *
 * Returns per cent.
 *
 * C: A negative number is an error: `OG_UNSUPPORTED` without `service_ms`, `OG_INVALID_ARGUMENT`
 * for a rate or a count out of range.
 */
OG_API double og_capacity_waiting(const og_capacity *capacity, int64_t instances, double rate);

/*
 * What share of the requests is refused where none may wait and all workers are busy: Erlang's
 * formula B, with `service_ms` and `workers`. It is what a concurrency limit without a queue
 * denies.
 *
 * Returns per cent.
 *
 * C: A negative number is an error, as of `waiting`.
 */
OG_API double og_capacity_blocking(const og_capacity *capacity, int64_t instances, double rate);

/*
 * Changes options for what is asked from now on. What was observed stays, so that it answers what
 * another model, another zone or another wait would need. `samples` cannot change.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names.
 */
OG_API og_status og_capacity_reconfigure(og_capacity *capacity, const og_config *config,
                                         og_error **error);

/* ---- the law ---- */

OG_API void og_usl_destroy(og_usl **usl);

/* The throughput of one. */
OG_API double og_usl_lambda(const og_usl *usl);

/* The low end of the interval of lambda. */
OG_API double og_usl_lambda_low(const og_usl *usl);

/* The high end of the interval of lambda. */
OG_API double og_usl_lambda_high(const og_usl *usl);

/* Contention: the share that is done one at a time. */
OG_API double og_usl_sigma(const og_usl *usl);

/* The low end of the interval of sigma. */
OG_API double og_usl_sigma_low(const og_usl *usl);

/* The high end of the interval of sigma. */
OG_API double og_usl_sigma_high(const og_usl *usl);

/* Coherency: what agreeing with each other costs. */
OG_API double og_usl_kappa(const og_usl *usl);

/* The low end of the interval of kappa. */
OG_API double og_usl_kappa_low(const og_usl *usl);

/* The high end of the interval of kappa. */
OG_API double og_usl_kappa_high(const og_usl *usl);

/*
 * The concurrency of the highest throughput.
 *
 * Returns NaN where the throughput has no highest, as kappa is 0.
 */
OG_API double og_usl_peak(const og_usl *usl);

/*
 * The low end of the interval of the peak.
 *
 * Returns NaN without a peak.
 */
OG_API double og_usl_peak_low(const og_usl *usl);

/*
 * The high end of the interval of the peak.
 *
 * Returns NaN where there may be no peak, as the interval of kappa holds 0.
 */
OG_API double og_usl_peak_high(const og_usl *usl);

/*
 * The throughput there.
 *
 * Returns NaN without a peak.
 */
OG_API double og_usl_peak_throughput(const og_usl *usl);

/* By how much observations differ from the law: the residual standard error. */
OG_API double og_usl_deviation(const og_usl *usl);

/* How many observations it fits. */
OG_API int64_t og_usl_samples(const og_usl *usl);

/* ---- how many ---- */

OG_API void og_staffing_destroy(og_staffing **staffing);

/* How many instances there are to be in all. */
OG_API int64_t og_staffing_instances(const og_staffing *staffing);

/* How many of them carry the load when a zone is lost. With one zone it is all. */
OG_API int64_t og_staffing_working(const og_staffing *staffing);

/*
 * How many requests are in service at once, on average: the load in erlangs.
 *
 * Returns NaN where the model is no queue.
 */
OG_API double og_staffing_load(const og_staffing *staffing);

/* How utilized those are that work, in per cent. */
OG_API double og_staffing_utilization(const og_staffing *staffing);

/*
 * How many of the requests wait longer than `wait_ms` while only those work, in per cent.
 *
 * Returns NaN where the model is no queue.
 */
OG_API double og_staffing_waiting(const og_staffing *staffing);

/*
 * What the answer rests on.
 *
 * Returns one of `OG_BASIS_FORMULA` to `OG_BASIS_EXTRAPOLATED`.
 */
OG_API int32_t og_staffing_basis(const og_staffing *staffing);

/*
 * The answer in one line, as "3 instances for 60: 33.3 % utilized, 9.09 % of the requests wait".
 *
 * C: It lives as long as the answer; "" for NULL.
 */
OG_API const char *og_staffing_text(const og_staffing *staffing);

#ifdef __cplusplus
}
#endif

#endif
