/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that lend bytes through several out parameters, as functions that return a struct. */
#ifndef OUTGROW_GO_ENTRIES_H
#define OUTGROW_GO_ENTRIES_H

#include "outgrow.h"

typedef struct {
  const void *key, *value;
  int64_t key_len, value_len, number;
  const char *text;
  int32_t status, from, to;
} entry;

static inline entry entry_of_range(uintptr_t ranges, int64_t index) {
  entry e = {0};
  e.status = og_ranges_at((og_ranges *)ranges, index, &e.key, &e.key_len, &e.value, &e.value_len,
                          &e.from, &e.to);
  return e;
}
static inline entry entry_of_batch(uintptr_t batch, int64_t index) {
  entry e = {0};
  e.status = og_batch_at((og_batch *)batch, index, &e.key, &e.key_len, &e.value, &e.value_len);
  return e;
}
static inline entry entry_of_dead_letters(uintptr_t letters, int64_t index) {
  entry e = {0};
  e.status = og_dead_letters_at((og_dead_letters *)letters, index, &e.key, &e.key_len, &e.value,
                                &e.value_len);
  e.from = og_dead_letters_reason((og_dead_letters *)letters, index, &e.number, &e.text);
  return e;
}
static inline entry entry_of_query(uintptr_t query) {
  entry e = {0};
  e.status = og_query_next((og_query *)query, &e.from, &e.key, &e.key_len, &e.value, &e.value_len);
  return e;
}
static inline entry entry_of_query_at(uintptr_t query, int64_t now) {
  entry e = {0};
  e.status =
      og_query_next_at((og_query *)query, now, &e.from, &e.key, &e.key_len, &e.value, &e.value_len);
  return e;
}
static inline entry entry_of_failure(uintptr_t query, int64_t index) {
  entry e = {0};
  e.status = og_query_failure((og_query *)query, index, &e.from, &e.to, &e.text, &e.number);
  return e;
}
static inline entry entry_of_state(uintptr_t query) {
  entry e = {0};
  e.status = og_query_state((og_query *)query, &e.number);
  return e;
}
static inline entry entry_of_state_at(uintptr_t query, int64_t now) {
  entry e = {0};
  e.status = og_query_state_at((og_query *)query, now, &e.number);
  return e;
}
static inline entry entry_of_move(uintptr_t from, uintptr_t to, const char *key, int64_t len) {
  entry e = {0};
  e.status = og_shards_move((og_shards *)from, (og_shards *)to, key, len, &e.from, &e.to);
  return e;
}
static inline int64_t shards_span(uintptr_t s, const char *first, int64_t first_len,
                                  const char *end, int64_t end_len, int32_t *out,
                                  int64_t capacity) {
  return og_shards_span((og_shards *)s, first, first_len, end, end_len, out, capacity);
}

#endif
