/* SPDX-License-Identifier: Apache-2.0 */
/* What the functions of raw.h share. Ranges of bytes are `const char *`, which cgo passes
 * unchecked: bytes hold no pointers. */
#ifndef OUTGROW_GO_SUPPORT_H
#define OUTGROW_GO_SUPPORT_H

#include <stdlib.h>

#include "outgrow.h"

typedef struct {
  og_value *value;
  const void *data;
  int64_t size;
} raw_value;

static inline void raw_view(raw_value *v) {
  if (!v->value) return;
  v->data = og_value_data(v->value);
  v->size = og_value_size(v->value);
}
static inline raw_value raw_value_of(uintptr_t value) {
  raw_value v = {(og_value *)value, NULL, 0};
  raw_view(&v);
  return v;
}

/*
 * Many ranges come as one and their lengths, as Go's memory that points to Go's memory may not
 * cross. The array of pointers is made here: on the stack for few, else on the heap.
 */
enum { RAW_FEW = 128 };
typedef struct {
  const void **ranges;
  const void *few[RAW_FEW];
} raw_many;

/* Whether there was memory. NULL for lens is NULL for the array too. */
static inline int raw_point(raw_many *many, const char *bytes, const int64_t *lens, int64_t count) {
  int64_t i;
  many->ranges = NULL;
  if (!lens) return 1;
  many->ranges = count <= RAW_FEW ? many->few : malloc((size_t)count * sizeof *many->ranges);
  if (!many->ranges) return 0;
  for (i = 0; i < count; ++i) {
    many->ranges[i] = bytes;
    bytes += lens[i];
  }
  return 1;
}
static inline void raw_release(raw_many *many) {
  if (many->ranges != many->few) free(many->ranges);
}

#endif
