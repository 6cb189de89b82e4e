/* SPDX-License-Identifier: Apache-2.0 */
/* What a service answers to GET /metrics: a breaker's numbers and one of the service's own. */
#include <outgrow.h>
#include <stdio.h>

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_breaker *breaker = NULL;
  og_metrics *metrics = NULL;
  og_text *text = NULL;
  og_error *error = NULL;
  int32_t jobs;

  if (og_breaker_create(NULL, NULL, &breaker, &error) != OG_OK ||
      og_metrics_create(NULL, &metrics, &error) != OG_OK ||
      og_metrics_add_breaker(metrics, "payments", breaker, &error) != OG_OK)
    return fail(error);
  jobs = og_metrics_counter(metrics, "jobs_total", "Jobs done.", NULL, &error);
  if (og_failed(jobs)) return fail(error);

  og_breaker_exit(breaker, og_breaker_enter(breaker), 1);
  og_breaker_exit(breaker, og_breaker_enter(breaker), 0);
  og_metrics_increment(metrics, jobs, 3);

  if (og_metrics_render(metrics, &text, &error) != OG_OK) return fail(error);
  fputs(og_text_data(text), stdout);

  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
  og_breaker_destroy(&breaker);
  return 0;
}
