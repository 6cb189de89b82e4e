/* SPDX-License-Identifier: Apache-2.0 */
/* 999 of 1000 calls are to be good. A bad minute costs a little of the budget; a bad hour calls
 * somebody. The clock is moved by hand. */
#include <outgrow.h>
#include <stdio.h>

static const int64_t kMinute = INT64_C(60) * 1000000000;

static int say(const char *when, const og_slo *slo) {
  og_text *reason = NULL;
  if (og_slo_reason(slo, &reason, NULL) != OG_OK) return 1;
  printf("%s: %s; %.0f %% of the budget is left.\n", when, og_text_data(reason),
         100 * og_slo_budget_left(slo));
  og_text_destroy(&reason);
  return 0;
}

static void minutes(og_slo *slo, og_clock *clock, int count, int64_t bad) {
  for (; count > 0; --count) {
    og_slo_good(slo, 1000 - bad);
    og_slo_bad(slo, bad);
    og_clock_advance(clock, kMinute);
  }
}

int main(void) {
  og_clock *clock = NULL;
  og_slo *slo = NULL;
  if (og_clock_create_manual(0, &clock, NULL) != OG_OK ||
      og_slo_create(NULL, clock, &slo, NULL) != OG_OK)
    return 1;
  minutes(slo, clock, 3 * 24 * 60, 0);
  minutes(slo, clock, 1, 300);
  if (say("After a bad minute", slo) != 0) return 1;
  minutes(slo, clock, 60, 50);
  if (say("After a bad hour", slo) != 0) return 1;
  minutes(slo, clock, 60, 0);
  if (say("An hour later", slo) != 0) return 1;
  og_slo_destroy(&slo);
  og_clock_destroy(&clock);
  return 0;
}
