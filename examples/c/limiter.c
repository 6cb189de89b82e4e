/* SPDX-License-Identifier: Apache-2.0 */
/* A limit per client, in front of a handler that answers as HTTP would. The clock is manual, so the
 * seconds pass at once; a service passes NULL for the clock. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <string.h>

static const int64_t kSecond = 1000000000;

static void handle(og_limiter *limiter, const char *client) {
  int64_t limit, remaining, reset;
  int64_t wait = og_limiter_acquire_detailed(limiter, client, (int64_t)strlen(client), 1, &limit,
                                             &remaining, &reset);
  if (wait == 0) {
    printf("%-5s 200 OK, %" PRId64 " of %" PRId64 " left\n", client, remaining, limit);
  } else { /* whole seconds, rounded up: a client that comes back then may pass */
    printf("%-5s 429 Too Many Requests, Retry-After: %" PRId64 "\n", client,
           (wait + kSecond - 1) / kSecond);
  }
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_error *error = NULL;

  og_clock_create_manual(0, &clock, NULL);
  og_config_create(&config, NULL);
  og_config_set(config, "rate", "20/min"); /* one every 3 s */
  og_config_set(config, "burst", "2");     /* and two at once */
  if (og_limiter_create(config, clock, &limiter, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    og_error_destroy(&error);
    return 1;
  }

  handle(limiter, "alice");
  handle(limiter, "alice");
  handle(limiter, "alice");
  handle(limiter, "bob"); /* has a bucket of his own */
  og_clock_advance(clock, 3 * kSecond);
  handle(limiter, "alice");
  handle(limiter, "alice");

  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
