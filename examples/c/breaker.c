/* SPDX-License-Identifier: Apache-2.0 */
/* A breaker around a backend that fails for a while. The clock is manual, so the minute passes at
 * once; a service passes NULL for the clock. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static int backend_up = 0;

static void call_backend(og_breaker *breaker) {
  int64_t permit = og_breaker_enter(breaker);
  if (permit == OG_REFUSED) {
    printf("refused, retry in %" PRId64 " s\n", og_breaker_retry_after(breaker) / 1000000000);
    return;
  }
  printf(backend_up ? "ok\n" : "failed\n");
  og_breaker_exit(breaker, permit, backend_up);
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_breaker *breaker = NULL;
  og_error *error = NULL;

  og_clock_create_manual(0, &clock, NULL);
  og_config_create(&config, NULL);
  og_config_set_int(config, "failure_threshold", 2);
  og_config_set(config, "open_ms", "30s");
  og_config_set_int(config, "success_threshold", 1);
  if (og_breaker_create(config, clock, &breaker, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    og_error_destroy(&error);
    return 1;
  }

  call_backend(breaker);
  call_backend(breaker); /* the second failure in a row opens it */
  call_backend(breaker);
  backend_up = 1;
  og_clock_advance(clock, INT64_C(30000000000));
  call_backend(breaker); /* half-open: one try, which closes it */
  call_backend(breaker);

  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
