/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_STORE_H
#define OUTGROW_STORE_H

#include <outgrow/cache.h>
#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A store: a system of record, bytes by key, kept elsewhere than in the cache. There are three
 * kinds.
 *
 *   memory  Hash maps in this process. After a fork the child has a copy of its own.
 *   sqlite  A table in an SQLite file in WAL mode: one connection writes, several read, and a batch
 *           is one transaction. It may be used on both sides of a fork. Builds without SQLite
 *           answer OG_UNSUPPORTED.
 *   custom  The program's own, as a table of functions: og_store_create_custom.
 *
 * Errors name the file and what SQLite said. OG_TIMEOUT is a file that another process keeps locked
 * for longer than busy_timeout_ms.
 *
 * Options: og_config_describe("store"). Safe from every thread.
 */
typedef struct og_store og_store;

/* ---- batches: writes that go together, in order ---- */

typedef struct og_batch og_batch;

OG_API og_status og_batch_create(og_batch **out, og_error **error);
/* A batch taken from a cached store and not completed counts as failed. */
OG_API void og_batch_destroy(og_batch **batch);

/*
 * Adds a write to a batch. One thread at a time uses a batch.
 *
 * C: The bytes are copied. For batches of the caller's own making.
 */
OG_API og_status og_batch_set(og_batch *batch, const void *key, int64_t key_len, const void *value,
                              int64_t value_len);

/*
 * Adds a deletion to a batch.
 *
 * C: The bytes are copied. For batches of the caller's own making.
 */
OG_API og_status og_batch_delete(og_batch *batch, const void *key, int64_t key_len);

/*
 * How many writes the batch holds.
 *
 * Returns a count.
 */
OG_API int64_t og_batch_size(const og_batch *batch);

/*
 * One write of the batch: its key, and its value unless it is a deletion.
 *
 * C: `OG_OK` for a set, `OG_ABSENT` for a delete, `OG_INVALID_ARGUMENT` where there is none. What
 * is pointed at stays the batch's. Each out pointer may be NULL.
 */
OG_API og_status og_batch_at(const og_batch *batch, int64_t index, const void **key,
                             int64_t *key_len, const void **value, int64_t *value_len);

/* ---- stores ---- */

/* config and clock may be NULL; the clock times the operations for the metrics. */
OG_API og_status og_store_create(const og_config *config, const og_clock *clock, og_store **out,
                                 og_error **error);
OG_API void og_store_destroy(og_store **store);

/*
 * Reads a key.
 *
 * Returns the value; `OG_ABSENT` when the key does not exist.
 *
 * C: The value's size in bytes, or `OG_ABSENT`, or an error. `*out` is the caller's to destroy, and
 * NULL unless a value was found.
 */
OG_API int64_t og_store_get(og_store *store, const void *key, int64_t key_len, og_value **out,
                            og_error **error);

/*
 * Writes a value.
 *
 * C: The bytes are copied.
 */
OG_API og_status og_store_set(og_store *store, const void *key, int64_t key_len, const void *value,
                              int64_t value_len, og_error **error);

/* Deletes a key. Deleting what does not exist succeeds. */
OG_API og_status og_store_delete(og_store *store, const void *key, int64_t key_len,
                                 og_error **error);

/* Applies a batch in its order. In SQLite and in memory other readers see all of it or nothing. */
OG_API og_status og_store_batch_write(og_store *store, const og_batch *batch, og_error **error);

/* ---- the program's own store ---- */

/* Where a function of the program's puts its answer; good until that function returns. */
typedef struct og_store_reply og_store_reply;

/*
 * Answers with the value that was found.
 *
 * C: The bytes are copied.
 */
OG_API og_status og_store_reply_value(og_store_reply *reply, const void *value, int64_t value_len);

/*
 * Says why the function failed, in one line.
 *
 * C: The text is copied.
 */
OG_API og_status og_store_reply_error(og_store_reply *reply, const char *message);
/* The function that was given this reply will never return: its goroutine ends, or it is left by
 * longjmp. Called on its thread, and by itself. What the call to the library holds (a key's lock, a
 * lease, a batch) is given back as if the function had failed; that call must not be gone on with.
 */
OG_API og_status og_store_reply_abandon(og_store_reply *reply);

/*
 * What a store does, by the program. Called only on a program's thread that is itself inside a call
 * to the library, possibly on several at a time, and never from a thread of the library's. Each
 * returns OG_OK, or a negative og_status (OG_STORE, OG_TIMEOUT, ...) after og_store_reply_error;
 * other numbers count as OG_STORE. They must not throw. They may call the cached store that called
 * them for other keys; to read a key that is being read, or to write one that is being written, is
 * OG_INVALID_ARGUMENT at once, on the thread that was called.
 */
typedef struct og_store_functions {
  int64_t size;  /* sizeof(og_store_functions): members beyond it are taken as NULL */
  void *context; /* handed to each function */
  /* og_store_reply_value and OG_OK, or OG_ABSENT when the key does not exist. Required. */
  og_status (*get)(void *context, const void *key, int64_t key_len, og_store_reply *reply);
  /* Required. */
  og_status (*set)(void *context, const void *key, int64_t key_len, const void *value,
                   int64_t value_len, og_store_reply *reply);
  /* Required; deleting what does not exist is OG_OK. */
  og_status (*remove)(void *context, const void *key, int64_t key_len, og_store_reply *reply);
  /* Applies the batch in its order; the batch is borrowed. NULL: set and remove, one by one. */
  og_status (*batch_write)(void *context, const og_batch *batch, og_store_reply *reply);
  /* Called once, when the last handle that uses the store is destroyed. May be NULL. */
  void (*release)(void *context);
} og_store_functions;

/* The table is copied. When this fails, release is not called. clock may be NULL. */
OG_API og_status og_store_create_custom(const og_store_functions *functions, const og_clock *clock,
                                        og_store **out, og_error **error);

#ifdef __cplusplus
}
#endif

#endif
