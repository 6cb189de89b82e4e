/* SPDX-License-Identifier: Apache-2.0 */
/* Two at a time for a slow backend; the third is told at once, and one that never reported back
 * does not take room for ever. The clock is manual, so that the minute passes at once; a service
 * passes NULL for the clock, and for one limit over all its processes a scope to
 * og_concurrency_create_in. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static int64_t begin_call(og_concurrency *limiter, const char *name) {
  int64_t permit = og_concurrency_enter(limiter);
  printf("%s: %s, %" PRId64 " in flight\n", name,
         og_entered(permit)   ? "begins"
         : og_refused(permit) ? "no room"
                              : "failed",
         og_concurrency_in_flight(limiter));
  return permit;
}

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_concurrency *limiter = NULL;
  og_error *error = NULL;
  int64_t first;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set_int(config, "limit", 2) != OG_OK ||
      og_config_set(config, "permit_ms", "1m") != OG_OK ||
      og_concurrency_create(config, clock, &limiter, &error) != OG_OK)
    return fail(error);

  first = begin_call(limiter, "first");
  begin_call(limiter, "second"); /* forgets to return its permit */
  begin_call(limiter, "third");
  og_concurrency_exit(limiter, first);
  begin_call(limiter, "fourth");
  og_clock_advance(clock, INT64_C(60000000000));
  printf("a minute later: %" PRId64 " in flight\n", og_concurrency_in_flight(limiter));

  og_concurrency_destroy(&limiter);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
