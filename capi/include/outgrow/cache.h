/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_CACHE_H
#define OUTGROW_CACHE_H

#include <outgrow/clock.h>
#include <outgrow/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A cache: values by key in memory, within a budget of bytes or entries, each for its time to live.
 *
 * Eviction. What is in use stays. Eviction is S3-FIFO (Yang et al., SOSP 2023): keys that are asked
 * for once, as by a scan, pass through without displacing the others. The budget is never exceeded.
 * A value that was handed out by reference and then evicted belongs to its holder.
 *
 * Absences. That a key does not exist can be stored too, and is told apart from a miss. An empty
 * value is a value.
 *
 * Leases. A key that expires need not send every caller to the store. og_cache_get_or_lease gives
 * the first caller that misses a lease: the right to fill the key. The others wait, or take the
 * value that expired less than stale_ms ago. A lease lapses at its deadline (lease_ms), and when
 * the key is set or deleted or the cache is cleared. So a slow load cannot put an old value over a
 * newer change (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013).
 *
 * Fork. The child has a copy with all values and none of the leases: those loads are the parent's.
 *
 * Cost. A get that hits takes no lock and allocates nothing. Keys and values are up to 2 GiB each.
 *
 * Options: og_config_describe("cache").
 */
typedef struct og_cache og_cache;

/* A reference to a value's bytes, which stay as they are until it is destroyed, whatever becomes of
 * the cache. Used from several threads, but destroyed once. */
typedef struct og_value og_value;

OG_API const void *og_value_data(const og_value *value); /* NULL for NULL; not NUL-terminated */
OG_API int64_t og_value_size(const og_value *value);     /* bytes, or OG_NULL_HANDLE */
OG_API void og_value_destroy(og_value **value);

/* What ttl_ms or negative_ttl_ms says; any other negative time to live is OG_INVALID_ARGUMENT. */
#define OG_CACHE_DEFAULT_TTL INT64_C(-1)

/* config and clock may be NULL. */
OG_API og_status og_cache_create(const og_config *config, const og_clock *clock, og_cache **out,
                                 og_error **error);
OG_API void og_cache_destroy(og_cache **cache);

/* ---- reading ---- */

/*
 * Copies a fresh value.
 *
 * Returns the value's size in bytes; `OG_MISS`; `OG_ABSENT` when the key is known not to exist.
 *
 * C: When the size exceeds `out_capacity`, `out` has the first `out_capacity` bytes. `out` may be
 * NULL when `out_capacity` is 0.
 */
OG_API int64_t og_cache_get(const og_cache *cache, const void *key, int64_t key_len, void *out,
                            int64_t out_capacity);
OG_API int64_t og_cache_get_at(const og_cache *cache, const void *key, int64_t key_len,
                               int64_t now_ns, void *out, int64_t out_capacity);

/*
 * Finds a fresh value without copying it.
 *
 * Returns the value; `OG_MISS`; `OG_ABSENT` when the key is known not to exist.
 *
 * C: The value's size in bytes, or one of these, or an error. `*out` is the caller's to destroy,
 * and NULL unless a value was found.
 */
OG_API int64_t og_cache_pin(const og_cache *cache, const void *key, int64_t key_len,
                            og_value **out);
OG_API int64_t og_cache_pin_at(const og_cache *cache, const void *key, int64_t key_len,
                               int64_t now_ns, og_value **out);

/*
 * Finds the fresh values of many keys, as `pin` does, at one reading of the clock.
 *
 * Returns how many were found.
 *
 * C: An error finds none. Each `out[i]` is a value of the caller's, or NULL. `outcomes[i]` is what
 * `og_cache_pin` returns; `outcomes` may be NULL.
 */
OG_API int64_t og_cache_pin_many(const og_cache *cache, const void *const *keys,
                                 const int64_t *key_lens, int64_t count, og_value **out,
                                 int64_t *outcomes);
OG_API int64_t og_cache_pin_many_at(const og_cache *cache, const void *const *keys,
                                    const int64_t *key_lens, int64_t count, int64_t now_ns,
                                    og_value **out, int64_t *outcomes);

/*
 * Finds a value. On a miss one caller at a time is given a lease: the right to load the value and
 * `fill` it. Meanwhile it may use a stale value, if there is one. The others are told that the
 * value is stale or to wait, and for how long the lease still stands.
 *
 * Returns a lease above 0, or an outcome.
 *
 * C: The outcomes:
 *
 *   > 0        a lease: load the value and fill it. *out is a stale value to use meanwhile, or NULL
 *   OG_OK      *out is the fresh value
 *   OG_ABSENT  the key is known not to exist
 *   OG_STALE   *out is a value past its time to live; another caller is loading it
 *   OG_WAIT    another caller is loading it: ask again
 *
 * C: `*wait_ns`, if `wait_ns` is not NULL, is how long the other caller's lease still stands.
 */
OG_API int64_t og_cache_get_or_lease(og_cache *cache, const void *key, int64_t key_len,
                                     og_value **out, int64_t *wait_ns);
OG_API int64_t og_cache_get_or_lease_at(og_cache *cache, const void *key, int64_t key_len,
                                        int64_t now_ns, og_value **out, int64_t *wait_ns);

/* ---- writing ---- */

/*
 * Stores the value that the lease was given for. A lease is good for one fill.
 *
 * Returns `OG_OK`; `OG_LAPSED` when the lease no longer stands; `OG_FULL` when the value is larger
 * than a shard of the cache.
 *
 * C: The bytes are copied. A `ttl_ns` of 0 is for ever.
 */
OG_API og_status og_cache_fill(og_cache *cache, const void *key, int64_t key_len, int64_t lease,
                               const void *value, int64_t value_len, int64_t ttl_ns);
OG_API og_status og_cache_fill_at(og_cache *cache, const void *key, int64_t key_len, int64_t lease,
                                  const void *value, int64_t value_len, int64_t ttl_ns,
                                  int64_t now_ns);

/*
 * Stores that the key does not exist, for the lease.
 *
 * Returns what `fill` returns.
 */
OG_API og_status og_cache_fill_absent(og_cache *cache, const void *key, int64_t key_len,
                                      int64_t lease, int64_t ttl_ns);

/*
 * Gives a lease back unused, so that the next caller need not wait.
 *
 * Returns whether the lease still stood; `OG_LAPSED` when it did not.
 */
OG_API og_status og_cache_give_up(og_cache *cache, const void *key, int64_t key_len, int64_t lease);

/*
 * Stores a value, whatever was there, and withdraws the key's lease.
 *
 * Returns `OG_OK`; `OG_FULL` when the value is larger than a shard of the cache, which removes the
 * key.
 *
 * C: The bytes are copied. A `ttl_ns` of 0 is for ever.
 */
OG_API og_status og_cache_set(og_cache *cache, const void *key, int64_t key_len, const void *value,
                              int64_t value_len, int64_t ttl_ns);
OG_API og_status og_cache_set_at(og_cache *cache, const void *key, int64_t key_len,
                                 const void *value, int64_t value_len, int64_t ttl_ns,
                                 int64_t now_ns);

/*
 * Stores a value as `set` does. The budget is charged as if the value had `weight` bytes, above 0:
 * for values that stand for something larger.
 *
 * Returns what `set` returns.
 */
OG_API og_status og_cache_set_weighted(og_cache *cache, const void *key, int64_t key_len,
                                       const void *value, int64_t value_len, int64_t ttl_ns,
                                       int64_t weight);

/*
 * Stores that the key does not exist, and withdraws its lease.
 *
 * Returns what `set` returns.
 */
OG_API og_status og_cache_set_absent(og_cache *cache, const void *key, int64_t key_len,
                                     int64_t ttl_ns);

/*
 * Removes the key and withdraws its lease.
 *
 * Returns `OG_OK` when something usable was there, else `OG_MISS`.
 */
OG_API og_status og_cache_delete(og_cache *cache, const void *key, int64_t key_len);

/* Removes everything and withdraws all leases. */
OG_API og_status og_cache_clear(og_cache *cache);

/*
 * Changes the budget while the cache is in use: `capacity_bytes` and `capacity_entries`. What is
 * not given stays as it is, and the other options cannot change.
 *
 * What does not fit into a smaller budget is evicted at once, a few entries at a time: hits go on,
 * and writers do not wait long. A cache that counts bytes goes on to count them, and one that
 * counts entries alone cannot have a bound of bytes. The number of shards stays.
 *
 * C: config NULL changes nothing, and nothing has changed after an error: OG_UNKNOWN_OPTION, or
 * OG_BAD_VALUE for a bad value and for an option that cannot change, which the error names.
 */
OG_API og_status og_cache_reconfigure(og_cache *cache, const og_config *config, og_error **error);

/* ---- numbers ---- */

enum {
  OG_CACHE_ENTRIES = 0,       /* held now, with what has expired unnoticed */
  OG_CACHE_BYTES = 1,         /* charged now: keys, values and 160 bytes an entry */
  OG_CACHE_LEASES = 2,        /* outstanding now */
  OG_CACHE_RETIRED_BYTES = 3, /* evicted or replaced, freed once no reader can see them */
  /* since the creation: */
  OG_CACHE_HITS = 10,
  OG_CACHE_NEGATIVE_HITS = 11,
  OG_CACHE_STALE_HITS = 12,
  OG_CACHE_MISSES = 13, /* with those told to wait */
  OG_CACHE_WAITS = 14,
  OG_CACHE_WRITES = 20,
  OG_CACHE_EVICTIONS = 21,
  OG_CACHE_PROBATION_EVICTIONS = 22, /* of those, never hit since they were stored */
  OG_CACHE_EXPIRATIONS = 23,
  OG_CACHE_TOO_LARGE = 24,
  OG_CACHE_LEASES_GRANTED = 30,
  OG_CACHE_LEASES_LAPSED = 31 /* fills refused */
};

/*
 * One number of the cache. It locks each shard for a moment.
 *
 * Returns the number.
 */
OG_API int64_t og_cache_stat(const og_cache *cache, int32_t which);

#ifdef __cplusplus
}
#endif

#endif
