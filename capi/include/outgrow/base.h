/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outgrow's C interface: what all nouns share.
 *
 *  1. A noun is an opaque handle. og_<noun>_create(config, ..., &handle, &error) makes one;
 *     og_<noun>_destroy(&handle) gives it up, takes NULL and sets the caller's pointer to NULL.
 *  2. A handle returned through an out parameter belongs to the caller; a returned const pointer is
 *     borrowed, and its function says until when. Nouns keep what they were made from alive:
 *     handles may be destroyed in any order.
 *  3. Functions that can fail return an og_status. The optional last argument, og_error **,
 *     receives a code, a one-line message and the option at fault; pass NULL if you do not care.
 *     There is no thread-local last error.
 *  4. Denied, open, miss and full are outcomes, not errors. A hot call returns one scalar: what it
 *     decided, or a negative og_status; outcomes.h has words for it (og_allowed, og_failed). Hot
 *     calls allocate nothing and hold no lock. `_many` forms take arrays; `_at` forms take the time
 *     as `now_ns`, after what goes in and before what comes out.
 *  5. Keys and values are pointer + length, any bytes; lengths are int64_t. A NULL pointer goes
 *     with length 0 alone. Names and option texts are NUL-terminated UTF-8.
 *  6. Durations and times are int64_t nanoseconds. Times are those of the noun's clock, which may
 *     stand anywhere from 0 to INT64_MAX. A `now_ns` that is negative is OG_INVALID_ARGUMENT.
 *     Options take numbers, durations ("1.5s"; a bare number is ms), sizes ("64MiB") and rates
 *     ("5/250ms") as text in one grammar, which docs/options.md gives. What it does not read to the
 *     end is OG_BAD_VALUE.
 *  7. Every handle may be used from every thread unless its comment says otherwise; destroying one
 *     while another thread uses it is an error of the program. Creating starts no thread.
 *  8. The library never calls into the program from a thread of its own.
 *  9. A NULL handle is OG_NULL_HANDLE, never a crash. Nothing throws across this interface.
 * 10. The documentation of every language is made from the functions' comments: what follows "C:"
 *     in them holds for C alone.
 */
#ifndef OUTGROW_BASE_H
#define OUTGROW_BASE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(OUTGROW_STATIC)
#define OG_API
#else
#define OG_API __attribute__((visibility("default")))
#endif

#define OG_VERSION_MAJOR 0
#define OG_VERSION_MINOR 1
#define OG_VERSION_PATCH 0
#define OG_VERSION "0.1.0"

/* Pinned numbers with gaps. Negative above -100: outcomes. -100 and below: errors. */
typedef int32_t og_status;
enum {
  OG_OK = 0,
  OG_REFUSED = -1, /* the breaker is open, or out of half-open permits */
  OG_NONE = -2,    /* nothing to choose: no healthy endpoint, no replica, no count known */
  OG_DENIED = -3,  /* over the rate limit */
  OG_MISS = -10,   /* not in the cache */
  OG_ABSENT = -11, /* known not to exist */
  OG_WAIT = -12,   /* another caller is loading it */
  OG_LAPSED = -13, /* the lease, permit or ticket no longer stands */
  OG_STALE = -14,  /* past its time to live; another caller is loading it */
  OG_FULL = -20, /* a bounded buffer or table has no room; as many calls are in flight as may be */
  OG_INVALID_ARGUMENT = -100, /* a NULL, negative or absurd argument */
  OG_NULL_HANDLE = -101,      /* the handle is NULL: never made, or destroyed */
  OG_CLOSED = -102,           /* closed: takes no more writes */
  OG_UNKNOWN_OPTION = -110,
  OG_BAD_VALUE = -111, /* an option's value does not parse or is out of its range */
  OG_NO_MEMORY = -120,
  OG_IO = -130,
  OG_STORE = -131, /* a system of record answered with an error */
  OG_TIMEOUT = -140,
  OG_INTERRUPTED = -141, /* a wait was ended by og_wait_check's check */
  OG_UNSUPPORTED = -150, /* not in this build */
  OG_INTERNAL = -190
};

#define OG_NEVER INT64_MAX /* a duration without an end */

/* The library's version, "major.minor.patch". Static. */
OG_API const char *og_version(void);

/* The status as a word, such as "bad value". Static, never NULL. */
OG_API const char *og_status_text(og_status status);

/* ---- errors ---- */

typedef struct og_error og_error;

/* Each takes NULL. Texts live as long as the error. */
OG_API og_status og_error_code(const og_error *error);
OG_API const char *og_error_message(const og_error *error);
OG_API const char *og_error_option(const og_error *error); /* "" when no option is at fault */
OG_API void og_error_destroy(og_error **error);

/* ---- waits ---- */

/* Other than 0: the wait is to end. Once it has answered so it does until the call has returned. */
typedef int32_t (*og_check)(void *context);

/*
 * Has `check` asked about every 20 ms while a call of the calling thread waits: for a store's
 * locked file, another's load or write, room in a buffer, a flush, a segment's directory. A call
 * that it ends changes nothing and is OG_INTERRUPTED; one that answers with a count (flush, pump,
 * close) gives what it had done by then, and one that destroys loses what it had not. So signals,
 * interrupts and cancelled contexts end waits in time. What a store's own functions wait for is
 * theirs.
 *
 * It holds for the thread until another is set; NULL asks nobody, as from the start. The check is
 * called on the waiting thread, with none of the library's locks held: it may call the library, and
 * take what locks it likes.
 */
OG_API void og_wait_check(og_check check, void *context);

/* Called before a wait on the waiting thread; NULL: the thread is not to wait. */
typedef void *(*og_wait_begin)(void);
/* Called behind it, with what that gave. */
typedef void (*og_wait_end)(void *begun);

/*
 * Has both called around each wait of a call that does not wait otherwise: a limiter's, in a fleet,
 * of a key of which the machine knows nothing. So a language gives up its lock meanwhile, and keeps
 * a thread that must not wait from it. For all threads of the process, until others are set; NULLs
 * call nobody. Set once, before such calls are made.
 */
OG_API void og_wait_around(og_wait_begin begin, og_wait_end end);

/* ---- texts that the library makes ---- */

typedef struct og_text og_text;

/* NUL-terminated; the size does not count the NUL. Borrowed until the text is destroyed. */
OG_API const char *og_text_data(const og_text *text);
OG_API int64_t og_text_size(const og_text *text);
OG_API void og_text_destroy(og_text **text);

#ifdef __cplusplus
}
#endif

#endif
