/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_ENDPOINTS_H
#define OUTGROW_ENDPOINTS_H

#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Endpoints: the servers that balancers choose among, with name, weight, zone, health, calls in
 * flight and latency.
 *
 * Changes. The set may change while others pick. A change prepares the new plan of every balancer
 * and then puts all of them in place at once. Picks take no lock; a pick that began before may
 * still answer from the plan before. The thread that makes the change pays for it. When memory runs
 * out, the change has not happened.
 *
 * Indexes. An endpoint is known by its index, from 0 up to max_endpoints. It keeps the index for as
 * long as it is in the set, and gets it again if the same name comes back. After a remove the index
 * goes to another name only when no unused index is left, and never while a call to the removed
 * endpoint is in flight.
 *
 * Fork. The child has a copy of the set, in a scope the same set, and nothing in flight.
 *
 * Options: og_config_describe("endpoints").
 */
typedef struct og_endpoints og_endpoints;

/* config may be NULL. */
OG_API og_status og_endpoints_create(const og_config *config, og_endpoints **out, og_error **error);
/* In a scope (NULL: on the heap), where the set is one for every process that makes it under this
 * name: who is in it, weights, health, calls in flight, latency, and the turns of the balancers
 * over it. A process that another's change reaches draws its own plans anew at its next pick. What
 * a process has in flight ends with it, and a forked child has nothing. An endpoint's name and zone
 * have at most 254 bytes together there.
 *
 * In a fleet's scope the names, weights and zones are one for all machines: what is changed on one,
 * the others have within about a second. What a quorum of machines finds unhealthy (2, or 30 %) all
 * hold for unhealthy. Calls in flight, latency and turns are each machine's own. docs/fleet.md says
 * what becomes of the set in an outage. */
OG_API og_status og_endpoints_create_in(const og_scope *scope, const char *name,
                                        const og_config *config, og_endpoints **out,
                                        og_error **error);
OG_API void og_endpoints_destroy(og_endpoints **endpoints);

/*
 * Adds an endpoint, healthy. The name is not empty and not yet in the set. The weight is 0 (in the
 * set, never picked) to 1,000,000.
 *
 * Returns the endpoint's index.
 *
 * C: Both texts are copied; `zone` may be NULL. `OG_INVALID_ARGUMENT`, `OG_FULL` beyond
 * `max_endpoints`, or `OG_NO_MEMORY`.
 */
OG_API int32_t og_endpoints_add(og_endpoints *endpoints, const char *name, int64_t weight,
                                const char *zone, og_error **error);

/*
 * Adds an endpoint as `add` does, or gives the one of this name the weight; its health stays. It is
 * for several that say the same: the processes of a scope, a loop of service discovery. A zone that
 * is not empty must be the one it has.
 *
 * Returns the endpoint's index.
 */
OG_API int32_t og_endpoints_put(og_endpoints *endpoints, const char *name, int64_t weight,
                                const char *zone, og_error **error);

/*
 * Adds an endpoint as `add` does where none of this name is in the set, and leaves the one that is
 * as it is, with its weight and zone. It is for a program's configured list, which each of its
 * processes puts in as it starts: it undoes no weight that was changed since. In a fleet it yields
 * to what that knows of the endpoint, also that it was removed.
 *
 * Returns the endpoint's index.
 */
OG_API int32_t og_endpoints_ensure(og_endpoints *endpoints, const char *name, int64_t weight,
                                   const char *zone, og_error **error);

/*
 * Removes an endpoint. Its calls in flight go on.
 *
 * C: `OG_INVALID_ARGUMENT` when no endpoint has the index.
 */
OG_API og_status og_endpoints_remove(og_endpoints *endpoints, int32_t index, og_error **error);

/*
 * Changes an endpoint's weight, 0 to 1,000,000.
 *
 * C: `OG_INVALID_ARGUMENT` when no endpoint has the index.
 */
OG_API og_status og_endpoints_set_weight(og_endpoints *endpoints, int32_t index, int64_t weight,
                                         og_error **error);

/*
 * Says whether an endpoint may be picked. In a scope this waits for no other process.
 *
 * C: `healthy` is 0 or 1. `OG_INVALID_ARGUMENT` when no endpoint has the index.
 */
OG_API og_status og_endpoints_set_healthy(og_endpoints *endpoints, int32_t index, int32_t healthy,
                                          og_error **error);

/*
 * Finds an endpoint by its name.
 *
 * Returns its index; `OG_NONE` when the set has none of this name.
 */
OG_API int32_t og_endpoints_find(const og_endpoints *endpoints, const char *name);

/*
 * How many endpoints are in the set, the unhealthy included.
 *
 * Returns a count.
 */
OG_API int64_t og_endpoints_count(const og_endpoints *endpoints);

/*
 * The name of an endpoint. A removed endpoint has it until its index is given away.
 *
 * Returns the name.
 *
 * C: The caller owns `*out`. `OG_INVALID_ARGUMENT` for an index that was never given.
 */
OG_API og_status og_endpoints_name(const og_endpoints *endpoints, int32_t index, og_text **out,
                                   og_error **error);

/*
 * The zone of an endpoint. A removed endpoint has it until its index is given away.
 *
 * Returns the zone, empty when it was given none.
 *
 * C: The caller owns `*out`. `OG_INVALID_ARGUMENT` for an index that was never given.
 */
OG_API og_status og_endpoints_zone(const og_endpoints *endpoints, int32_t index, og_text **out,
                                   og_error **error);

/*
 * The weight of an endpoint in the set.
 *
 * Returns the weight.
 *
 * C: `OG_INVALID_ARGUMENT` when no endpoint has the index.
 */
OG_API int64_t og_endpoints_weight(const og_endpoints *endpoints, int32_t index);

/*
 * Whether an endpoint in the set may be picked.
 *
 * Returns 1 when it is healthy, else 0.
 *
 * C: `OG_INVALID_ARGUMENT` when no endpoint has the index.
 */
OG_API int32_t og_endpoints_healthy(const og_endpoints *endpoints, int32_t index);

/*
 * Calls to an endpoint that were acquired and not yet released, by every balancer over the set.
 * Takes no lock.
 *
 * Returns a count.
 */
OG_API int64_t og_endpoints_in_flight(const og_endpoints *endpoints, int32_t index);

/*
 * Calls to an endpoint that were released, by every balancer over the set. Takes no lock.
 *
 * Returns a count.
 */
OG_API int64_t og_endpoints_calls(const og_endpoints *endpoints, int32_t index);

/*
 * Released calls to an endpoint that had failed, by every balancer over the set. Takes no lock.
 *
 * Returns a count.
 */
OG_API int64_t og_endpoints_failures(const og_endpoints *endpoints, int32_t index);

/*
 * The latency that a share of an endpoint's released calls did not exceed, to within 25 %.
 *
 * Returns ns; 0 before the first call.
 */
OG_API int64_t og_endpoints_latency(const og_endpoints *endpoints, int32_t index, double share);

#ifdef __cplusplus
}
#endif

#endif
