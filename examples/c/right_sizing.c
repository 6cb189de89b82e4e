/* SPDX-License-Identifier: Apache-2.0 */
/* What a service used in two days says what to give it, as the files of its cgroup; and what a kill
 * for memory changes. Time is a manual clock's. */
#include <outgrow.h>
#include <stdio.h>

static const double kMib = 1024 * 1024;

static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

static int print(const og_sizer *sizer) {
  og_sizing *sizing = NULL;
  og_error *error = NULL;
  if (og_sizer_recommend(sizer, &sizing, &error) != OG_OK) return fail(error);
  printf("%s\n", og_sizing_text(sizing));
  printf("  cpu.weight   %d\n", (int)og_sizing_cpu_weight(sizing));
  printf("  cpu.max      %s\n", og_sizing_cpu_max(sizing));
  printf("  memory.high  %s\n", og_sizing_memory_high(sizing));
  printf("  memory.max   %s\n", og_sizing_memory_max(sizing));
  og_sizing_destroy(&sizing);
  return 0;
}

int main(void) {
  og_clock *clock = NULL;
  og_sizer *sizer = NULL;
  og_error *error = NULL;
  int minute;
  int failed;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_sizer_create(NULL, clock, &sizer, &error) != OG_OK) {
    og_clock_destroy(&clock);
    return fail(error);
  }

  /* Busy in the second half of each day, and a cache that fills by then. */
  for (minute = 0; minute < 2 * 24 * 60; ++minute) {
    const int busy = minute % (24 * 60) >= 12 * 60;
    if (og_sizer_observe_cpu(sizer, busy ? 1.2 : 0.3) != OG_OK ||
        og_sizer_observe_memory(sizer, (busy ? 420 : 330) * kMib) != OG_OK ||
        og_clock_advance(clock, INT64_C(60000000000)) != OG_OK) {
      return 1;
    }
  }
  failed = print(sizer);
  if (failed == 0 && og_sizer_observe_oom(sizer, 512 * kMib) != OG_OK) failed = 1;
  if (failed == 0) failed = print(sizer);

  og_sizer_destroy(&sizer);
  og_clock_destroy(&clock);
  return failed;
}
