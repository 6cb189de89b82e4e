/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_GATHER_H
#define OUTGROW_GATHER_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Scatter-gather: one query to several shards, their rows merged, and the shards that failed named.
 *
 * The program runs the query at each shard with its own driver, in whatever threads. It hands in
 * what comes back: og_query_row for each row, then og_query_done or og_query_fail. The library
 * knows when the policy is decided, and merges the rows of the shards that are done.
 *
 *   policy    all, quorum (more than half), any (one) or at_least (min_shards) of the shards asked.
 *   deadline  A shard that is not in within deadline_ms of the start has failed.
 *   order     Shard after shard, or by the rows' keys, ascending or descending; at most `limit`
 *             rows.
 *   memory    A shard whose row would exceed max_bytes has failed.
 *
 * Nothing is lost in silence. A shard whose rows are not in the answer is among og_query_failures
 * with its reason, and what came from it before does not count. Rows that were refused are counted.
 *
 * Fork. The child has a copy of each query with the rows so far. Its shards answer the parent: let
 * the parent finish, and destroy the query in the child.
 *
 * A gather is made once and started for every query. Options: og_config_describe("gather").
 */
typedef struct og_gather og_gather;

/* config and clock may be NULL. */
OG_API og_status og_gather_create(const og_config *config, const og_clock *clock, og_gather **out,
                                  og_error **error);
OG_API void og_gather_destroy(og_gather **gather);

/* One query, out at its shards. It keeps its gather alive; its functions are safe from every
 * thread. */
typedef struct og_query og_query;

/*
 * Starts a query to the shards, numbers from 0 and none twice. Its deadline runs from now.
 *
 * Returns the query.
 *
 * C: `shards` is NULL for 0 to `count` - 1.
 */
OG_API og_status og_gather_start(og_gather *gather, const int32_t *shards, int64_t count,
                                 og_query **out, og_error **error);
OG_API og_status og_gather_start_at(og_gather *gather, const int32_t *shards, int64_t count,
                                    int64_t now_ns, og_query **out, og_error **error);
/* Rows, keys and messages that it handed out go with it. */
OG_API void og_query_destroy(og_query **query);

/*
 * Hands in a row of a shard, with the key that it is ordered by. The key is read when `order` is by
 * key. A shard that sorts its own rows saves a sort here.
 *
 * Returns `OG_OK` when it is held; `OG_LAPSED` when the shard is done or has failed, the deadline
 * is past or the rows are being read: the row is refused and counted; `OG_FULL` when it would
 * exceed `max_bytes`: it is refused and the shard has failed.
 *
 * C: The bytes are copied. A NULL key with length 0 is none. `OG_NO_MEMORY` refuses as `OG_FULL`
 * does. `OG_INVALID_ARGUMENT` for a shard that was not asked.
 */
OG_API og_status og_query_row(og_query *query, int32_t shard, const void *key, int64_t key_len,
                              const void *row, int64_t row_len);
OG_API og_status og_query_row_at(og_query *query, int32_t shard, const void *key, int64_t key_len,
                                 const void *row, int64_t row_len, int64_t now_ns);

/*
 * Hands in many rows of one shard, as `row` does. The first that is refused ends it.
 *
 * Returns what `row` returns.
 *
 * C: `keys` and `key_lens` may both be NULL.
 */
OG_API og_status og_query_row_many(og_query *query, int32_t shard, const void *const *keys,
                                   const int64_t *key_lens, const void *const *rows,
                                   const int64_t *row_lens, int64_t count);
OG_API og_status og_query_row_many_at(og_query *query, int32_t shard, const void *const *keys,
                                      const int64_t *key_lens, const void *const *rows,
                                      const int64_t *row_lens, int64_t count, int64_t now_ns);

/*
 * Says that all rows of a shard are in.
 *
 * Returns whether the shard was still out; `OG_LAPSED` when it had ended already, by the deadline
 * too.
 *
 * C: `OG_INVALID_ARGUMENT` for a shard that was not asked.
 */
OG_API og_status og_query_done(og_query *query, int32_t shard);
OG_API og_status og_query_done_at(og_query *query, int32_t shard, int64_t now_ns);

/*
 * Says that a shard failed, and why. To try the shard elsewhere, do so before calling it failed.
 *
 * Returns what `done` returns.
 *
 * C: `reason` is a negative og_status, such as `OG_STORE`. `message` is copied, and may be NULL.
 */
OG_API og_status og_query_fail(og_query *query, int32_t shard, og_status reason,
                               const char *message);
OG_API og_status og_query_fail_at(og_query *query, int32_t shard, og_status reason,
                                  const char *message, int64_t now_ns);

enum {
  OG_QUERY_PENDING = 0,  /* the policy is not yet met, and still can be */
  OG_QUERY_PARTIAL = 1,  /* met, without all shards: the rows may be read, or more waited for */
  OG_QUERY_COMPLETE = 2, /* every shard is in */
  OG_QUERY_FAILED = 3    /* the policy can no longer be met */
};

/*
 * How far the query is, and in `waiting` how many shards are out.
 *
 * Returns one of `OG_QUERY_PENDING` to `OG_QUERY_FAILED`.
 *
 * C: `waiting` may be NULL.
 */
OG_API int32_t og_query_state(og_query *query, int64_t *waiting);
OG_API int32_t og_query_state_at(og_query *query, int64_t now_ns, int64_t *waiting);

/*
 * How long until the deadline.
 *
 * Returns a wait in ns: 0 when the deadline is past, `OG_NEVER` when there is none.
 */
OG_API int64_t og_query_time_left(const og_query *query);
OG_API int64_t og_query_time_left_at(const og_query *query, int64_t now_ns);

/*
 * The next merged row. The first call on a partial query ends it: shards still out have failed with
 * `OG_LAPSED`. Rows of equal keys come in the order of the shards, then of their arrival.
 *
 * Returns `OG_OK`; `OG_NONE` after the last row; `OG_WAIT` while the query is pending; `OG_REFUSED`
 * when it has failed.
 *
 * C: Out pointers may be NULL. What they are given is borrowed until the query is destroyed.
 */
OG_API og_status og_query_next(og_query *query, int32_t *shard, const void **key, int64_t *key_len,
                               const void **row, int64_t *row_len);
OG_API og_status og_query_next_at(og_query *query, int64_t now_ns, int32_t *shard, const void **key,
                                  int64_t *key_len, const void **row, int64_t *row_len);

/*
 * How many shards have failed so far.
 *
 * Returns a count.
 */
OG_API int64_t og_query_failures(const og_query *query);

/*
 * One failure, in the order in which they happened: the shard, why, a message, and how many of its
 * rows were dropped. Why is `OG_TIMEOUT` by the deadline, `OG_FULL`, `OG_NO_MEMORY`, `OG_LAPSED`
 * when the rows were read without the shard, or what `fail` said.
 *
 * C: `*message` is borrowed until the query is destroyed. Out pointers may be NULL.
 * `OG_INVALID_ARGUMENT` where there is none.
 */
OG_API og_status og_query_failure(const og_query *query, int64_t index, int32_t *shard,
                                  og_status *reason, const char **message, int64_t *dropped_rows);

/*
 * How many rows were refused: too late, or beyond `max_bytes`.
 *
 * Returns a count.
 */
OG_API int64_t og_query_refused(const og_query *query);

#ifdef __cplusplus
}
#endif

#endif
