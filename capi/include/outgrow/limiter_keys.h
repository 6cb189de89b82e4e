/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_LIMITER_KEYS_H
#define OUTGROW_LIMITER_KEYS_H

#include <outgrow/limiter.h>

/*
 * What is done to a key of a rate limiter besides deciding on its requests: parts of a cost, what
 * is given back and charged, turns to come, reservations, and plans. `outgrow/limiter.h` includes
 * this.
 */

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Takes as many as there are, up to `most`: so a batch is filled as far as it goes. With the
 * largest `most` the key is drained. Not in a fleet.
 *
 * Returns how many were taken: 0 when there was none, or `most` when there was none and the denial
 * does not hold (`enforce_percent`).
 *
 * C: Negative: as `og_limiter_acquire`; `OG_UNSUPPORTED` in a fleet, in each of its modes.
 */
OG_API int64_t og_limiter_acquire_up_to(og_limiter *limiter, const void *key, int64_t key_len,
                                        int64_t most);
OG_API int64_t og_limiter_acquire_up_to_at(og_limiter *limiter, const void *key, int64_t key_len,
                                           int64_t most, int64_t now_ns);

/*
 * Makes the key as if the last `cost` that it took had never been taken: for a request that did not
 * happen, or that is not to count, such as a login that succeeded. Not in a fleet.
 *
 * A key gets no more than it lacks. What it got back by time it does not get again: a bucket is
 * never fuller than if those had never been taken, and a window never emptier. With warm_up it is
 * not supported: what a request cost is not known afterwards. This call knows no
 * request, so the last are meant. If the key took others since the request that is given back, time
 * may have refilled that one's tokens: then the key has up to `cost` more than if that request had
 * never been, and never more than the limit. So what is taken less what is given back stays within
 * the limit in any time.
 *
 * While turns are to come it shortens their queue: the next turn comes that much earlier, and may
 * be one that somebody has. A turn is given back by `cancel_slot`.
 *
 * With sliding_window it takes as long as the window holds events, and two calls for one key at one
 * moment may give back less than both, never more. The key keeps its cell until the window has
 * passed.
 *
 * Returns how many of these the key lacked, whole ones: from 0 to `cost`. Of several rates, of the
 * one that lacked most.
 *
 * C: Negative: as `og_limiter_acquire`; `OG_UNSUPPORTED` with count_min, and in a fleet, in each of
 * its modes.
 */
OG_API int64_t og_limiter_give_back(og_limiter *limiter, const void *key, int64_t key_len,
                                    int64_t cost);
OG_API int64_t og_limiter_give_back_at(og_limiter *limiter, const void *key, int64_t key_len,
                                       int64_t cost, int64_t now_ns);

/*
 * Takes `cost` whether it is there or not: for what has happened, whose cost is known only now. It
 * is never refused. Not in a fleet.
 *
 * A token_bucket goes below empty, as far as `max_debt` says, and refills from there; what is
 * beyond is forgiven. By default it goes to empty and no further. A sliding_window notes as many as
 * it has room for, and nobody can owe it more. With warm_up the key's next free time moves, up to
 * a day ahead. It is counted neither as allowed nor as denied.
 *
 * Returns 0 when a request of cost 1 passes next, else the wait in ns until it does.
 *
 * C: Negative: as `og_limiter_acquire`; `OG_UNSUPPORTED` in a fleet, in each of its modes.
 */
OG_API int64_t og_limiter_charge(og_limiter *limiter, const void *key, int64_t key_len,
                                 int64_t cost);
OG_API int64_t og_limiter_charge_at(og_limiter *limiter, const void *key, int64_t key_len,
                                    int64_t cost, int64_t now_ns);

/*
 * Takes `cost` now, for a turn that comes once it is there: so those who wait are served in the
 * order of these calls, a large cost among small ones too. With every policy but count_min, with
 * plans and with several rates; not in a fleet. A program does what it wants to do `after_ns` from
 * now, and asks nothing then.
 *
 * It is refused at once, and takes nothing, where the turn is further away than `max_wait_ns` or
 * than the option `max_wait_ms`: that is how long a queue can get. Nobody waits in the library, and
 * no one is woken: a turn is a time. Who dies before it has used up what it took, and holds up
 * nobody else.
 *
 * While turns are to come the key is empty: `acquire` is refused until it would have its turn. A
 * change of the rate moves no turn that was given; those that are given then come behind them.
 * Counted as allowed, or as denied.
 *
 * With a burst of 1 it paces: turns of cost 1 are evenly spaced, as of a leaky bucket. With warm_up
 * the turn is the key's next free time. Of windows of the clock a turn is the beginning of the
 * first window that has room for all of it behind those before it, and what an earlier one had left
 * is not used; of sliding windows it is the first time at which it would pass. Of several rates it
 * is the first time at which it passes in each. By the plan of the key: turns of a plan that it had
 * before stay, and those that are given then come behind them.
 *
 * A window judges who reads the clock just before it begins as of its beginning. Once a limiter
 * gave turns to come, it has them wait for that.
 *
 * Returns 0 when it was reserved. Otherwise it was refused, and this is how long it would have had
 * to wait. `OG_NEVER` when it costs more than the limiter ever holds.
 *
 * C: `after_ns` is how long until its turn, 0 for at once, and `number` which turn it is, for
 * `cancel_slot`; either may be NULL, and they are set where 0 is returned. Negative: as
 * `og_limiter_acquire`, and `OG_INVALID_ARGUMENT` for a negative max_wait_ns; `OG_UNSUPPORTED` with
 * count_min, and in a fleet, in each of its modes.
 */
OG_API int64_t og_limiter_reserve_slot(og_limiter *limiter, const void *key, int64_t key_len,
                                       int64_t cost, int64_t max_wait_ns, int64_t *after_ns,
                                       int64_t *number);
OG_API int64_t og_limiter_reserve_slot_at(og_limiter *limiter, const void *key, int64_t key_len,
                                          int64_t cost, int64_t max_wait_ns, int64_t now_ns,
                                          int64_t *after_ns, int64_t *number);

/*
 * Gives a turn back that has not come, as if it had never been reserved: once for each. Only the
 * last of a key's queue can be given back. One with others behind it stays taken, and its time
 * passes unused: those others do not come earlier, and who came in its place would have the same
 * turn as one of them. Not one of before a change of the rate or of the key's plan. With warm_up no
 * turn is given back. With sliding_window one from the middle is given back too, and the next turn
 * is still not before the last one's time. Of several rates, where others take at that very moment,
 * one may keep what was taken until time has refilled it.
 *
 * Returns whether it was given back.
 *
 * C: `cost` and `number` are those of `og_limiter_reserve_slot`. 1 or 0. Negative: as there.
 */
OG_API int32_t og_limiter_cancel_slot(og_limiter *limiter, const void *key, int64_t key_len,
                                      int64_t cost, int64_t number);
OG_API int32_t og_limiter_cancel_slot_at(og_limiter *limiter, const void *key, int64_t key_len,
                                         int64_t cost, int64_t number, int64_t now_ns);

/*
 * Takes `amount` now, on an estimate, as `acquire` does: for a request whose cost is known at its
 * end, such as the tokens of a language model, bytes or rows. `settle` then makes it what it was.
 * The limiter needs the option `reservations`, which says how many can be out at a time, and the
 * policy token_bucket, fixed_window or calendar_window. It has one rate and no plans then, and is
 * not in a fleet.
 *
 * A reservation that is not settled `within` that time is taken back, as if the request had never
 * been. So is what a process holds that is gone, by SIGKILL too, within 10 ms of being needed. What
 * a process was about to reserve or to settle at that moment may stay taken until time refills it.
 * A reservation belongs to one process: a forked child has none.
 *
 * Returns a reservation above 0; `OG_DENIED` when it is over the rate, where `peek` of the amount
 * tells for how long, and when as many reservations are out as there can be, where that tells
 * nothing. What `enforce_percent` lets through takes nothing: it gets one reservation for all,
 * which can be settled and cancelled at any time, and nothing is charged.
 *
 * C: `within_ns` is up to a day, 0 for a minute. Negative besides: as `og_limiter_acquire`;
 * `OG_UNSUPPORTED` without the option `reservations`, so also in a fleet, where creation refuses
 * that option. `OG_DENIED` and `OG_IO` are also what a forked child gets that cannot be attached to
 * its scope.
 */
OG_API int64_t og_limiter_reserve(og_limiter *limiter, const void *key, int64_t key_len,
                                  int64_t amount, int64_t within_ns);
OG_API int64_t og_limiter_reserve_at(og_limiter *limiter, const void *key, int64_t key_len,
                                     int64_t amount, int64_t within_ns, int64_t now_ns);

/*
 * Ends a reservation whose request did not happen: `settle` with a cost of 0.
 *
 * Returns whether the reservation still stood, as `settle` does.
 */
OG_API og_status og_limiter_cancel(og_limiter *limiter, int64_t reservation);
OG_API og_status og_limiter_cancel_at(og_limiter *limiter, int64_t reservation, int64_t now_ns);

/*
 * Ends a reservation with what the request cost. If it cost more than was reserved, the rest is
 * taken be it there or not, as `charge` does. If it cost less, the key gets back what was not used,
 * so far as it would have that now had the cost been known at once: what time has refilled
 * meanwhile comes not twice. It never has more than that, and never less than if the request had
 * cost what was reserved. In between it may have less for a while, until time has refilled it:
 *
 *   - after a change of the rate nothing comes back of what was reserved before it
 *   - nothing comes back of what was reserved before a turn that was still to come was given
 *     (`reserve_slot`): those turns do not come earlier
 *   - where calls of the key meet at one moment, less comes back, by up to twice what the others
 *     gave back or could not charge
 *
 * Returns whether the reservation still stood. Otherwise it was settled before, its time is over,
 * or it is another process's, and nothing is charged: after a late answer, `charge` says what the
 * request cost.
 *
 * C: `OG_LAPSED` when it did not stand, or was none; `OG_INVALID_ARGUMENT` for a negative cost;
 * `OG_UNSUPPORTED` without the option `reservations`. A time is not before those of the key's other
 * calls, nor is the wall clock set back behind them: else what time refilled in between may come
 * back besides, as much as was reserved at most.
 */
OG_API og_status og_limiter_settle(og_limiter *limiter, int64_t reservation, int64_t actual);
OG_API og_status og_limiter_settle_at(og_limiter *limiter, int64_t reservation, int64_t actual,
                                      int64_t now_ns);

/*
 * Makes the key as if it had never been seen: what it took, what it owes, and in a scope the note
 * of who is denied most. Its cell is free at once. Not in a fleet.
 *
 * Returns whether the limiter had a cell for it.
 *
 * C: 1 or 0. Negative: `OG_NULL_HANDLE`, `OG_INVALID_ARGUMENT`; `OG_UNSUPPORTED` with count_min,
 * and in a fleet, in each of its modes.
 */
OG_API int32_t og_limiter_forget(og_limiter *limiter, const void *key, int64_t key_len);

/*
 * Gives the key a plan: one that `plans` names, `default`, or the words `exempt` and `blocked`. The
 * key keeps it until it is given another: in a scope for all who share it, and no other key makes
 * it go. `forget` leaves it.
 *
 * A key has one bucket, whatever its plan. What it has used becomes the plan's as
 * `tokens_inheritance` says, at the time of the limiter's clock. By `proportional`, the default, a
 * bucket that is half full stays half full: so going to and fro between plans gains nothing. With
 * another rule a change of plan may grant a burst, as a change of the rate does. Where calls of the
 * key run at that very moment, or its plan is one without a rate, what it has used becomes the next
 * plan's in proportion.
 *
 * C: `OG_BAD_VALUE` for a plan that is not there, whose error names those that are;
 * `OG_INVALID_ARGUMENT`; `OG_FULL` where as many keys as `plan_keys` says have one;
 * `OG_UNSUPPORTED` of a limiter without plans, and in a fleet; `OG_TIMEOUT` when another process
 * has been changing the scope for 5 s.
 */
OG_API og_status og_limiter_set_plan(og_limiter *limiter, const void *key, int64_t key_len,
                                     const char *plan, og_error **error);

/*
 * The plan that the key has: `default` where it was given none.
 *
 * Returns its name.
 *
 * C: `OG_INVALID_ARGUMENT`; `OG_UNSUPPORTED` as `og_limiter_set_plan`. The text is the caller's to
 * destroy.
 */
OG_API og_status og_limiter_plan(const og_limiter *limiter, const void *key, int64_t key_len,
                                 og_text **out, og_error **error);

/*
 * Calls `acquire` by a plan that the call names, whichever the key has: a rate given with the call.
 * The key has one bucket for all plans: a call by another plan finds it as full as the last one
 * left it, in proportion, and it refills as that plan says from then on. So calls by several plans
 * in turn gain nothing. An `exempt` key passes, and a `blocked` one does not, whatever the plan.
 *
 * Returns what `acquire` returns.
 *
 * C: Negative: as `og_limiter_acquire`; `OG_BAD_VALUE` for a plan that is not there;
 * `OG_UNSUPPORTED` of a limiter without plans, and in a fleet.
 */
OG_API int64_t og_limiter_acquire_as(og_limiter *limiter, const void *key, int64_t key_len,
                                     const char *plan, int64_t cost);
OG_API int64_t og_limiter_acquire_as_at(og_limiter *limiter, const void *key, int64_t key_len,
                                        const char *plan, int64_t cost, int64_t now_ns);

#ifdef __cplusplus
}
#endif

#endif
