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
  if (og_failed(wait)) {
    printf("%-5s 500 %s\n", client, og_status_text((og_status)wait));
  } else if (og_allowed(wait)) {
    printf("%-5s 200 OK, %" PRId64 " of %" PRId64 " left\n", client, remaining, limit);
  } else { /* whole seconds, rounded up: a client that comes back then may pass */
    printf("%-5s 429 Too Many Requests, Retry-After: %" PRId64 "\n", client,
           (wait + kSecond - 1) / kSecond);
  }
}

/* Only logins that fail count: one that succeeds is given back. */
static void log_in(og_limiter *attempts, const char *client, int is_right) {
  const int64_t len = (int64_t)strlen(client);
  if (!og_allowed(og_limiter_acquire(attempts, client, len, 1))) {
    printf("%-5s too many failed logins\n", client);
  } else if (is_right) {
    og_limiter_give_back(attempts, client, len, 1);
    printf("%-5s welcome\n", client);
  } else {
    printf("%-5s wrong password\n", client);
  }
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
  og_limiter *limiter = NULL;
  og_error *error = NULL;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "rate", "20/min") != OG_OK || /* one every 3 s */
      og_config_set(config, "burst", "2") != OG_OK ||     /* and two at once */
      og_limiter_create(config, clock, &limiter, &error) != OG_OK)
    return fail(error);

  handle(limiter, "alice");
  handle(limiter, "alice");
  handle(limiter, "alice");
  handle(limiter, "bob"); /* has a bucket of his own */
  og_clock_advance(clock, 3 * kSecond);
  handle(limiter, "alice");
  handle(limiter, "alice");

  log_in(limiter, "carol", 1);
  log_in(limiter, "carol", 0);
  log_in(limiter, "carol", 1);
  log_in(limiter, "carol", 0);
  log_in(limiter, "carol", 1);

  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
