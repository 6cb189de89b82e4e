/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CLOCK_H
#define OUTGROW_CLOCK_H

#include <outgrow/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A clock: nanoseconds that never step back, from an arbitrary start.
 *
 * A noun that is given no clock goes by the system's. A noun keeps its clock alive. A forked child
 * goes on with each clock; of a manual one it has a copy.
 *
 * C: Every create that takes a clock takes NULL for the system's.
 */
typedef struct og_clock og_clock;

/* The cheapest exact clock of the machine, the default: the time stamp counter where it is
 * invariant, held to CLOCK_MONOTONIC; else that clock itself. */
OG_API og_status og_clock_create_system(og_clock **out, og_error **error);
/* The kernel's CLOCK_MONOTONIC, read each time. */
OG_API og_status og_clock_create_monotonic(og_clock **out, og_error **error);
/* The kernel tick's time: the cheapest, 1 to 10 ms coarse. */
OG_API og_status og_clock_create_coarse(og_clock **out, og_error **error);
/* The time of day: ns of Unix time, in whole milliseconds, so that windows begin at full minutes,
 * hours and days. Where the machine's time is set back, it stands still until that has caught up.
 */
OG_API og_status og_clock_create_wall(og_clock **out, og_error **error);
/* A clock that stands at `start_ns`, at least 0, until it is moved: for tests and replay. */
OG_API og_status og_clock_create_manual(int64_t start_ns, og_clock **out, og_error **error);
OG_API void og_clock_destroy(og_clock **clock);

/*
 * The time on this clock.
 *
 * Returns ns since an arbitrary start.
 */
OG_API int64_t og_clock_now(const og_clock *clock);

/*
 * Moves a manual clock to a time. A time before its present one is an error and moves nothing.
 *
 * C: `OG_INVALID_ARGUMENT` for a clock that is not manual, too.
 */
OG_API og_status og_clock_set(og_clock *clock, int64_t now_ns);

/*
 * Moves a manual clock forward. A negative step is an error and moves nothing.
 *
 * C: `OG_INVALID_ARGUMENT` for a clock that is not manual, too.
 */
OG_API og_status og_clock_advance(og_clock *clock, int64_t by_ns);

#ifdef __cplusplus
}
#endif

#endif
