/* SPDX-License-Identifier: Apache-2.0 */
/* What a context ends: waits of the goroutine's thread, to which it is locked meanwhile. */
#ifndef OUTGROW_GO_WAITS_H
#define OUTGROW_GO_WAITS_H

#include <stdlib.h>

#include "outgrow.h"

/* Of one thread they nest, where a store of the program's own makes another such call. */
typedef struct waits {
  int32_t ended;
  struct waits *outer;
} waits;

static __thread waits *waits_now;

static int32_t waits_ended(void *self) {
  return __atomic_load_n(&((waits *)self)->ended, __ATOMIC_RELAXED);
}

static inline uintptr_t waits_begin(void) {
  waits *made = malloc(sizeof *made);
  if (!made) return 0;
  made->ended = 0;
  made->outer = waits_now;
  waits_now = made;
  og_wait_check(waits_ended, made);
  return (uintptr_t)made;
}
static inline void waits_end(uintptr_t begun) {
  waits *ended = (waits *)begun;
  if (!ended) return;
  waits_now = ended->outer;
  og_wait_check(waits_now ? waits_ended : NULL, waits_now);
  free(ended);
}
static inline void waits_interrupt(uintptr_t begun) {
  if (begun) __atomic_store_n(&((waits *)begun)->ended, 1, __ATOMIC_RELAXED);
}

#endif
