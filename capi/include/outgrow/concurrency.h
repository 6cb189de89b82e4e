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
 * At most `limit` calls are in flight at a time, over all threads, and in a host scope over all
 * processes of the machine. A permit not returned within permit_ms is taken back, so that a caller
 * that forgot it does not take room for ever; its call may still run. That is at the first whole
 * millisecond of the clock by which permit_ms are over: never early, and less than 1 ms late. What
 * a process held that is gone, by SIGKILL too, is taken back within 10 ms of being needed.
 *
 * The permit of one process is no other's: after a fork the child has nothing in flight, and its
 * parent's permits have lapsed for it. In a scope a child is attached as a process of its own. One
 * that cannot be, since all the scope's attachments are taken or its file cannot be opened, is
 * given no permits, as nobody could take them back: enter is OG_FULL or OG_IO, counted as
 * unattached, and tries to attach again every 10 ms.
 *
 * Options: og_config_describe("concurrency").
 */
typedef struct og_concurrency og_concurrency;

/* config has `limit` at least; clock may be NULL. */
OG_API og_status og_concurrency_create(const og_config *config, const og_clock *clock,
                                       og_concurrency **out, og_error **error);
/* In a scope (NULL: on the heap), where the limit is that of all processes that make it under this
 * name of at most 99 bytes. */
OG_API og_status og_concurrency_create_in(const og_scope *scope, const char *name,
                                          const og_config *config, const og_clock *clock,
                                          og_concurrency **out, og_error **error);
OG_API void og_concurrency_destroy(og_concurrency **concurrency);

/* A permit (> 0) for one call, OG_FULL when `limit` calls are in flight, or an error (OG_IO: see
 * above). Return it with exit. */
OG_API int64_t og_concurrency_enter(og_concurrency *concurrency);
OG_API int64_t og_concurrency_enter_at(og_concurrency *concurrency, int64_t now_ns);

/* The call is over, however it ended: OG_OK, or OG_LAPSED when the permit was returned before, was
 * taken back, or is another process's. */
OG_API og_status og_concurrency_exit(og_concurrency *concurrency, int64_t permit);
OG_API og_status og_concurrency_exit_at(og_concurrency *concurrency, int64_t permit,
                                        int64_t now_ns);

/* Calls in flight: counts the permits that are out, which reads all of them and, in a scope, asks
 * the kernel about the processes that hold them. Not for hot paths. */
OG_API int64_t og_concurrency_in_flight(const og_concurrency *concurrency);
OG_API int64_t og_concurrency_in_flight_at(const og_concurrency *concurrency, int64_t now_ns);

OG_API int64_t og_concurrency_limit(const og_concurrency *concurrency);

enum {
  OG_CONCURRENCY_ADMITTED = 0,
  OG_CONCURRENCY_REFUSED = 1,
  OG_CONCURRENCY_LAPSED = 2,    /* returned too late, twice, or by another process */
  OG_CONCURRENCY_EXPIRED = 3,   /* permits taken back after permit_ms */
  OG_CONCURRENCY_ORPHANED = 4,  /* permits taken back from processes that are gone */
  OG_CONCURRENCY_UNATTACHED = 5 /* refused to forked children that could not be attached */
};
/* How often since its creation, in a scope by all processes. Or OG_NULL_HANDLE, or
 * OG_INVALID_ARGUMENT. */
OG_API int64_t og_concurrency_stat(const og_concurrency *concurrency, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
