/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_METRICS_H
#define OUTGROW_METRICS_H

#include <outgrow/autoscaler.h>
#include <outgrow/balancer.h>
#include <outgrow/breaker.h>
#include <outgrow/cache.h>
#include <outgrow/cached_store.h>
#include <outgrow/capacity.h>
#include <outgrow/concurrency.h>
#include <outgrow/config.h>
#include <outgrow/endpoints.h>
#include <outgrow/fleet.h>
#include <outgrow/gather.h>
#include <outgrow/http.h>
#include <outgrow/limiter.h>
#include <outgrow/replicas.h>
#include <outgrow/scope.h>
#include <outgrow/service.h>
#include <outgrow/shards.h>
#include <outgrow/sizer.h>
#include <outgrow/slo.h>
#include <outgrow/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Metrics: what the nouns count, as Prometheus text.
 *
 * Nouns are added under a name, which becomes the label `name` of their series. The program's own
 * counters, gauges and latency histograms can stand beside them. Serve what og_metrics_render
 * returns as "text/plain; version=0.0.4; charset=utf-8".
 *
 * Several processes. A process shows what it counts itself. Where workers share a port, each scrape
 * is answered by another one, and what scrapers see of such a series looks like resets. Made in a
 * scope, the registry shows the same whichever worker is asked: of the program's own series, and of
 * nouns that lie in a scope, what all have counted; of other nouns, a cache or a store, the sum of
 * what each process has brought with `render`, `publish` or when it destroyed the registry. What
 * was brought stays, so that counters never step back; a process that is killed loses what it had
 * not brought. A gauge is the sum over the processes that live, or, of a state, a limit or an age,
 * their greatest. With the option `process`, a worker's number, what is a process's own stays apart
 * under a label `process`.
 *
 * Fork. The child has a copy: what it counts is added to what the parent had counted until then. In
 * a scope the parent's counts are brought before a fork, and the child brings what it counts
 * itself.
 *
 * Options: og_config_describe("metrics").
 */
typedef struct og_metrics og_metrics;

/* config may be NULL. */
OG_API og_status og_metrics_create(const og_config *config, og_metrics **out, og_error **error);
/* In a scope (NULL: on the heap), where any process that makes it under this name shows the counts
 * of all. Of a gauge of the program's own, the last value set stands. */
OG_API og_status og_metrics_create_in(const og_scope *scope, const char *name,
                                      const og_config *config, og_metrics **out, og_error **error);
OG_API void og_metrics_destroy(og_metrics **metrics);

/*
 * Adds a noun under a name, which becomes the label `name` of its series. The name is not empty,
 * and no other noun of the kind has it. The registry keeps the noun alive until it is removed. A
 * service shows the nouns that it is made of under its own name: series that are equal but for that
 * appear once.
 *
 * C: The name is UTF-8. The error of `OG_INVALID_ARGUMENT` names the argument.
 */
OG_API og_status og_metrics_add_breaker(og_metrics *metrics, const char *name,
                                        const og_breaker *breaker, og_error **error);
OG_API og_status og_metrics_add_cache(og_metrics *metrics, const char *name, const og_cache *cache,
                                      og_error **error);
OG_API og_status og_metrics_add_store(og_metrics *metrics, const char *name, const og_store *store,
                                      og_error **error);
OG_API og_status og_metrics_add_cached_store(og_metrics *metrics, const char *name,
                                             const og_cached_store *store, og_error **error);
OG_API og_status og_metrics_add_autoscaler(og_metrics *metrics, const char *name,
                                           const og_autoscaler *autoscaler, og_error **error);
OG_API og_status og_metrics_add_capacity(og_metrics *metrics, const char *name,
                                         const og_capacity *capacity, og_error **error);
OG_API og_status og_metrics_add_sizer(og_metrics *metrics, const char *name, const og_sizer *sizer,
                                      og_error **error);
OG_API og_status og_metrics_add_slo(og_metrics *metrics, const char *name, const og_slo *slo,
                                    og_error **error);
OG_API og_status og_metrics_add_endpoints(og_metrics *metrics, const char *name,
                                          const og_endpoints *endpoints, og_error **error);
OG_API og_status og_metrics_add_balancer(og_metrics *metrics, const char *name,
                                         const og_balancer *balancer, og_error **error);
OG_API og_status og_metrics_add_replicas(og_metrics *metrics, const char *name,
                                         const og_replicas *replicas, og_error **error);
OG_API og_status og_metrics_add_shards(og_metrics *metrics, const char *name,
                                       const og_shards *shards, og_error **error);
OG_API og_status og_metrics_add_gather(og_metrics *metrics, const char *name,
                                       const og_gather *gather, og_error **error);
OG_API og_status og_metrics_add_limiter(og_metrics *metrics, const char *name,
                                        const og_limiter *limiter, og_error **error);
OG_API og_status og_metrics_add_http(og_metrics *metrics, const char *name, const og_http *http,
                                     og_error **error);
OG_API og_status og_metrics_add_concurrency(og_metrics *metrics, const char *name,
                                            const og_concurrency *concurrency, og_error **error);
OG_API og_status og_metrics_add_fleet(og_metrics *metrics, const char *name, const og_fleet *fleet,
                                      og_error **error);
OG_API og_status og_metrics_add_scope(og_metrics *metrics, const char *name, const og_scope *scope,
                                      og_error **error);
OG_API og_status og_metrics_add_service(og_metrics *metrics, const char *name,
                                        const og_service *service, og_error **error);

/*
 * Removes what was added under a name, of whatever kinds.
 *
 * Returns how many.
 */
OG_API int64_t og_metrics_remove(og_metrics *metrics, const char *name);

/*
 * A counter of the program's own. The same name and instance give the same counter. The name is
 * letters, digits and '_', and ends in "_total"; names that begin with "outgrow_" are the
 * library's.
 *
 * Returns its id, for `increment`; `OG_FULL` when there are `series` of them.
 *
 * C: `instance` is the label `name`; NULL or "" is a series without it. Texts that are not UTF-8
 * are `OG_INVALID_ARGUMENT`.
 */
OG_API int32_t og_metrics_counter(og_metrics *metrics, const char *name, const char *help,
                                  const char *instance, og_error **error);

/*
 * A gauge of the program's own, as `counter` makes one; its name has any ending.
 *
 * Returns its id, for `set`; `OG_FULL` when there are `series` of them.
 */
OG_API int32_t og_metrics_gauge(og_metrics *metrics, const char *name, const char *help,
                                const char *instance, og_error **error);

/*
 * A histogram of latencies of the program's own, as `counter` makes one; its name best ends in
 * "_seconds".
 *
 * Returns its id, for `observe`; `OG_FULL` when there are `series` of them.
 */
OG_API int32_t og_metrics_histogram(og_metrics *metrics, const char *name, const char *help,
                                    const char *instance, og_error **error);

/*
 * Adds to a counter. A counter stops at `INT64_MAX`.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative `by`, and for an id of another kind.
 */
OG_API og_status og_metrics_increment(og_metrics *metrics, int32_t counter, int64_t by);

/*
 * Sets a gauge. It may be NaN or infinite, and is shown so.
 *
 * C: `OG_INVALID_ARGUMENT` for an id of another kind.
 */
OG_API og_status og_metrics_set(og_metrics *metrics, int32_t gauge, double value);

/*
 * Adds a latency to a histogram. Latencies over a day count as a day; their sum begins anew past
 * 2^64 ns.
 *
 * C: `OG_INVALID_ARGUMENT` for a negative `ns`, and for an id of another kind.
 */
OG_API og_status og_metrics_observe(og_metrics *metrics, int32_t histogram, int64_t ns);

/*
 * Brings what this process has counted to the others that have the registry in a scope. A worker
 * calls it after a request: it does so once in `publish_ms`, and else costs a look at the clock.
 * `render` does the same. Does nothing where there is no scope. Series that find no room among
 * `shared_series` are not shown; the gauge outgrow_metrics_without_room tells how many of the
 * process that renders.
 */
OG_API og_status og_metrics_publish(og_metrics *metrics);

/*
 * Renders every family and series once, in the order of their names, as Prometheus' text exposition
 * format 0.0.4.
 *
 * Returns the text.
 */
OG_API og_status og_metrics_render(const og_metrics *metrics, og_text **out, og_error **error);

#ifdef __cplusplus
}
#endif

#endif
