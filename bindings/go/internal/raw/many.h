/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls with many keys. A pointer to Go's memory that holds pointers to Go's memory may not cross,
 * so the keys come as one range of bytes and their lengths, and the array of pointers is made here:
 * on the stack for few, else on the heap.
 */
#ifndef OUTGROW_GO_MANY_H
#define OUTGROW_GO_MANY_H

#include <stdlib.h>

#include "outgrow.h"

enum { MANY_FEW = 128 };

static inline const void **many_pointers(const char *bytes, const int64_t *lens, int64_t count,
                                         const void **few) {
  const void **keys = count <= MANY_FEW ? few : malloc((size_t)count * sizeof *keys);
  int64_t i;
  if (!keys) return NULL;
  for (i = 0; i < count; ++i) {
    keys[i] = bytes;
    bytes += lens[i];
  }
  return keys;
}

/* Runs CALL with `keys` made from bytes and lens. */
#define MANY(RESULT, CALL)                                    \
  const void *few[MANY_FEW];                                  \
  const void **keys = many_pointers(bytes, lens, count, few); \
  RESULT result;                                              \
  if (!keys) return OG_NO_MEMORY;                             \
  result = CALL;                                              \
  if (keys != few) free(keys);                                \
  return result

static inline int64_t many_limiter_acquire(uintptr_t l, const char *bytes, const int64_t *lens,
                                           const int64_t *costs, int64_t count, int64_t *waits) {
  MANY(int64_t, og_limiter_acquire_many((og_limiter *)l, keys, lens, costs, count, waits));
}
static inline int64_t many_limiter_acquire_at(uintptr_t l, const char *bytes, const int64_t *lens,
                                              const int64_t *costs, int64_t count, int64_t now,
                                              int64_t *waits) {
  MANY(int64_t, og_limiter_acquire_many_at((og_limiter *)l, keys, lens, costs, count, now, waits));
}
static inline int32_t many_balancer_pick(uintptr_t b, const char *bytes, const int64_t *lens,
                                         int64_t count, int32_t *out) {
  if (!lens) return og_balancer_pick_many((og_balancer *)b, NULL, NULL, count, out);
  MANY(int32_t, og_balancer_pick_many((og_balancer *)b, keys, lens, count, out));
}
static inline int64_t many_cache_pin(uintptr_t c, const char *bytes, const int64_t *lens,
                                     int64_t count, uintptr_t *out, int64_t *outcomes) {
  MANY(int64_t, og_cache_pin_many((og_cache *)c, keys, lens, count, (og_value **)out, outcomes));
}
static inline int64_t many_cache_pin_at(uintptr_t c, const char *bytes, const int64_t *lens,
                                        int64_t count, int64_t now, uintptr_t *out,
                                        int64_t *outcomes) {
  MANY(int64_t,
       og_cache_pin_many_at((og_cache *)c, keys, lens, count, now, (og_value **)out, outcomes));
}
static inline int64_t many_cached_store_get(uintptr_t c, const char *bytes, const int64_t *lens,
                                            int64_t count, uintptr_t *out, int64_t *outcomes) {
  MANY(int64_t, og_cached_store_get_many((og_cached_store *)c, keys, lens, count, (og_value **)out,
                                         outcomes));
}
static inline int64_t many_cached_store_get_at(uintptr_t c, const char *bytes, const int64_t *lens,
                                               int64_t count, int64_t now, uintptr_t *out,
                                               int64_t *outcomes) {
  MANY(int64_t, og_cached_store_get_many_at((og_cached_store *)c, keys, lens, count, now,
                                            (og_value **)out, outcomes));
}
static inline int32_t many_shards_of(uintptr_t s, const char *bytes, const int64_t *lens,
                                     int64_t count, int32_t *out) {
  MANY(int32_t, og_shards_of_many((og_shards *)s, keys, lens, count, out));
}
/* keys and rows are count ranges each, one behind the other; key_lens is NULL for rows without
 * keys. */
static inline int32_t many_query_row(uintptr_t query, int32_t shard, const char *key_bytes,
                                     const int64_t *key_lens, const char *bytes,
                                     const int64_t *lens, int64_t count, const int64_t *now) {
  const void *few[MANY_FEW], *few_keys[MANY_FEW];
  const void **rows = many_pointers(bytes, lens, count, few);
  const void **keys = key_lens ? many_pointers(key_bytes, key_lens, count, few_keys) : NULL;
  int32_t status = OG_NO_MEMORY;
  if (rows && (keys || !key_lens)) {
    status = now ? og_query_row_many_at((og_query *)query, shard, keys, key_lens, rows, lens, count,
                                        *now)
                 : og_query_row_many((og_query *)query, shard, keys, key_lens, rows, lens, count);
  }
  if (rows != few) free(rows);
  if (keys && keys != few_keys) free(keys);
  return status;
}
static inline int32_t many_shards_create(uintptr_t config, const char *bytes, const int64_t *lens,
                                         int64_t count, uintptr_t *out, uintptr_t *error) {
  if (count == 0) {
    return og_shards_create((og_config *)config, NULL, NULL, 0, (og_shards **)out,
                            (og_error **)error);
  }
  MANY(int32_t, og_shards_create((og_config *)config, keys, lens, count, (og_shards **)out,
                                 (og_error **)error));
}

#endif
