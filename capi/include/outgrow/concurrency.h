/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CONCURRENCY_H
#define OUTGROW_CONCURRENCY_H

#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A concurrency limiter (bulkhead): whether there is room for one more call in flight.
 *
 * At most `limit` calls are in flight at a time: over all threads, and in a host scope over all
 * processes of the machine.
 *
 * In a fleet's scope, `limit` is that of all machines together. A machine lets calls in on the
 * slots that it holds of the limit, for `lease_ms` at a time, and gives back what is idle. Where it
 * has none, and has not heard that the others have all, `enter` waits for the fleet's answer, up to
 * the fleet's `timeout_ms`; with the time given, or in an event loop, it does not wait.
 * docs/fleet.md has the bound, and what becomes of calls in each failure.
 *
 * Permits. A permit that is not returned within `permit_ms` is taken back, so that a caller that
 * forgot it does not take room for ever. Its call may still run. That happens at the first whole
 * millisecond of the clock by which `permit_ms` are over: never early, and less than 1 ms late.
 * What a process held that is gone, by SIGKILL too, is taken back within 10 ms of being needed.
 *
 * Fork. A permit belongs to one process. The child has nothing in flight, and its parent's permits
 * have lapsed for it. In a scope the child is attached as a process of its own. It may be that it
 * cannot be attached: all attachments of the scope are taken, or the scope's file cannot be opened.
 * Then it gets no permits, as nobody could take them back. `enter` answers OG_FULL or OG_IO, which
 * is counted as unattached, and tries to attach again every 10 ms.
 *
 * Options: og_config_describe("concurrency").
 */
typedef struct og_concurrency og_concurrency;

/* config has `limit` at least; clock may be NULL. */
OG_API og_status og_concurrency_create(const og_config *config, const og_clock *clock,
                                       og_concurrency **out, og_error **error);
/* In a scope (NULL: on the heap, where the name is for messages and may be NULL), where the limit
 * is that of all processes that make it under this name of at most 99 bytes. */
OG_API og_status og_concurrency_create_in(const og_scope *scope, const char *name,
                                          const og_config *config, const og_clock *clock,
                                          og_concurrency **out, og_error **error);
OG_API void og_concurrency_destroy(og_concurrency **concurrency);

/*
 * Takes a permit for one call. Give it back with `exit`.
 *
 * Returns a permit above 0; `OG_FULL` when `limit` calls are in flight, in a fleet when the machine
 * has no slot left.
 *
 * C: `OG_IO` and `OG_FULL` are also what a forked child gets that cannot be attached to its scope.
 */
OG_API int64_t og_concurrency_enter(og_concurrency *concurrency);
OG_API int64_t og_concurrency_enter_at(og_concurrency *concurrency, int64_t now_ns);

/*
 * Gives the permit back: the call is over, however it ended.
 *
 * Returns whether the permit still stood; `OG_LAPSED` when it was given back before, was taken
 * back, or is another process's.
 */
OG_API og_status og_concurrency_exit(og_concurrency *concurrency, int64_t permit);
OG_API og_status og_concurrency_exit_at(og_concurrency *concurrency, int64_t permit,
                                        int64_t now_ns);

/*
 * Counts the calls in flight. It reads every permit, and in a scope it asks the kernel about each
 * process that holds one: it is not for hot paths. In a fleet they are those of this machine.
 *
 * Returns how many permits are out.
 */
OG_API int64_t og_concurrency_in_flight(const og_concurrency *concurrency);
OG_API int64_t og_concurrency_in_flight_at(const og_concurrency *concurrency, int64_t now_ns);

/*
 * What to say of a call that found no room, such as "as many calls are in flight as may be in
 * 'uploads'", by the name that the limiter was made under, if it has one, and its fleet's.
 * Exceptions of a limiter say this.
 *
 * Returns the text.
 *
 * C: The text is the caller's to destroy.
 */
OG_API og_status og_concurrency_refusal(const og_concurrency *concurrency, og_text **out,
                                        og_error **error);

/*
 * The most calls that may be in flight at a time; in a fleet on all its machines together.
 *
 * Returns the option `limit`.
 */
OG_API int64_t og_concurrency_limit(const og_concurrency *concurrency);

/*
 * Changes options while the limiter is in use, for all who share it. What is given holds from their
 * next call on. What is not given stays as it is.
 *
 * No permit is taken back. Under a lower `limit` there can be more calls in flight, up to the limit
 * before, until those that were have ended. A permit keeps the time that it was given with; while
 * `permit_ms` is 0 none is taken back for its time. A limiter is made with room for 1024 calls or
 * for eight times its `limit`, whichever is more: no `limit` can become greater than that.
 *
 * In a fleet it changes the limit for all processes of this machine. While machines have different
 * ones, the greatest holds for all of them together.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names;
 * OG_TIMEOUT when another process has been changing the scope for 5 s.
 */
OG_API og_status og_concurrency_reconfigure(og_concurrency *concurrency, const og_config *config,
                                            og_error **error);

enum {
  OG_CONCURRENCY_ADMITTED = 0,
  OG_CONCURRENCY_REFUSED = 1,
  OG_CONCURRENCY_LAPSED = 2,    /* returned too late, twice, or by another process */
  OG_CONCURRENCY_EXPIRED = 3,   /* permits taken back after permit_ms */
  OG_CONCURRENCY_ORPHANED = 4,  /* permits taken back from processes that are gone */
  OG_CONCURRENCY_UNATTACHED = 5 /* refused to forked children that could not be attached */
};

/*
 * One number, counted since the limiter was made, in a scope over all processes.
 *
 * Returns the number.
 */
OG_API int64_t og_concurrency_stat(const og_concurrency *concurrency, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
