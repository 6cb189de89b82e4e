/* SPDX-License-Identifier: Apache-2.0 */
/* What a service answers to GET /metrics: a breaker's numbers and one of the service's own. */
#include <outgrow.h>
#include <stdio.h>

int main(void) {
  og_breaker *breaker = NULL;
  og_metrics *metrics = NULL;
  og_text *text = NULL;
  int32_t jobs;

  og_breaker_create(NULL, NULL, &breaker, NULL);
  og_metrics_create(NULL, &metrics, NULL);
  og_metrics_add_breaker(metrics, "payments", breaker, NULL);
  jobs = og_metrics_counter(metrics, "jobs_total", "Jobs done.", NULL, NULL);

  og_breaker_exit(breaker, og_breaker_enter(breaker), 1);
  og_breaker_exit(breaker, og_breaker_enter(breaker), 0);
  og_metrics_increment(metrics, jobs, 3);

  if (og_metrics_render(metrics, &text, NULL) == OG_OK) fputs(og_text_data(text), stdout);

  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
  og_breaker_destroy(&breaker);
  return 0;
}
