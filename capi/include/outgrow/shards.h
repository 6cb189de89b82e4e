/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_SHARDS_H
#define OUTGROW_SHARDS_H

#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A shard map: which shard holds a key, and what moves when the map changes. The program keeps the
 * shards, numbered from 0, and runs the call on the one that it is told. There are two strategies.
 *
 *   hash   Jump consistent hash (Lamping, Veach 2014) of the key's XXH3_64 (seed 0). From n to m >
 *          n shards, (m - n) / m of the keys move, and only onto the new shards. Shards come and go
 *          at the end of the numbers.
 *   range  Split keys cut all keys into ranges, each held by a shard. Keys are compared as bytes.
 *          For scans in key order, and for moving as little or as much as one likes.
 *
 * The answer depends on the key's bytes and the map alone: it is the same in every process,
 * language and release. Every key has a shard, the empty key and the integer 0 included.
 *
 * To change a map that is in use: og_shards_copy it; resize, split or merge the copy; copy the data
 * that og_shards_moves or og_shards_move names; og_shards_assign the copy to the map in use.
 * Lookups take no lock. One that began before a change may still answer by the map before.
 *
 * Fork. The child has a copy of the map.
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

/*
 * A copy of the map, to be changed on its own. Its metrics start at 0.
 *
 * Returns the copy.
 */
OG_API og_status og_shards_copy(const og_shards *shards, og_shards **out, og_error **error);
OG_API void og_shards_destroy(og_shards **shards);

/*
 * Finds the shard that holds a key.
 *
 * Returns the shard's number.
 */
OG_API int32_t og_shards_of(const og_shards *shards, const void *key, int64_t key_len);

/*
 * Finds the shard that holds an integer key, which stands for its `int64_key`.
 *
 * Returns the shard's number.
 */
OG_API int32_t og_shards_of_int64(const og_shards *shards, int64_t key);

/*
 * Finds the shards of many keys at once, all by the same map.
 *
 * Returns the shards in `out`.
 *
 * C: After `OG_INVALID_ARGUMENT` nothing was written.
 */
OG_API og_status og_shards_of_many(const og_shards *shards, const void *const *keys,
                                   const int64_t *key_lens, int64_t count, int32_t *out);

/*
 * Finds the shards of many integer keys at once, all by the same map.
 *
 * Returns the shards in `out`.
 *
 * C: After `OG_INVALID_ARGUMENT` nothing was written.
 */
OG_API og_status og_shards_of_int64_many(const og_shards *shards, const int64_t *keys,
                                         int64_t count, int32_t *out);

/*
 * The 8 bytes that stand for an integer key: big-endian with the sign bit flipped, so that numeric
 * order is the order of bytes. They serve splits and spans of integers.
 *
 * Returns the bytes.
 *
 * C: They are written to `out`.
 */
OG_API og_status og_shards_int64_key(int64_t key, void *out);

/*
 * How many shards there are. By range this is one more than the highest that holds a range.
 *
 * Returns a count.
 */
OG_API int64_t og_shards_count(const og_shards *shards);

/*
 * The shards that hold keys from `first` on, up to but without `end`: those that a scan must ask.
 * An empty end is no end. By range they come in key order, each once; by hash they are all shards.
 * It allocates nothing.
 *
 * Returns the shards; none when `end` is not above `first`.
 *
 * C: How many there are, of which at most `capacity` are written to `out`. `out` may be NULL when
 * `capacity` is 0.
 */
OG_API int64_t og_shards_span(const og_shards *shards, const void *first, int64_t first_len,
                              const void *end, int64_t end_len, int32_t *out, int64_t capacity);

/* ---- changes: OG_INVALID_ARGUMENT when the map is of the other strategy ---- */

/*
 * Changes the number of shards of a map by hash, to 1 to 65,536.
 *
 * C: `OG_INVALID_ARGUMENT` when the map is by range.
 */
OG_API og_status og_shards_resize(og_shards *shards, int64_t count, og_error **error);

/*
 * In a map by range, gives the keys from `key` on, up to the next split, to `shard`, 0 to 65,535.
 * The key becomes a split if it is none. The empty key is where the first range begins.
 *
 * C: `OG_INVALID_ARGUMENT` when the map is by hash.
 */
OG_API og_status og_shards_split(og_shards *shards, const void *key, int64_t key_len, int32_t shard,
                                 og_error **error);

/*
 * In a map by range, removes the split `key`: the range that begins there joins the one before it,
 * on that one's shard.
 *
 * C: `OG_INVALID_ARGUMENT` when the map is by hash, or the key is no split.
 */
OG_API og_status og_shards_merge(og_shards *shards, const void *key, int64_t key_len,
                                 og_error **error);

/*
 * Takes over the map of `next`, which is of the same strategy. Lookups that began before may still
 * answer by the map before.
 *
 * C: `next` stays the caller's. `OG_INVALID_ARGUMENT` when the map is of the other strategy.
 */
OG_API og_status og_shards_assign(og_shards *shards, const og_shards *next, og_error **error);

/* ---- what moves ---- */

/*
 * Whether a key moves from one map to another, and from which shard to which.
 *
 * Returns 1 when it moves, 0 when it stays.
 *
 * C: `*from_shard` and `*to_shard` are its shards; both pointers may be NULL.
 */
OG_API int32_t og_shards_move(const og_shards *from, const og_shards *to, const void *key,
                              int64_t key_len, int32_t *from_shard, int32_t *to_shard);

/*
 * The share of all keys that is expected to move between two maps by hash.
 *
 * Returns 0 to 1; `OG_NONE` for maps by range, as it depends on where the keys lie.
 *
 * C: `OG_INVALID_ARGUMENT` for maps of different strategies.
 */
OG_API double og_shards_moved_share(const og_shards *from, const og_shards *to);

/* Ranges of keys, ascending and disjoint. Immutable. */
typedef struct og_ranges og_ranges;

/*
 * What moves between two maps by range, exactly, no range of it twice.
 *
 * Returns the ranges.
 */
OG_API og_status og_shards_moves(const og_shards *from, const og_shards *to, og_ranges **out,
                                 og_error **error);

/*
 * A map by range itself, to be written down and made again with create and `split`.
 *
 * Returns the ranges.
 */
OG_API og_status og_shards_ranges(const og_shards *shards, og_ranges **out, og_error **error);
OG_API void og_ranges_destroy(og_ranges **ranges);

/*
 * How many ranges there are.
 *
 * Returns a count.
 */
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
