/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CACHED_STORE_H
#define OUTGROW_CACHED_STORE_H

#include <outgrow/cache.h>
#include <outgrow/clock.h>
#include <outgrow/config.h>
#include <outgrow/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A cached store: a cache and a store as one. The option `mode` says what a write does.
 *
 *   aside    It goes to the store. The cache forgets the key, and the next get loads it.
 *   through  It goes to the store, then to the cache.
 *   behind   It goes to the cache and a buffer, and is acknowledged. It goes to the store later,
 *            with many others.
 *
 * Reading is the same in all modes: from the cache; else one caller loads the key from the store
 * while the others wait for it or take the stale value, as cache.h says. When a load fails, all
 * that wait for it get its error, and the next get loads again. Absences are cached too.
 *
 * Writing. A write withdraws the key's lease, so that a load which began before it cannot put the
 * old value back. A write that failed may have been applied: the cache forgets the key. All this
 * holds for writes that come this way. What others do to the store is seen when the cache's time to
 * live is over.
 *
 * Write-behind. A newer write of a key replaces the one in the buffer. The store sees a key's
 * writes in their order, one at a time, whatever fails and is tried again. Gets see what is
 * buffered, also when the cache has evicted it. A write that fails is tried again after a random
 * time of up to retry_base_ms, which doubles each time. After retry_attempts it becomes a dead
 * letter: kept and counted, to be inspected and redriven. Gets then see what the store has, and a
 * newer write of the key takes the letter's place.
 *
 * What a crash loses. Buffered writes are lost when the process dies. While the store keeps up
 * these are the writes of about flush_interval_ms. When writers are faster than the store they are
 * up to buffer_entries or buffer_bytes, however old (OG_CACHED_STORE_OLDEST_AGE). With max_age_ms
 * no write is acknowledged while an older one has waited that long: then what is lost was written
 * within max_age_ms, however slow the store.
 *
 * Threads. A thread of the library's writes the buffer out, from the first write on. There is none
 * with `thread` none, with a manual clock, or over a store of the program's own, whose functions
 * are called on the program's threads alone. Then the program calls og_cached_store_pump from time
 * to time, or takes batches and writes them in its own way.
 *
 * A store of the program's own may call the cached store that called it, for other keys: see
 * og_store_functions. There it waits for nothing that it would keep from ending itself: not for
 * room in the buffer (OG_FULL at once), not for a flush, and at most a second for another key's
 * write (then OG_TIMEOUT).
 *
 * Fork. The parent's writes stay the parent's: the child's buffer and dead letters are empty, and a
 * thread of its own starts with its first write. Its cache is a copy of the parent's.
 *
 * Options: og_config_describe("cached_store"). Safe from every thread.
 */
typedef struct og_cached_store og_cached_store;

/* config may be NULL; clock NULL is the cache's. A cache belongs to one cached store: in a shared
 * one each would take the other's keys for its own. */
OG_API og_status og_cached_store_create(const og_config *config, const og_cache *cache,
                                        const og_store *store, const og_clock *clock,
                                        og_cached_store **out, og_error **error);
/* Closes it first, for up to drain_ms; one that a registry of metrics or a batch still has, when
 * the last of them lets it go. A write of the thread's that hangs in the store is waited for, but
 * no longer for a file that another process has locked. */
OG_API void og_cached_store_destroy(og_cached_store **store);

/* ---- reading and writing ---- */

enum {
  OG_SOURCE_CACHE = 0,
  OG_SOURCE_STALE = 1,  /* past its time to live, while another caller loads it */
  OG_SOURCE_BUFFER = 2, /* written, not yet in the store, and evicted from the cache */
  OG_SOURCE_STORE = 3
};

/*
 * Reads a key: from the cache, else from the store.
 *
 * Returns the value, and in `source` where it came from; `OG_ABSENT` when the key does not exist.
 *
 * C: The value's size in bytes, or `OG_ABSENT`, or an error of the store. `*out` is the caller's to
 * destroy, and NULL unless a value was found. `source` may be NULL.
 */
OG_API int64_t og_cached_store_get(og_cached_store *store, const void *key, int64_t key_len,
                                   og_value **out, int32_t *source, og_error **error);
OG_API int64_t og_cached_store_get_at(og_cached_store *store, const void *key, int64_t key_len,
                                      int64_t now_ns, og_value **out, int32_t *source,
                                      og_error **error);

/*
 * Reads many keys, as `get` does, at one reading of the clock. Those that miss are loaded one after
 * the other.
 *
 * Returns how many were found.
 *
 * C: An error finds none. Each `out[i]` is a value of the caller's, or NULL. `outcomes[i]` is what
 * `og_cached_store_get` returns; `outcomes` may be NULL.
 */
OG_API int64_t og_cached_store_get_many(og_cached_store *store, const void *const *keys,
                                        const int64_t *key_lens, int64_t count, og_value **out,
                                        int64_t *outcomes);
OG_API int64_t og_cached_store_get_many_at(og_cached_store *store, const void *const *keys,
                                           const int64_t *key_lens, int64_t count, int64_t now_ns,
                                           og_value **out, int64_t *outcomes);

/*
 * Writes a value, as the option `mode` says. Keys and values are up to 2 GiB each.
 *
 * Returns `OG_OK`. With write-behind also `OG_FULL`, with nothing changed, when the buffer has no
 * room or its oldest write is older than `max_age_ms` (option `full`). An error of the store, or
 * that it is closed, is an error.
 *
 * C: The bytes are copied. `OG_CLOSED` after `og_cached_store_close`.
 */
OG_API og_status og_cached_store_set(og_cached_store *store, const void *key, int64_t key_len,
                                     const void *value, int64_t value_len, og_error **error);
OG_API og_status og_cached_store_set_at(og_cached_store *store, const void *key, int64_t key_len,
                                        const void *value, int64_t value_len, int64_t now_ns,
                                        og_error **error);

/*
 * Deletes a key, as the option `mode` says. Deleting what does not exist succeeds.
 *
 * Returns what `set` returns.
 */
OG_API og_status og_cached_store_delete(og_cached_store *store, const void *key, int64_t key_len,
                                        og_error **error);
OG_API og_status og_cached_store_delete_at(og_cached_store *store, const void *key, int64_t key_len,
                                           int64_t now_ns, og_error **error);

/*
 * Changes options while it is in use: `wait_ms`, and of write-behind `batch_size`,
 * `flush_interval_ms`, `max_age_ms`, `full_wait_ms`, `drain_ms` and the retries'. What is not given
 * stays as it is, and the other options cannot change.
 *
 * Nothing that is buffered is lost. A write that waits in the buffer keeps the time by which it is
 * to be written, or goes with a batch that is due earlier; a retry keeps its delay.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names.
 */
OG_API og_status og_cached_store_reconfigure(og_cached_store *store, const og_config *config,
                                             og_error **error);

/* ---- write-behind: writing the buffer out ---- */

/*
 * Writes what is due, on the calling thread. What fails is tried again when it is due.
 *
 * Returns how many writes reached the store.
 */
OG_API int64_t og_cached_store_pump(og_cached_store *store);
OG_API int64_t og_cached_store_pump_at(og_cached_store *store, int64_t now_ns);

/*
 * In how long there will be something to pump.
 *
 * Returns a wait in ns: 0 is now; `OG_NONE` when nothing is buffered.
 */
OG_API int64_t og_cached_store_due_in(const og_cached_store *store);
OG_API int64_t og_cached_store_due_in_at(const og_cached_store *store, int64_t now_ns);

/*
 * Hands out what is due, for the program to write in its own way. Until the batch is done its keys
 * are in no other; several may be out at a time. End it with `batch_done`. A batch that is
 * destroyed undone counts as failed.
 *
 * Returns how many writes there are, 0 when none is due.
 *
 * C: `*out` is NULL when none is due. Read it with `og_batch_at`.
 */
OG_API int64_t og_cached_store_take_batch(og_cached_store *store, og_batch **out, og_error **error);
OG_API int64_t og_cached_store_take_batch_at(og_cached_store *store, int64_t now_ns, og_batch **out,
                                             og_error **error);

/*
 * Reports how a batch ended. After an error each of its writes is tried again by itself.
 *
 * C: `OG_OK` when all of it was stored, else the error. Destroys the batch. `OG_INVALID_ARGUMENT`,
 * and the batch stays, when it was not taken from here.
 */
OG_API og_status og_cached_store_batch_done(og_cached_store *store, og_batch **batch,
                                            og_status result);
OG_API og_status og_cached_store_batch_done_at(og_cached_store *store, og_batch **batch,
                                               og_status result, int64_t now_ns);

/*
 * Waits until every write made before is in the store or a dead letter, for up to `timeout_ns`; 0
 * does not wait. Where no thread of the library's writes, the caller writes; with a manual clock
 * each write is tried once, whatever the timeout.
 *
 * Returns how many of those writes are not yet in the store.
 */
OG_API int64_t og_cached_store_flush(og_cached_store *store, int64_t timeout_ns);

/*
 * Begins a flush that is waited for in parts, for a caller that looks after something else in
 * between, such as signals. It makes everything due that is buffered now. With `closing`, writes
 * are refused from now on, and `close` is to follow.
 *
 * Returns the flush's number, at least 0, for `await_flush`.
 *
 * C: `closing` is 0 or 1.
 */
OG_API int64_t og_cached_store_begin_flush(og_cached_store *store, int32_t closing);

/*
 * Waits for a flush that `begin_flush` began, for up to `timeout_ns`. The wait may be repeated: it
 * waits for no write that came later, and hurries no retry again. One that is back before its time
 * has tried what it can (a manual clock).
 *
 * Returns what `flush` returns.
 */
OG_API int64_t og_cached_store_await_flush(og_cached_store *store, int64_t flush,
                                           int64_t timeout_ns);
/* Refuses writes from now on and flushes, OG_CACHED_STORE_DRAIN: for drain_ms. How many writes did
 * not reach the store since writes were refused: they are dead letters now, however many, or in a
 * batch that is not done. Dead letters of before are not among them. Gets go on. Destroying closes
 * and says nothing, and all dead letters go with it: whoever must know what was lost closes first,
 * and looks at those. */
#define OG_CACHED_STORE_DRAIN INT64_C(-1)

/*
 * Refuses writes from now on and flushes, for up to `timeout_ns`. Gets go on. Destroying closes
 * too, but says nothing, and all dead letters go with it: a caller that must know what was lost
 * closes first and looks at those.
 *
 * Returns how many writes did not reach the store since writes were refused. They are dead letters
 * now, or in a batch that is not done. Dead letters of before are not among them.
 *
 * C: `OG_CACHED_STORE_DRAIN` stands for `drain_ms`.
 */
OG_API int64_t og_cached_store_close(og_cached_store *store, int64_t timeout_ns);

/* ---- write-behind: dead letters ---- */

/* A copy of the list, the oldest first. */
typedef struct og_dead_letters og_dead_letters;

/*
 * The writes that were given up after `retry_attempts`, the oldest first: a copy of the list.
 *
 * Returns the list.
 */
OG_API og_status og_cached_store_dead_letters(const og_cached_store *store, og_dead_letters **out,
                                              og_error **error);
OG_API void og_dead_letters_destroy(og_dead_letters **letters);

/*
 * How many letters the list has.
 *
 * Returns a count.
 */
OG_API int64_t og_dead_letters_count(const og_dead_letters *letters);

/*
 * One letter of the list: its key, and its value unless it is a deletion.
 *
 * C: `OG_OK` for a set, `OG_ABSENT` for a delete, `OG_INVALID_ARGUMENT` where there is none. What
 * is pointed at lives as long as the list. Each out pointer may be NULL.
 */
OG_API og_status og_dead_letters_at(const og_dead_letters *letters, int64_t index, const void **key,
                                    int64_t *key_len, const void **value, int64_t *value_len);

/*
 * Why a letter was given up: how often it was tried, and the last error.
 *
 * C: The last error's status; its text in `*message`. Each out pointer may be NULL.
 */
OG_API og_status og_dead_letters_reason(const og_dead_letters *letters, int64_t index,
                                        int64_t *attempts, const char **message);

/*
 * Puts a dead letter back into the buffer as if it were written now.
 *
 * Returns `OG_OK` when it is in the buffer; `OG_MISS` when the key has none; `OG_FULL` when the
 * buffer has no room.
 *
 * C: `OG_CLOSED` after `og_cached_store_close`.
 */
OG_API og_status og_cached_store_redrive(og_cached_store *store, const void *key, int64_t key_len);

/*
 * Puts all dead letters back into the buffer, the oldest first, as long as there is room.
 *
 * Returns how many.
 */
OG_API int64_t og_cached_store_redrive_all(og_cached_store *store);

/*
 * Forgets a dead letter.
 *
 * Returns `OG_OK`; `OG_MISS` when the key has none.
 */
OG_API og_status og_cached_store_discard(og_cached_store *store, const void *key, int64_t key_len);

/* ---- numbers ---- */

enum {
  OG_CACHED_STORE_PENDING =
      0,                     /* keys whose newest value the store lacks, with those being written */
  OG_CACHED_STORE_BYTES = 1, /* charged to the buffer: keys twice, values and 496 bytes an entry */
  OG_CACHED_STORE_WRITING = 2, /* in batches that are not done */
  OG_CACHED_STORE_DEAD_LETTERS = 3,
  OG_CACHED_STORE_OLDEST_AGE =
      4, /* ns since the oldest buffered write was accepted; 0 without one */
  OG_CACHED_STORE_DRAIN_TIME = 5, /* the option drain_ms, in ns; 0 but for write-behind */
  /* since the creation: */
  OG_CACHED_STORE_LOADS = 10, /* reads of the store */
  OG_CACHED_STORE_LOAD_FAILURES = 11,
  OG_CACHED_STORE_WAITS = 12,       /* gets that waited for another's load */
  OG_CACHED_STORE_STALE = 13,       /* gets that took a stale value */
  OG_CACHED_STORE_BUFFER_HITS = 14, /* gets answered from the buffer */
  OG_CACHED_STORE_WRITES = 20,      /* accepted */
  OG_CACHED_STORE_WRITE_FAILURES = 21,
  OG_CACHED_STORE_REFUSED = 22,         /* OG_FULL */
  OG_CACHED_STORE_WRITTEN_THROUGH = 23, /* by their callers, for want of room */
  OG_CACHED_STORE_COALESCED = 30,       /* overtaken in the buffer by a newer write */
  OG_CACHED_STORE_BATCHES = 31,
  OG_CACHED_STORE_STORED = 32, /* buffered writes that reached the store */
  OG_CACHED_STORE_FAILED_ATTEMPTS = 33,
  OG_CACHED_STORE_BURIED = 34 /* became dead letters */
};

/*
 * One number of the cached store.
 *
 * Returns the number.
 */
OG_API int64_t og_cached_store_stat(const og_cached_store *store, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
