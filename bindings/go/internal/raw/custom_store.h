/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that may come back into Go, through a store of the program's own: no nocallback here. */
#ifndef OUTGROW_GO_CUSTOM_STORE_H
#define OUTGROW_GO_CUSTOM_STORE_H

#include "outgrow.h"

typedef struct {
  int64_t outcome, size;
  og_value *value;
  const void *data;
  og_error *error;
  int32_t source;
} store_answer;

og_status custom_store_create(uintptr_t context, uintptr_t clock, uintptr_t *out, uintptr_t *error);

static inline store_answer store_answer_of(store_answer a) {
  if (a.value) {
    a.data = og_value_data(a.value);
    a.size = og_value_size(a.value);
  }
  return a;
}
static inline store_answer custom_store_get(uintptr_t store, const char *key, int64_t len) {
  store_answer a = {0};
  a.outcome = og_store_get((og_store *)store, key, len, &a.value, &a.error);
  return store_answer_of(a);
}
static inline store_answer host_cached_store_get(uintptr_t store, const char *key, int64_t len) {
  store_answer a = {0};
  a.outcome =
      og_cached_store_get((og_cached_store *)store, key, len, &a.value, &a.source, &a.error);
  return store_answer_of(a);
}
static inline store_answer host_cached_store_get_at(uintptr_t store, const char *key, int64_t len,
                                                    int64_t now) {
  store_answer a = {0};
  a.outcome = og_cached_store_get_at((og_cached_store *)store, key, len, now, &a.value, &a.source,
                                     &a.error);
  return store_answer_of(a);
}

#endif
