/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_TESTS_CHECK_H
#define OUTGROW_TESTS_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program at the first check that does not hold, saying where and what was seen. */
#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                      \
    }                                                                               \
  } while (0)

#define CHECK_EQ(seen, wanted)                                                                  \
  do {                                                                                          \
    int64_t check_seen = (int64_t)(seen), check_wanted = (int64_t)(wanted);                     \
    if (check_seen != check_wanted) {                                                           \
      fprintf(stderr, "%s:%d: %s is %" PRId64 ", not %" PRId64 "\n", __FILE__, __LINE__, #seen, \
              check_seen, check_wanted);                                                        \
      exit(1);                                                                                  \
    }                                                                                           \
  } while (0)

#endif
