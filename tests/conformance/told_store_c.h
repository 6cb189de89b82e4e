/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_TESTS_TOLD_STORE_C_H
#define OUTGROW_TESTS_TOLD_STORE_C_H

#include "tests/conformance/answers_c.h"

/* A store of the test's own over a JSON object, which fails as it is told: "refused" writes, or
 * "applied" and said to fail; "reads". */
typedef struct told_store {
  json_t *rows;
  char how[16]; /* "" for not */
} told_store;

told_store *told_open(void);
void told_close(told_store *told);
void told_store_create(told_store *told, og_clock *clock, og_store **out);
/* Vectors' operations. */
json_t *told_row(told_store *told, json_t *step);
json_t *told_put(told_store *told, json_t *step);
json_t *told_fail(told_store *told, json_t *step);

#endif
