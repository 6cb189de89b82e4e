/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_REPLICAS_H
#define OUTGROW_REPLICAS_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A replica router: which database node takes a call.
 *
 * Writes go to the primary. Reads go to a healthy replica, by round robin or to the one with the
 * fewest calls in flight. While no replica is healthy they go to the primary (option fall_back).
 * The program runs the call on its own connection to that node.
 *
 * Fork. The child has a router of its own, with the health that the parent knew. Calls in flight
 * are the parent's: the child has none, and the parent's tickets are OG_LAPSED there.
 *
 * Options: og_config_describe("replicas").
 */
typedef struct og_replicas og_replicas;

/* Nodes: the primary, and 1 to `replicas`. All are healthy at first. */
enum { OG_REPLICAS_PRIMARY = 0 };

/* config and clock may be NULL. */
OG_API og_status og_replicas_create(const og_config *config, const og_clock *clock,
                                    og_replicas **out, og_error **error);
OG_API void og_replicas_destroy(og_replicas **replicas);

/*
 * Chooses the node for a write: the primary. The call is not counted in flight.
 *
 * Returns the node, 0; `OG_NONE` when the primary is unhealthy.
 */
OG_API int32_t og_replicas_write(og_replicas *replicas);

/*
 * Chooses the node for a read: a healthy replica, or the primary as `fall_back` says. The call is
 * not counted in flight.
 *
 * Returns the node; `OG_NONE` when none may be chosen.
 *
 * C: The _at form is given the time: least_in_flight needs it to know which tickets have expired.
 */
OG_API int32_t og_replicas_read(og_replicas *replicas);
OG_API int32_t og_replicas_read_at(og_replicas *replicas, int64_t now_ns);

/*
 * Chooses nodes for `count` reads at one time.
 *
 * Returns the nodes in `out`, each a node or `OG_NONE`.
 *
 * C: After `OG_INVALID_ARGUMENT` nothing was written.
 */
OG_API og_status og_replicas_read_many(og_replicas *replicas, int64_t count, int32_t *out);

/*
 * Chooses a node as `write` or `read` does, and counts a call to it in flight. Give the ticket back
 * with `release` or `cancel`: one that is not given back within `ticket_ms` no longer counts.
 *
 * Returns a ticket above 0, and the node in `node`; `OG_NONE` when none may be chosen; `OG_FULL`
 * when `tickets` calls are in flight.
 *
 * C: `write` is 0 or 1. Without a ticket `*node` is `OG_NONE`.
 */
OG_API int64_t og_replicas_acquire(og_replicas *replicas, int32_t write, int32_t *node);
OG_API int64_t og_replicas_acquire_at(og_replicas *replicas, int32_t write, int64_t now_ns,
                                      int32_t *node);

/*
 * Reports that the call has ended, and how.
 *
 * Returns whether it counted; `OG_LAPSED` for a ticket that was given back before or has expired,
 * which records nothing.
 *
 * C: `success` is 0 or 1. A latency of -1 is the time since `acquire`. `OG_INVALID_ARGUMENT` for
 * what cannot be a ticket or a latency.
 */
OG_API og_status og_replicas_release(og_replicas *replicas, int64_t ticket, int32_t success,
                                     int64_t latency_ns);
OG_API og_status og_replicas_release_at(og_replicas *replicas, int64_t ticket, int32_t success,
                                        int64_t latency_ns, int64_t now_ns);

/*
 * Gives the ticket back without a result: the call was not made, and nothing is recorded.
 *
 * Returns whether the ticket still stood; `OG_LAPSED` when it did not.
 */
OG_API og_status og_replicas_cancel(og_replicas *replicas, int64_t ticket);
OG_API og_status og_replicas_cancel_at(og_replicas *replicas, int64_t ticket, int64_t now_ns);

/*
 * Says whether calls may go to a node.
 *
 * C: `healthy` is 0 or 1. `OG_INVALID_ARGUMENT` when there is no such node.
 */
OG_API og_status og_replicas_set_healthy(og_replicas *replicas, int32_t node, int32_t healthy);

/*
 * Whether calls may go to a node.
 *
 * Returns 1 when it is healthy, else 0.
 */
OG_API int32_t og_replicas_healthy(const og_replicas *replicas, int32_t node);

/*
 * Calls to a node that were acquired and not yet released.
 *
 * Returns a count.
 */
OG_API int64_t og_replicas_in_flight(const og_replicas *replicas, int32_t node);

/*
 * Reads that were sent to a node.
 *
 * Returns a count.
 */
OG_API int64_t og_replicas_reads(const og_replicas *replicas, int32_t node);

/*
 * Writes that were sent to the primary.
 *
 * Returns a count.
 */
OG_API int64_t og_replicas_writes(const og_replicas *replicas);

#ifdef __cplusplus
}
#endif

#endif
