/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <stdio.h>

int main(void) {
  og_config *config = NULL;
  og_clock *clock = NULL;
  og_breaker *breaker = NULL;
  int i, allowed = 0;
  og_clock_create_manual(0, &clock, NULL);
  og_config_create(&config, NULL);
  og_config_set(config, "failure_threshold", "5");
  if (og_breaker_create(config, clock, &breaker, NULL) != OG_OK) return 1;
  for (i = 0; i < 8; ++i) {
    int64_t permit = og_breaker_enter(breaker);
    if (permit <= 0) continue;
    ++allowed;
    og_breaker_exit(breaker, permit, 0);
  }
  printf("allowed %d of 8\n", allowed);
  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
