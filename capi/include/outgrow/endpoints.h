/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_ENDPOINTS_H
#define OUTGROW_ENDPOINTS_H

#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The servers that balancers choose among: name, weight, zone, health, calls in flight, latency.
 *
 * The set may change while others pick: a change prepares every balancer's new plan and shows it at
 * once; picks take no lock, and one that began before may still answer from the plan before. The
 * thread that makes the change pays for it. When memory runs out the change has not happened.
 *
 * An endpoint is known by its index, from 0 up to max_endpoints. The index is its own for as long
 * as it is in the set, and again should the same name come back; after remove it is given to
 * another name only when no unused index is left, and never while a call to the removed one is in
 * flight.
 *
 * After a fork the child has a copy of the set, in a scope the same one, and nothing in flight.
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
 * have at most 254 bytes together there. */
OG_API og_status og_endpoints_create_in(const og_scope *scope, const char *name,
                                        const og_config *config, og_endpoints **out,
                                        og_error **error);
OG_API void og_endpoints_destroy(og_endpoints **endpoints);

/*
 * Adds an endpoint, healthy. The name is any text but the empty one and not yet in the set; weight
 * is 0 (in the set, never picked) to 1000000; zone may be NULL. Both texts are copied.
 * Returns its index, or OG_INVALID_ARGUMENT, OG_FULL, OG_NO_MEMORY.
 */
OG_API int32_t og_endpoints_add(og_endpoints *endpoints, const char *name, int64_t weight,
                                const char *zone, og_error **error);
/*
 * The same, and where the name is in the set already it is given the weight; its health stays. For
 * several who say what they want there: the processes of a scope, a loop of service discovery. A
 * zone that is not NULL or "" must be the one it has.
 */
OG_API int32_t og_endpoints_put(og_endpoints *endpoints, const char *name, int64_t weight,
                                const char *zone, og_error **error);

/* Each is OG_INVALID_ARGUMENT when no endpoint has the index. Calls in flight go on. */
OG_API og_status og_endpoints_remove(og_endpoints *endpoints, int32_t index, og_error **error);
OG_API og_status og_endpoints_set_weight(og_endpoints *endpoints, int32_t index, int64_t weight,
                                         og_error **error);
/* healthy is 0 or 1: whether it may be picked. In a scope it waits for no other process. */
OG_API og_status og_endpoints_set_healthy(og_endpoints *endpoints, int32_t index, int32_t healthy,
                                          og_error **error);

/* The index of a name, or OG_NONE. */
OG_API int32_t og_endpoints_find(const og_endpoints *endpoints, const char *name);
/* How many are in the set, the unhealthy included. */
OG_API int64_t og_endpoints_count(const og_endpoints *endpoints);

/* The name and zone under an index; a removed endpoint's until the index is given away. The caller
 * owns *out. OG_INVALID_ARGUMENT for an index never given. */
OG_API og_status og_endpoints_name(const og_endpoints *endpoints, int32_t index, og_text **out,
                                   og_error **error);
OG_API og_status og_endpoints_zone(const og_endpoints *endpoints, int32_t index, og_text **out,
                                   og_error **error);

/* Of an endpoint in the set, else OG_INVALID_ARGUMENT. */
OG_API int64_t og_endpoints_weight(const og_endpoints *endpoints, int32_t index);
OG_API int32_t og_endpoints_healthy(const og_endpoints *endpoints, int32_t index);

/* Calls acquired and not yet returned; calls returned; and those of them that failed. Counted by
 * all balancers over the set. No lock. */
OG_API int64_t og_endpoints_in_flight(const og_endpoints *endpoints, int32_t index);
OG_API int64_t og_endpoints_calls(const og_endpoints *endpoints, int32_t index);
OG_API int64_t og_endpoints_failures(const og_endpoints *endpoints, int32_t index);

/* The latency in ns that a share (0 to 1, such as 0.99) of the returned calls did not exceed, to
 * within 25 %; 0 before the first call. */
OG_API int64_t og_endpoints_latency(const og_endpoints *endpoints, int32_t index, double share);

#ifdef __cplusplus
}
#endif

#endif
