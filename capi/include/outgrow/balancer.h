/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_BALANCER_H
#define OUTGROW_BALANCER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/endpoints.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A balancer: which endpoint takes a call.
 *
 * Policies.
 *
 *   round_robin           Each of the healthy endpoints in turn.
 *   weighted_round_robin  Smooth, in nginx's order: weights 5, 1, 1 give a a b a c a a. It is exact
 *                         while the sum of the weights over their greatest common divisor is at
 *                         most 65,536, or 8 times the number of endpoints if that is more. Beyond,
 *                         weights are rounded to shares of that many, and none to nothing.
 *   least_connections     The fewest calls in flight for its weight; equals in turn. With
 *                         `choices`, that many are drawn at random, by weight and none twice, and
 *                         of them the one with the fewest for its weight is picked, the first drawn
 *                         of equals: as nginx's "random two least_conn".
 *   consistent_hash       The key's owner on a ring. `ring_hash` is xxh3, or ketama to place keys
 *                         as libketama's clients do. An endpoint that is unhealthy moves its own
 *                         keys alone. So does one that joins or leaves an xxh3 ring of equal
 *                         weights. On a ketama ring other keys may move too: libketama counts an
 *                         endpoint's points in floating point, and at some numbers of endpoints
 *                         gives all of them fewer. Picks without a key take turns, as by
 *                         weighted_round_robin.
 *
 * Unhealthy endpoints, and those of weight 0, are not picked. Picks hold no lock and allocate
 * nothing.
 *
 * Turns begin at any endpoint, so that many processes do not all begin with the same one. With a
 * `seed` they begin at the first, and `choices` draws the same in each run: for tests and
 * simulations. Over endpoints in a scope, turns are common to all processes: give all of them the
 * same seed, or none.
 *
 * Fork. The child picks from its own copy of the plan; over a set in a scope, turns stay common.
 * Calls in flight are the parent's: the child has none, and the parent's tickets are OG_LAPSED
 * there.
 *
 * Options: og_config_describe("balancer").
 */
typedef struct og_balancer og_balancer;

/* config and clock may be NULL. The balancer keeps the endpoints alive; several may share them. */
OG_API og_status og_balancer_create(const og_config *config, const og_endpoints *endpoints,
                                    const og_clock *clock, og_balancer **out, og_error **error);
/* In a scope (NULL: on the heap), where `policy` and the other options are those of all processes
 * that make it under this name of at most 99 bytes. The endpoints may lie there too, or be each
 * process's own; calls in flight and turns are as the endpoints are. */
OG_API og_status og_balancer_create_in(const og_scope *scope, const char *name,
                                       const og_config *config, const og_endpoints *endpoints,
                                       const og_clock *clock, og_balancer **out, og_error **error);
/* Tickets still out stop counting. */
OG_API void og_balancer_destroy(og_balancer **balancer);

/*
 * Picks an endpoint. consistent_hash goes by the key; the other policies do not read it.
 *
 * Returns the endpoint's index; `OG_NONE` when none may be picked.
 *
 * C: A NULL key with length 0 is no key. The _at form is given the time: least_connections needs it
 * to know which tickets have expired.
 */
OG_API int32_t og_balancer_pick(og_balancer *balancer, const void *key, int64_t key_len);
OG_API int32_t og_balancer_pick_at(og_balancer *balancer, const void *key, int64_t key_len,
                                   int64_t now_ns);

/*
 * Picks many times at one time: once for each key, or without keys.
 *
 * Returns the picks in `out`, each an index or `OG_NONE`.
 *
 * C: `keys` and `key_lens` have `count` entries, or both are NULL: empty keys. After
 * `OG_INVALID_ARGUMENT` nothing was written.
 */
OG_API og_status og_balancer_pick_many(og_balancer *balancer, const void *const *keys,
                                       const int64_t *key_lens, int64_t count, int32_t *out);

/*
 * Picks an endpoint and counts a call to it in flight. Give the ticket back with `release` or
 * `cancel`: one that is not given back within `ticket_ms` no longer counts.
 *
 * Returns a ticket above 0, and the index in `endpoint`; `OG_NONE` when none may be picked;
 * `OG_FULL` when `tickets` calls are in flight.
 *
 * C: Without a ticket `*endpoint` is `OG_NONE`.
 */
OG_API int64_t og_balancer_acquire(og_balancer *balancer, const void *key, int64_t key_len,
                                   int32_t *endpoint);
OG_API int64_t og_balancer_acquire_at(og_balancer *balancer, const void *key, int64_t key_len,
                                      int64_t now_ns, int32_t *endpoint);

/*
 * Reports that the call has ended, and how.
 *
 * Returns whether it counted; `OG_LAPSED` for a ticket that was given back before or has expired,
 * which records nothing.
 *
 * C: `success` is 0 or 1. A latency of -1 is the time since `acquire`. `OG_INVALID_ARGUMENT` for
 * what cannot be a ticket or a latency.
 */
OG_API og_status og_balancer_release(og_balancer *balancer, int64_t ticket, int32_t success,
                                     int64_t latency_ns);
OG_API og_status og_balancer_release_at(og_balancer *balancer, int64_t ticket, int32_t success,
                                        int64_t latency_ns, int64_t now_ns);

/*
 * Gives the ticket back without a result: the call was not made, and nothing is recorded.
 *
 * Returns whether the ticket still stood; `OG_LAPSED` when it did not.
 */
OG_API og_status og_balancer_cancel(og_balancer *balancer, int64_t ticket);
OG_API og_status og_balancer_cancel_at(og_balancer *balancer, int64_t ticket, int64_t now_ns);

/*
 * Changes the policy while the balancer is in use, or what a policy has for options: `choices`,
 * `ring_hash`, `ring_points`. What is given holds from the next pick on, in a scope for all
 * processes. What is not given stays as it is.
 *
 * The new policy begins as in a balancer just made, with turns and all that it learns. Options of
 * other policies than the one in use change nothing of it. Tickets stand, and what they count stays
 * counted: a call is released or cancelled as if nothing had changed.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names;
 * OG_TIMEOUT when another process has been changing the scope for 5 s.
 */
OG_API og_status og_balancer_reconfigure(og_balancer *balancer, const og_config *config,
                                         og_error **error);

/*
 * How often an endpoint was picked or acquired through this balancer.
 *
 * Returns a count.
 */
OG_API int64_t og_balancer_picks(const og_balancer *balancer, int32_t endpoint);

#ifdef __cplusplus
}
#endif

#endif
