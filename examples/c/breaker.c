/* SPDX-License-Identifier: Apache-2.0 */
/* A breaker around a backend that fails for a while. The clock is manual, so the minute passes at
 * once; a service passes NULL for the clock. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static int backend_up = 0;

static void call_backend(og_breaker *breaker) {
  int64_t permit = og_breaker_enter(breaker);
  if (og_failed(permit)) {
    printf("%s\n", og_status_text((og_status)permit));
    return;
  }
  if (og_refused(permit)) {
    printf("refused, retry in %" PRId64 " s\n", og_breaker_retry_after(breaker) / 1000000000);
    return;
  }
  printf(backend_up ? "ok\n" : "failed\n");
  og_breaker_exit(breaker, permit, backend_up);
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
  og_breaker *breaker = NULL;
  og_error *error = NULL;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set_int(config, "failure_threshold", 2) != OG_OK ||
      og_config_set(config, "open_ms", "30s") != OG_OK ||
      og_config_set_int(config, "success_threshold", 1) != OG_OK ||
      og_breaker_create(config, clock, &breaker, &error) != OG_OK)
    return fail(error);

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
