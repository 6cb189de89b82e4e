/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_LIMITER_H
#define OUTGROW_LIMITER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A rate limiter: whether a request of a key may pass, and if not, when.
 *
 * Policies.
 *
 *   token_bucket     (the default) A key's bucket holds `burst` tokens and refills at `rate`. With
 *                    ordinary rates (100/s, 1000/min, 1/h) decisions are exact. With any other rate
 *                    a token is never early and at most 1 ns late, over nine years without a sum of
 *                    errors.
 *   sliding_window   At most the rate's count of requests in any window of the rate's period,
 *                    exactly: 100/min is 100 in any 60 seconds.
 *   sliding_counter  About the rate's count in any period, from two counters a key: those of this
 *                    window and of the one before it, taken as if they had come evenly. Decisions
 *                    on the formula are exact. Where they did not come evenly, up to twice the
 *                    count less 1 pass in some period, and some wait whom sliding_window lets
 *                    through. Its count is at most 126,000 in a second, 979,000 in a minute,
 *                    7.5 million in an hour.
 *   fixed_window     At most the rate's count in each window of the rate's period, so up to twice
 *                    as many in a moment about the end of one.
 *   calendar_window  The same in each hour, day, week, month or year of a time zone: 50000/day,
 *                    1000000/month.
 *   warm_up          One at a time, evenly, as the rate says; of a key that has rested, more slowly
 *                    at first. For what is slow after a rest: caches that are empty, pools that
 *                    have closed their connections.
 *   count_min        As fixed_window, for any number of keys in memory that does not grow: a key is
 *                    counted in a sketch, never too low, at times too high. See Sketch.
 *
 * Windows of sliding_counter, fixed_window and count_min begin at whole periods of the clock,
 * counted from its zero. With the wall clock, with a manual one at the Unix time, or with such
 * times given, these are full minutes, hours and days of UTC. The system's clock begins near the
 * machine's boot: then they begin at no special time, yet at the same one for all keys and all who
 * share the limiter. A request from before the latest window of its key counts in that one.
 *
 * Refill. With `burst`, a fixed_window or calendar_window is a bucket that gets the rate's count in
 * whole as each window begins, and holds at most `burst`: what a window leaves unused is there in
 * later ones. Without, it holds the count.
 *
 * Calendar. Windows begin as the clocks of `time_zone` show it, an IANA zone; UTC is the default.
 * A week begins on Monday. Where clocks go forward over the beginning of a window, it begins with
 * the first instant after it; where it comes twice, with the first. So a day has 23, 24 or 25
 * hours. The zone is read from a file as the limiter is made: from the folder that the environment
 * variable TZDIR names, else from /usr/share/zoneinfo. It goes by the wall clock
 * (og_clock_create_wall), which is the default then; a manual clock tells the Unix time. Others are
 * refused. However the clock is set, a key gets each window once: a window that it comes into again
 * is not begun anew. Where it was ahead by mistake, keys that asked meanwhile keep the window of
 * that time until it comes, or until they are forgotten. Where processes that share the limiter
 * have other releases of the zone's file, a key's window begins as the first of them says.
 *
 * Several rates. With `rate` as in "100/s, 5000/h, 50000/d", up to 8, a request passes when it
 * passes in each, and is taken from all or from none; the wait is the longest. A burst, of policies
 * that have one, is each rate's own, behind a colon: "100/s:20, 5000/h". Each rate has its own
 * cells, at the whole price of `keys`. Others who take from the same key at the same moment, or a
 * process that dies within a call, may leave it with less in one of the rates for a while: never
 * with more. Not with plans, `initial`, `reservations`, warm_up or count_min, and not in a fleet.
 *
 * Warm-up. With warm_up a key is paced by its next free time: a request passes from then on,
 * whatever it costs, and moves that by its cost, for which those behind it wait. A new key is cold:
 * at a rate r its first waits are near `cold_factor / r`. As it goes on being asked they get
 * shorter, and are `1 / r` once it has been asked for `warm_up_ms`. In rest it gets cold again,
 * wholly in as long. (Guava's SmoothWarmingUp, after which Sentinel's warm-up is made: r * W / 2
 * permits of a warm-up W cost `1 / r`, and 2 * r * W / (1 + c) more in a straight line up to
 * `c / r`.) It is reckoned in integers: time in parts of `1 / r`, 2^-4 at a million a second and
 * 2^-20 and finer up to a hundred; a cold key's cost is rounded up to such a part, and a warm one's
 * is whole, so that nothing adds up. A rate is up to about a million a second with ten seconds. A
 * request may cost what takes a cold key a day. A key that is wholly cold is idle. `standing` tells
 * of one at a time.
 *
 * Memory. It is fixed: `keys` cells. Only an idle key makes room for another: one whose bucket is
 * full again, or whose window is empty or over. So forgetting a key grants it nothing. A new key
 * that finds no room is answered as `when_full` says, and counted. Two keys whose seeded 64-bit
 * hashes are equal share a cell. sliding_window spends some of those bits: 44 remain at a limit of
 * 500,000, 56 at 100.
 *
 * Beginning. A new key's bucket is full, or holds `initial` tokens as if it had just taken the
 * rest: with 0 its first request is refused, and it refills from then on. Looking at it (`peek`,
 * `standing`, a cost of 0) begins nothing. A key that is forgotten is new again. One that lost its
 * cell had a full bucket, so it never comes back with more than it had; and a new key keeps its
 * cell until its bucket is full. With plans a new key has as many, or its plan's burst where that
 * is less. `give_back` takes what a key lacked at first for taken. It is of token_bucket, and not
 * of a fleet.
 *
 * Sketch. count_min keeps `sketch_depth` rows of `sketch_width` counters, 8 bytes each, that keys
 * share: docs/floods.md. When all keys got N in a window, one counts too high by 2.72 * N /
 * sketch_width at most, with probability 1 - 2.72^-sketch_depth, and may be refused so much early;
 * never let through too often. `OG_LIMITER_KEYS` is an estimate.
 *
 * Trial. With `enforce_percent` at 0 nobody is denied: each request that would be passes, as if it
 * had not been asked about, and is counted in `OG_LIMITER_SPARED`. So a new limit can be watched
 * before it holds. At 10, denials of a tenth of the keys hold: always of the same keys, in every
 * process and on every machine, and more of them as the percentage is raised. Of requests without a
 * key every tenth denial holds. What is taken is the same in any case, and so is where a key
 * stands; `peek` answers what `acquire` would. A blocked key's requests are denials as any.
 *
 * Fork. The child has a copy, and from then on both grant the same rate. For one limit over several
 * processes make the limiter in a scope.
 *
 * Keys. A key is any bytes, of any length. NULL with length 0 is a key too: a limiter without keys.
 *
 * Plans. With `plans = "pro=100/s:200, internal=unlimited"` keys can have other rates than the
 * limiter's own: 100 a second and a burst of 200, or none. `rate` and `burst` are the plan
 * `default`, which a key has until `set_plan` gives it another. There are two words besides, of any
 * limiter with `plans` or `plan_keys`: an `exempt` key always passes, and nothing is counted
 * against it; a `blocked` key never passes, whatever the cost. They are of token_bucket, and not of
 * a fleet.
 *
 * Options: og_config_describe("limiter"); `rate` must be given.
 */
typedef struct og_limiter og_limiter;

/* clock may be NULL. */
OG_API og_status og_limiter_create(const og_config *config, const og_clock *clock, og_limiter **out,
                                   og_error **error);
/* In a scope (NULL: on the heap, where the name is for messages and may be NULL), where its keys
 * and counts are those of every process that makes it under this name of at most 99 bytes. */
OG_API og_status og_limiter_create_in(const og_scope *scope, const char *name,
                                      const og_config *config, const og_clock *clock,
                                      og_limiter **out, og_error **error);
OG_API void og_limiter_destroy(og_limiter **limiter);

/*
 * Changes `rate`, `burst`, `initial`, `max_debt`, `max_wait_ms`, `warm_up_ms`, `cold_factor`,
 * `plans` and `enforce_percent` while the limiter is in use, for all who share it. What is given
 * holds from their next call on.
 * What is not given stays as it is. Other options cannot change. `plans` can have other rates and
 * more plans: one that is there cannot be left out. `initial` is of keys that are new after it.
 *
 * What a key has left becomes what `tokens_inheritance` says. Let 40 be left of 100, and the burst
 * become 200 or 20. `proportional`, the default, leaves the bucket as full as it was: 80 or 8.
 * `as_is` leaves as many as there were: 40 or 20. `additive` grants the growth besides: 140 or 20.
 * `reset` fills it: 200 or 20. While turns are to come (`reserve_slot`), `additive` with a greater
 * burst and `reset` grant tokens ahead of them: who asks then is served before those who wait.
 *
 * Of several rates each keeps its own tokens; how many rates there are cannot change.
 *
 * A full bucket stays full. With fixed_window, calendar_window, sliding_counter and count_min the
 * tokens are what is left of the count, and what is not left counts in the window of the change. A
 * sliding_window keeps what passed, or forgets it with reset; its count cannot become greater than
 * what the limiter was made with room for: its count then, or `window_events`. With warm_up a key
 * stays as warm as it was, of all that it can be, or with reset is cold, and its next free time
 * stays: `proportional` and `reset` are the rules that it has. The change is made
 * at the time of the limiter's clock: calls that give their times give those of that clock.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names;
 * OG_TIMEOUT when another process has been changing the scope for 5 s; OG_FULL after so many
 * changes that values can count no further: thousands of a rate a day, without end of one a second.
 */
OG_API og_status og_limiter_reconfigure(og_limiter *limiter, const og_config *config,
                                        og_error **error);

/*
 * Takes `cost` of what the key may have, all or nothing. A cost of 0 passes.
 *
 * Returns 0 when the request passed. Otherwise it was denied, and this is the wait in ns: after it
 * the same request passes, if no other request of the key passes meanwhile. `OG_NEVER` when it
 * costs more than the limiter ever holds.
 *
 * C: Negative: `OG_NULL_HANDLE`; `OG_INVALID_ARGUMENT` for a negative cost or length, a NULL key
 * with a length, or a time more than nine years after the limiter's first decision. A time before
 * one already given earns nothing twice.
 */
OG_API int64_t og_limiter_acquire(og_limiter *limiter, const void *key, int64_t key_len,
                                  int64_t cost);
OG_API int64_t og_limiter_acquire_at(og_limiter *limiter, const void *key, int64_t key_len,
                                     int64_t cost, int64_t now_ns);

/*
 * What `acquire` would answer. It takes nothing.
 *
 * Returns what `acquire` returns.
 */
OG_API int64_t og_limiter_peek(og_limiter *limiter, const void *key, int64_t key_len, int64_t cost);
OG_API int64_t og_limiter_peek_at(og_limiter *limiter, const void *key, int64_t key_len,
                                  int64_t cost, int64_t now_ns);

/*
 * Calls `acquire` for every key at one time. This saves crossings, clock reads and most of the wait
 * for memory.
 *
 * Returns how many requests passed. The wait of each is in `waits`; for a negative cost it is
 * `OG_INVALID_ARGUMENT`.
 *
 * C: `keys`, `key_lens` and `waits` have `count` entries. `costs` has as many, or is NULL: 1 each.
 * `OG_INVALID_ARGUMENT` for a negative count or a NULL array.
 */
OG_API int64_t og_limiter_acquire_many(og_limiter *limiter, const void *const *keys,
                                       const int64_t *key_lens, const int64_t *costs, int64_t count,
                                       int64_t *waits);
OG_API int64_t og_limiter_acquire_many_at(og_limiter *limiter, const void *const *keys,
                                          const int64_t *key_lens, const int64_t *costs,
                                          int64_t count, int64_t now_ns, int64_t *waits);

/*
 * One decision over several limits, such as a user's, a team's and one of all: takes what each is
 * to give, or nothing. Parts for one key of one limiter are one part. A cost of 0 passes.
 *
 * Limiters may have different policies and lie in different scopes. In a call at most one of them
 * is a fleet's, or of warm_up or count_min; it decides last, as it gives nothing back. Where others
 * take the same tokens at the same moment, or a process dies within a call, some keys have less for
 * a while: never more.
 *
 * A request that passed counts as allowed in each of the limiters, once for each key. One that was
 * denied counts as denied in the limiter that `which` tells, once, and nowhere else.
 *
 * Returns what `acquire` returns: of all waits the longest. `which` is whose that is.
 *
 * C: `limiters`, `keys` and `key_lens` have `count` entries, at most 64. `costs` has as many, or is
 * NULL: 1 each. `which` may be NULL; it is `OG_NONE` when the request passed, and tells what is
 * wrong when the answer is negative: `OG_NULL_HANDLE`; `OG_INVALID_ARGUMENT` as
 * `og_limiter_acquire`, and with `OG_NONE` for a bad count, array or time; `OG_UNSUPPORTED` for a
 * second one that gives nothing back.
 */
OG_API int64_t og_limiter_acquire_all(og_limiter *const *limiters, const void *const *keys,
                                      const int64_t *key_lens, const int64_t *costs, int64_t count,
                                      int64_t *which);
OG_API int64_t og_limiter_acquire_all_at(og_limiter *const *limiters, const void *const *keys,
                                         const int64_t *key_lens, const int64_t *costs,
                                         int64_t count, int64_t now_ns, int64_t *which);

/*
 * Calls `acquire`, and says where the key stands afterwards: for HTTP's RateLimit and Retry-After
 * fields. `limit` is what the key may take at once, `remaining` what it may take now; after
 * `reset_after_ns` all of it is there again. Another thread may take some in between. A cost of 0
 * only asks.
 *
 * Returns what `acquire` returns.
 *
 * C: Each out parameter may be NULL. It is written unless the answer is negative.
 */
OG_API int64_t og_limiter_acquire_detailed(og_limiter *limiter, const void *key, int64_t key_len,
                                           int64_t cost, int64_t *limit, int64_t *remaining,
                                           int64_t *reset_after_ns);
OG_API int64_t og_limiter_acquire_detailed_at(og_limiter *limiter, const void *key, int64_t key_len,
                                              int64_t cost, int64_t now_ns, int64_t *limit,
                                              int64_t *remaining, int64_t *reset_after_ns);

/*
 * Where the key stands. It takes nothing. `limit` is what the key may take at once, `remaining`
 * what it may take now. After `next_after_ns` it may take one more than that, if none is taken
 * meanwhile; after `reset_after_ns` all of it is there again. Both are 0 where all of it is there.
 * In a fleet these are what this machine was last told. Of several rates these are what they have
 * together: the least of what each has, and the longest of the times.
 *
 * Returns what `peek` of a cost of 1 does: 0 when one more passes now, else the wait until one
 * does.
 *
 * C: Each out parameter may be NULL. It is written unless the answer is negative.
 */
OG_API int64_t og_limiter_standing(og_limiter *limiter, const void *key, int64_t key_len,
                                   int64_t *limit, int64_t *remaining, int64_t *reset_after_ns,
                                   int64_t *next_after_ns);
OG_API int64_t og_limiter_standing_at(og_limiter *limiter, const void *key, int64_t key_len,
                                      int64_t now_ns, int64_t *limit, int64_t *remaining,
                                      int64_t *reset_after_ns, int64_t *next_after_ns);

/*
 * The count of the rate that holds now: 100 of 100/min. Others who share the limiter may have given
 * it, in reconfigure. Of several rates, the first's.
 *
 * Returns the count.
 */
OG_API int64_t og_limiter_rate_count(const og_limiter *limiter);

/*
 * The period of the rate that holds now: a minute of 100/min. Of several rates, the first's.
 *
 * Returns the ns.
 */
OG_API int64_t og_limiter_rate_period(const og_limiter *limiter);

/*
 * What a full bucket holds at the rate that holds now. Of a sliding_window it is the count. Of
 * several rates, the first's.
 *
 * Returns the count.
 */
OG_API int64_t og_limiter_rate_burst(const og_limiter *limiter);

/*
 * What to say of a request that was denied, such as "over the rate limit 'logins'; try again in
 * 0.25 s": the name that the limiter was made under, if it has one, and the wait, rounded up to ms.
 * It names no key, as a key may be a secret. Exceptions of a limiter say this.
 *
 * Returns the text.
 *
 * C: `wait_ns` is what `acquire` answered. The text is the caller's to destroy.
 */
OG_API og_status og_limiter_refusal(const og_limiter *limiter, int64_t wait_ns, og_text **out,
                                    og_error **error);

/*
 * Which keys were denied most since the limiter was made, the first the most, as a JSON array:
 *
 *   [{"key", "denied"}]
 *
 * It is by Space-Saving over 32 keys: a key with more than a 32nd of all denials is among them,
 * counted too high by no more than that. Denials that do not hold (`enforce_percent`) are counted
 * too. A key is cut after 96 bytes. In a scope it tells of all processes. On the heap it costs each
 * denial some 100 instructions, and is noted where the limiter was made with `hottest`.
 *
 * Returns the JSON text.
 *
 * C: The text is the caller's to destroy. `OG_UNSUPPORTED` where it is not noted.
 */
OG_API og_status og_limiter_hottest(const og_limiter *limiter, og_text **out, og_error **error);

/*
 * Which of several rates has a request wait the longest, by its number in `rate`, from 0 on. It
 * takes nothing.
 *
 * Returns the number, 0 where there is one rate; `OG_NONE` when the request passes.
 *
 * C: Negative: `OG_NONE`, and as `og_limiter_acquire`.
 */
OG_API int32_t og_limiter_band(const og_limiter *limiter, const void *key, int64_t key_len,
                               int64_t cost);
OG_API int32_t og_limiter_band_at(const og_limiter *limiter, const void *key, int64_t key_len,
                                  int64_t cost, int64_t now_ns);

/*
 * What `refusal` says, with the rate of that number: "over the rate limit 'logins': 5000/h; try
 * again in 12.0 s". A number that no rate has names none.
 *
 * Returns the text.
 *
 * C: `band` is what `og_limiter_band` answered. The text is the caller's to destroy.
 */
OG_API og_status og_limiter_band_refusal(const og_limiter *limiter, int32_t band, int64_t wait_ns,
                                         og_text **out, og_error **error);

enum {
  OG_LIMITER_ALLOWED = 0,
  OG_LIMITER_DENIED = 1,
  OG_LIMITER_CROWDED_OUT = 2,  /* of these two: decided by when_full */
  OG_LIMITER_EVICTIONS = 3,    /* idle keys whose cell went to another */
  OG_LIMITER_KEYS = 4,         /* keys that are not idle; reads the whole table */
  OG_LIMITER_MEMORY = 5,       /* bytes */
  OG_LIMITER_SPARED = 6,       /* would have been denied: let through as enforce_percent says */
  OG_LIMITER_RESERVATIONS = 7, /* that are out */
  OG_LIMITER_RESERVED = 8,     /* what they have reserved */
  OG_LIMITER_SETTLED = 9,      /* reservations, in time */
  OG_LIMITER_EXPIRED = 10,     /* taken back for their time */
  OG_LIMITER_ORPHANED = 11,    /* taken back, as their process is gone */
  OG_LIMITER_LAPSED = 12       /* settlements of what no longer stood */
};

/*
 * One number, counted since the limiter was made, in a scope over all processes.
 *
 * Returns the number.
 */
OG_API int64_t og_limiter_stat(const og_limiter *limiter, int32_t which);

#ifdef __cplusplus
}
#endif

#include <outgrow/limiter_keys.h>

#endif
