/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <time.h>

#include "tests/capi/check.h"

static void a_manual_clock_moves_when_told(void) {
  og_clock *clock = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_clock_create_manual(-1, &clock, &error), OG_INVALID_ARGUMENT);
  CHECK(clock == NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_clock_create_manual(5, &clock, NULL), OG_OK);
  CHECK_EQ(og_clock_now(clock), 5);
  CHECK_EQ(og_clock_advance(clock, 10), OG_OK);
  CHECK_EQ(og_clock_set(clock, 20), OG_OK);
  CHECK_EQ(og_clock_set(clock, 19), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_clock_advance(clock, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_clock_advance(clock, INT64_MAX), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_clock_now(clock), 20);
  og_clock_destroy(&clock);
  CHECK(clock == NULL);
}

static void real_clocks_go_forward_and_are_not_set(void) {
  og_status (*create[])(og_clock **, og_error **) = {og_clock_create_system,
                                                     og_clock_create_monotonic,
                                                     og_clock_create_coarse, og_clock_create_wall};
  for (size_t i = 0; i < sizeof create / sizeof *create; ++i) {
    og_clock *clock = NULL;
    int64_t before, after;
    CHECK_EQ(create[i](&clock, NULL), OG_OK);
    before = og_clock_now(clock);
    after = og_clock_now(clock);
    CHECK(before > 0);
    CHECK(after >= before);
    CHECK_EQ(og_clock_set(clock, INT64_MAX), OG_INVALID_ARGUMENT);
    CHECK_EQ(og_clock_advance(clock, 1), OG_INVALID_ARGUMENT);
    og_clock_destroy(&clock);
  }
}

static void the_wall_clock_tells_the_time_of_day(void) {
  og_clock *clock = NULL;
  time_t before = time(NULL), after;
  int64_t now;
  CHECK_EQ(og_clock_create_wall(&clock, NULL), OG_OK);
  now = og_clock_now(clock);
  after = time(NULL);
  CHECK(now / 1000000000 >= before - 1);
  CHECK(now / 1000000000 <= after);
  CHECK_EQ(now % 1000000, 0);
  og_clock_destroy(&clock);
}

static void a_noun_keeps_its_clock(void) {
  og_clock *clock = NULL;
  og_breaker *breaker = NULL;
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_breaker_create(NULL, clock, &breaker, NULL), OG_OK);
  og_clock_destroy(&clock);
  for (int i = 0; i < 5; ++i) og_breaker_exit(breaker, og_breaker_enter(breaker), 0);
  CHECK_EQ(og_breaker_retry_after(breaker), INT64_C(60000000000));
  og_breaker_destroy(&breaker);
}

int main(void) {
  a_manual_clock_moves_when_told();
  real_clocks_go_forward_and_are_not_set();
  the_wall_clock_tells_the_time_of_day();
  a_noun_keeps_its_clock();
  return 0;
}
