/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_BALANCER_H
#define OUTGROW_BALANCER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/endpoints.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Which endpoint takes a call. Policies:
 *
 *   round_robin           each of the healthy in turn
 *   weighted_round_robin  smooth, in nginx's order: weights 5, 1, 1 give a a b a c a a
 *   least_connections     the fewest calls in flight for its weight; equals in turn. With `choices`
 * that many are drawn at random, by weight and none twice, and of them the one with the fewest for
 * its weight is picked, the first drawn of equals: as nginx's "random two least_conn".
 *   consistent_hash       the key's owner on a ring; ring_hash is xxh3, or ketama to place keys as
 *                         libketama's clients do. An endpoint that is unhealthy moves its own keys
 *                         alone. So does one that joins or leaves an xxh3 ring of equal weights. On
 * a ketama ring other keys may move too: libketama counts an endpoint's points in floating point,
 * and at some numbers of endpoints gives all of them fewer. Picks without a key take turns, as by
 * weighted_round_robin.
 *
 * Unhealthy endpoints and those of weight 0 are not picked. Picks hold no lock and allocate
 * nothing. weighted_round_robin is exact while the sum of the weights over their greatest common
 * divisor is at most 65536, or 8 times the number of endpoints when that is more; beyond, weights
 * are rounded to shares of that many, none to nothing.
 *
 * Turns begin at any endpoint, so that many processes do not all begin with the same one. With a
 * `seed` they begin at the first, and `choices` draws the same in each run: for tests and
 * simulations. Over endpoints in a scope turns are common to all processes: give all the same seed,
 * or none.
 *
 * After a fork the child picks from its own copy of the plan; over a set in a scope the turn goes
 * on being common. What is in flight is the parent's: the child has nothing, and the parent's
 * tickets are OG_LAPSED there.
 *
 * Options: og_config_describe("balancer").
 */
typedef struct og_balancer og_balancer;

/* config and clock may be NULL. The balancer keeps the endpoints alive; several may share them. */
OG_API og_status og_balancer_create(const og_config *config, const og_endpoints *endpoints,
                                    const og_clock *clock, og_balancer **out, og_error **error);
/* Tickets still out stop counting. */
OG_API void og_balancer_destroy(og_balancer **balancer);

/*
 * An endpoint's index, or OG_NONE when none may be picked. The key matters to consistent_hash
 * alone; others take NULL, 0: no key. The _at form is given the time, which least_connections needs
 * to know which tickets have expired.
 */
OG_API int32_t og_balancer_pick(og_balancer *balancer, const void *key, int64_t key_len);
OG_API int32_t og_balancer_pick_at(og_balancer *balancer, const void *key, int64_t key_len,
                                   int64_t now_ns);

/*
 * count picks into out[count]. keys and key_lens hold count entries each, or are both
 * NULL: empty keys. OG_OK, or OG_INVALID_ARGUMENT, and then out is not touched.
 */
OG_API og_status og_balancer_pick_many(og_balancer *balancer, const void *const *keys,
                                       const int64_t *key_lens, int64_t count, int32_t *out);

/*
 * Picks and counts a call in flight. A ticket (> 0), and in *endpoint the index; or OG_NONE, or
 * OG_FULL beyond `tickets` calls in flight, and then *endpoint is OG_NONE. Return it with release:
 * one that is not returned within ticket_ms no longer counts.
 */
OG_API int64_t og_balancer_acquire(og_balancer *balancer, const void *key, int64_t key_len,
                                   int32_t *endpoint);
OG_API int64_t og_balancer_acquire_at(og_balancer *balancer, const void *key, int64_t key_len,
                                      int64_t now_ns, int32_t *endpoint);

/*
 * The call has ended: success is 0 or 1, latency_ns how long it took, or -1 for the time since
 * acquire. OG_OK once; OG_LAPSED for a ticket returned before, or expired, which records nothing;
 * OG_INVALID_ARGUMENT for what cannot be a ticket or a latency.
 */
OG_API og_status og_balancer_release(og_balancer *balancer, int64_t ticket, int32_t success,
                                     int64_t latency_ns);
OG_API og_status og_balancer_release_at(og_balancer *balancer, int64_t ticket, int32_t success,
                                        int64_t latency_ns, int64_t now_ns);

/* The call was not made: the ticket stops counting, and nothing is recorded. As release otherwise.
 */
OG_API og_status og_balancer_cancel(og_balancer *balancer, int64_t ticket);
OG_API og_status og_balancer_cancel_at(og_balancer *balancer, int64_t ticket, int64_t now_ns);

/* How often the endpoint has been picked or acquired through this balancer. */
OG_API int64_t og_balancer_picks(const og_balancer *balancer, int32_t endpoint);

#ifdef __cplusplus
}
#endif

#endif
