/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_BREAKER_H
#define OUTGROW_BREAKER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A circuit breaker: whether a call to something that fails may be tried.
 *
 * States. Closed, it lets every call through and counts failures in a row. At `failure_threshold`
 * it opens. Open, it refuses every call until `open_ms` has passed; the next `enter` then finds it
 * half-open. Half-open, at most `half_open_permits` calls are out at a time. `success_threshold`
 * successes close it; one failure opens it again.
 *
 * Permits. A permit carries the generation that it was given in. The result of a call that began
 * before the breaker last changed its state counts for nothing. A half-open permit that is not
 * returned within `permit_ms` is taken back, so that a caller that died cannot keep the breaker
 * half-open. That happens at the first whole millisecond of the clock by which `permit_ms` are
 * over: never early, and less than 1 ms late.
 *
 * Fork. The child has a breaker of its own in the parent's state, and none of the parent's
 * half-open permits. In a scope both have the same breaker.
 *
 * Fleet. In a fleet's scope each machine judges by its own calls, and votes while its own breaker
 * is not closed. Two votes, or `quorum` percent of the machines where that is more, open it for all
 * of them. Then `half_open_permits` and `success_threshold` are those of all machines together. A
 * machine that cannot reach the fleet's server for 3 s has its own breaker and nothing else.
 * `force_open`, `force_closed`, `reset` and `reconfigure` are of this machine alone.
 *
 * Cost. While it is closed, a call reads no clock and takes no lock.
 *
 * Options: og_config_describe("breaker"). Source: Nygard, Release It! (2007), chapter 5.
 */
typedef struct og_breaker og_breaker;

enum {
  OG_BREAKER_CLOSED = 0,
  OG_BREAKER_OPEN = 1,
  OG_BREAKER_HALF_OPEN = 2,
  OG_BREAKER_FORCED_OPEN = 3,  /* refuses until og_breaker_reset */
  OG_BREAKER_FORCED_CLOSED = 4 /* passes until og_breaker_reset */
};

/* config and clock may be NULL. */
OG_API og_status og_breaker_create(const og_config *config, const og_clock *clock, og_breaker **out,
                                   og_error **error);
/* In a scope (NULL: on the heap, where the name is for messages and may be NULL), where its state
 * and counts are those of every process that makes it under this name of at most 99 bytes. */
OG_API og_status og_breaker_create_in(const og_scope *scope, const char *name,
                                      const og_config *config, const og_clock *clock,
                                      og_breaker **out, og_error **error);
OG_API void og_breaker_destroy(og_breaker **breaker);

/*
 * Asks to try a call. Give the permit back with `exit` or `cancel`.
 *
 * Returns a permit above 0; `OG_REFUSED` while the breaker is open or has no half-open permit left.
 *
 * C: A negative number is `OG_REFUSED` or an error.
 */
OG_API int64_t og_breaker_enter(og_breaker *breaker);
OG_API int64_t og_breaker_enter_at(og_breaker *breaker, int64_t now_ns);

/*
 * Reports how the call ended. Give a permit back once: half-open, a second return has lapsed;
 * closed, permits are not told apart.
 *
 * Returns whether the result counted; `OG_LAPSED` when the permit is of an earlier generation or
 * was taken back.
 *
 * C: `success` is 0 or 1.
 */
OG_API og_status og_breaker_exit(og_breaker *breaker, int64_t permit, int32_t success);
OG_API og_status og_breaker_exit_at(og_breaker *breaker, int64_t permit, int32_t success,
                                    int64_t now_ns);

/*
 * Gives the permit back without a result: the call was not made, or its result says nothing.
 *
 * Returns whether the permit still stood; `OG_LAPSED` when it did not.
 */
OG_API og_status og_breaker_cancel(og_breaker *breaker, int64_t permit);
OG_API og_status og_breaker_cancel_at(og_breaker *breaker, int64_t permit, int64_t now_ns);

/*
 * The state. An open breaker whose time is up is still open until a call enters.
 *
 * Returns one of `OG_BREAKER_CLOSED` to `OG_BREAKER_FORCED_CLOSED`.
 */
OG_API int32_t og_breaker_state(const og_breaker *breaker);

/*
 * How long until an open breaker lets a call try; half-open, at the latest: a try may end first.
 *
 * Returns a wait in ns: 0 when a call may try now, `OG_NEVER` when the breaker is forced open.
 */
OG_API int64_t og_breaker_retry_after(const og_breaker *breaker);
OG_API int64_t og_breaker_retry_after_at(const og_breaker *breaker, int64_t now_ns);

/*
 * What to say of a call that was refused, such as "the circuit breaker 'payments' is open; try
 * again in 30.0 s": the name that the breaker was made under, if it has one, and the wait, rounded
 * up to ms. Exceptions of a breaker say this.
 *
 * Returns the text.
 *
 * C: `wait_ns` is what `retry_after` answered, or 0 of a half-open breaker. The text is the
 * caller's to destroy.
 */
OG_API og_status og_breaker_refusal(const og_breaker *breaker, int64_t wait_ns, og_text **out,
                                    og_error **error);

/*
 * How often the breaker has changed its state since it was made.
 *
 * Returns a count.
 */
OG_API int64_t og_breaker_transitions(const og_breaker *breaker);

/*
 * Changes options while the breaker is in use, for all who share it. What is given holds from their
 * next call on. What is not given stays as it is. `policy` cannot change.
 *
 * The state and the counts stay. An open breaker stays open until the time that was set when it
 * opened. A closed one that has counted `failure_threshold` failures or more opens with the next. A
 * permit keeps its time and is its holder's, also where there are more than `half_open_permits`.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names;
 * OG_TIMEOUT when another process has been changing the scope for 5 s.
 */
OG_API og_status og_breaker_reconfigure(og_breaker *breaker, const og_config *config,
                                        og_error **error);

/* Refuses every call until `reset`. */
OG_API og_status og_breaker_force_open(og_breaker *breaker);

/* Lets every call pass until `reset`. */
OG_API og_status og_breaker_force_closed(og_breaker *breaker);

/*
 * Closes the breaker, whatever its state. No failure stays counted, and nothing is left to wait
 * for.
 */
OG_API og_status og_breaker_reset(og_breaker *breaker);

#ifdef __cplusplus
}
#endif

#endif
