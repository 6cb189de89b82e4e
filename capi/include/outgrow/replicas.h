/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_REPLICAS_H
#define OUTGROW_REPLICAS_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Which database node takes a call: writes go to the primary, reads to a healthy replica, by round
 * robin or to the one with the fewest calls in flight; with none healthy to the primary
 * (fall_back). The program runs the call on its own connection to that node.
 *
 * After a fork the child has a router of its own, with the health that the parent knew. What is in
 * flight is the parent's: the child has nothing, and the parent's tickets are OG_LAPSED there.
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

/* The node for a write or a read, or OG_NONE. Not counted in flight. The _at form is given the
 * time, which least_in_flight needs to know which tickets have expired. */
OG_API int32_t og_replicas_write(og_replicas *replicas);
OG_API int32_t og_replicas_read(og_replicas *replicas);
OG_API int32_t og_replicas_read_at(og_replicas *replicas, int64_t now_ns);
/* count reads, into out[count]. OG_OK, or OG_INVALID_ARGUMENT. */
OG_API og_status og_replicas_read_many(og_replicas *replicas, int64_t count, int32_t *out);

/*
 * As write (1) or read (0), counted in flight: a ticket (> 0) and in *node the node; or OG_NONE, or
 * OG_FULL beyond `tickets` calls in flight, and then *node is OG_NONE. Return it with release: one
 * that is not returned within ticket_ms no longer counts.
 */
OG_API int64_t og_replicas_acquire(og_replicas *replicas, int32_t write, int32_t *node);
OG_API int64_t og_replicas_acquire_at(og_replicas *replicas, int32_t write, int64_t now_ns,
                                      int32_t *node);
/* success is 0 or 1, latency_ns how long the call took, or -1 for the time since acquire. OG_OK
 * once; OG_LAPSED for a ticket returned before or expired; OG_INVALID_ARGUMENT for what cannot be
 * one, or no latency. */
OG_API og_status og_replicas_release(og_replicas *replicas, int64_t ticket, int32_t success,
                                     int64_t latency_ns);
OG_API og_status og_replicas_release_at(og_replicas *replicas, int64_t ticket, int32_t success,
                                        int64_t latency_ns, int64_t now_ns);

/* The call was not made: the ticket stops counting, and nothing is recorded. As release otherwise.
 */
OG_API og_status og_replicas_cancel(og_replicas *replicas, int64_t ticket);
OG_API og_status og_replicas_cancel_at(og_replicas *replicas, int64_t ticket, int64_t now_ns);

/* healthy is 0 or 1. OG_INVALID_ARGUMENT when there is no such node. */
OG_API og_status og_replicas_set_healthy(og_replicas *replicas, int32_t node, int32_t healthy);
OG_API int32_t og_replicas_healthy(const og_replicas *replicas, int32_t node);

/* Calls acquired and not returned; reads sent to the node; writes in all. */
OG_API int64_t og_replicas_in_flight(const og_replicas *replicas, int32_t node);
OG_API int64_t og_replicas_reads(const og_replicas *replicas, int32_t node);
OG_API int64_t og_replicas_writes(const og_replicas *replicas);

#ifdef __cplusplus
}
#endif

#endif
