/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SHARDS_H
#define OUTGROW_SHARDS_H

#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Which shard holds a key, and what moves when the map changes. The program keeps the shards,
 * numbered from 0, and runs the call on the one that it is told. Two strategies:
 *
 *   hash   jump consistent hash (Lamping, Veach 2014) of the key's XXH3_64 (seed 0). From n to m >
 * n shards, (m - n) / m of the keys move, and only onto the new ones. Shards come and go at the end
 * of the numbers. range  split keys cut all keys into ranges, each held by a shard; keys are
 * compared as bytes. For scans in key order, and for moving as little or as much as one likes.
 *
 * The answer depends on the key's bytes and the map alone: it is the same in every process,
 * language and release. Every key has a shard, the empty one and the integer 0 included.
 *
 * To change a map that is in use: og_shards_copy it; resize, split or merge the copy; copy the data
 * that og_shards_moves or og_shards_move names; og_shards_assign the copy to the map in use.
 * Lookups take no lock; one that began before a change may still answer by the map before.
 *
 * A forked child has a copy of the map.
 *
 * Options: og_config_describe("shards").
 */
typedef struct og_shards og_shards;

/*
 * config may be NULL. By hash, splits is NULL and split_count 0. By range, the splits ascend, none
 * empty; shard i then holds the keys from split i - 1 on, up to but without split i: shard 0 all
 * keys below the first. The error names a split that is out of order or stands twice. All are
 * copied.
 */
OG_API og_status og_shards_create(const og_config *config, const void *const *splits,
                                  const int64_t *split_lens, int64_t split_count, og_shards **out,
                                  og_error **error);
/* The same map, to be changed on its own; its metrics start at 0. */
OG_API og_status og_shards_copy(const og_shards *shards, og_shards **out, og_error **error);
OG_API void og_shards_destroy(og_shards **shards);

/* Hot. The shard that holds the key (>= 0), or a negative og_status. */
OG_API int32_t og_shards_of(const og_shards *shards, const void *key, int64_t key_len);
/* Of an integer key: the shard of its og_shards_int64_key. */
OG_API int32_t og_shards_of_int64(const og_shards *shards, int64_t key);
/* count keys at once, into out[count], all by the same map. OG_OK, or OG_INVALID_ARGUMENT and then
 * nothing is written. */
OG_API og_status og_shards_of_many(const og_shards *shards, const void *const *keys,
                                   const int64_t *key_lens, int64_t count, int32_t *out);
OG_API og_status og_shards_of_int64_many(const og_shards *shards, const int64_t *keys,
                                         int64_t count, int32_t *out);

/* The 8 bytes that stand for an integer key, into out: big-endian, the sign bit flipped, so that
 * numeric order is the order of bytes. For splits and spans of integers. */
OG_API og_status og_shards_int64_key(int64_t key, void *out);

/* How many shards: by range, one more than the highest that holds one. */
OG_API int64_t og_shards_count(const og_shards *shards);

/*
 * The shards that hold keys from first on, up to but without end: what a scan of them must ask. An
 * empty end is no end. By range they come in key order, each once; by hash they are all shards.
 * Writes at most capacity of them to out, which may be NULL with capacity 0. How many there are (0
 * when end is not above first), or a negative og_status. Allocates nothing.
 */
OG_API int64_t og_shards_span(const og_shards *shards, const void *first, int64_t first_len,
                              const void *end, int64_t end_len, int32_t *out, int64_t capacity);

/* ---- changes: OG_INVALID_ARGUMENT when the map is of the other strategy ---- */

/* By hash: to 1 to 65536 shards. */
OG_API og_status og_shards_resize(og_shards *shards, int64_t count, og_error **error);

/* By range: the keys from key on, up to the next split, go to `shard` (0 to 65535). key becomes a
 * split if it is none; the empty key is where the first range begins. */
OG_API og_status og_shards_split(og_shards *shards, const void *key, int64_t key_len, int32_t shard,
                                 og_error **error);
/* By range: the split goes, and the range that began there joins the one before it and its shard.
 */
OG_API og_status og_shards_merge(og_shards *shards, const void *key, int64_t key_len,
                                 og_error **error);

/* shards takes over the map of next, which is of the same strategy and stays the caller's. */
OG_API og_status og_shards_assign(og_shards *shards, const og_shards *next, og_error **error);

/* ---- what moves ---- */

/* Whether the key moves: 1, or 0 when it stays. *from and *to are its shards; both may be NULL. */
OG_API int32_t og_shards_move(const og_shards *from, const og_shards *to, const void *key,
                              int64_t key_len, int32_t *from_shard, int32_t *to_shard);

/* By hash: the share of all keys that is expected to move, 0 to 1. By range OG_NONE: it depends on
 * where the keys lie. OG_INVALID_ARGUMENT for maps of different strategies. */
OG_API double og_shards_moved_share(const og_shards *from, const og_shards *to);

/* Ranges of keys, ascending and disjoint. Immutable. */
typedef struct og_ranges og_ranges;

/* By range: exactly what moves between two maps, no range of it twice. */
OG_API og_status og_shards_moves(const og_shards *from, const og_shards *to, og_ranges **out,
                                 og_error **error);
/* By range: the map itself, to be written down and made again with create and split. */
OG_API og_status og_shards_ranges(const og_shards *shards, og_ranges **out, og_error **error);
OG_API void og_ranges_destroy(og_ranges **ranges);

OG_API int64_t og_ranges_count(const og_ranges *ranges);
/*
 * Range `index`: the keys from first on, up to but without end; an empty end is no end. It moves
 * from one shard to another; in og_shards_ranges both are the shard that holds it. Keys are
 * borrowed until the ranges are destroyed. Each out pointer may be NULL. OG_INVALID_ARGUMENT where
 * there is none.
 */
OG_API og_status og_ranges_at(const og_ranges *ranges, int64_t index, const void **first,
                              int64_t *first_len, const void **end, int64_t *end_len, int32_t *from,
                              int32_t *to);

#ifdef __cplusplus
}
#endif

#endif
