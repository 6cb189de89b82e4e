/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_OUTCOMES_H
#define OUTGROW_OUTCOMES_H

#include <outgrow/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a hot call's scalar says, in words. 0 is "allowed" of a limiter, and a denial is above it; a
 * breaker's permit is above 0, and its refusal below; errors are below 0 everywhere. Who compares
 * by hand takes one for another. Of a row one is true.
 *
 *   og_limiter_acquire, og_limiter_peek   og_allowed, og_denied (it is the wait in ns), og_failed
 *   enter; acquire of a ticket            og_entered, og_refused, og_failed
 *   get, pin                              og_found (it is the size), og_missing, og_failed
 *   og_cache_get_or_lease                 og_leased, og_at_hand, og_missing, og_failed, or OG_WAIT
 *   og_service_begin                      og_entered, og_at_hand, og_missing, og_refused,
 * og_failed, or OG_WAIT
 *
 * og_status_text((og_status)answer) says any but the first of each in words.
 */

/* An error: of the arguments, the handle, the store, a wait. Denied, open, miss, full are none. */
static inline int og_failed(int64_t answer) { return answer <= OG_INVALID_ARGUMENT; }

/* The limiter let it pass. */
static inline int og_allowed(int64_t wait_ns) { return wait_ns == 0; }

/* It did not: the same request passes in `wait_ns`, or never when that is OG_NEVER. */
static inline int og_denied(int64_t wait_ns) { return wait_ns > 0; }

/* A permit or a ticket, to be given back once. */
static inline int og_entered(int64_t permit) { return permit > 0; }

/* Not let in: open, full, over the rate, or nothing to choose. */
static inline int og_refused(int64_t permit) {
  return permit == OG_REFUSED || permit == OG_NONE || permit == OG_DENIED || permit == OG_FULL;
}

/* The value was there. */
static inline int og_found(int64_t size) { return size >= 0; }

/* It was not, or the key is known not to exist. */
static inline int og_missing(int64_t answer) { return answer == OG_MISS || answer == OG_ABSENT; }

/* A lease: the caller is to load the value and fill it. */
static inline int og_leased(int64_t answer) { return answer > 0; }

/* The value is there without a call: fresh, or stale while another caller loads it. */
static inline int og_at_hand(int64_t answer) { return answer == OG_OK || answer == OG_STALE; }

#ifdef __cplusplus
}
#endif

#endif
