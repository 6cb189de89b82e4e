/* SPDX-License-Identifier: Apache-2.0 */
/* count CALL ROUNDS CALLS: see run.sh. */
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  const char *key = "abcdefgh", *call = argv[1];
  int rounds = argc > 3 ? atoi(argv[2]) : 0, calls = argc > 3 ? atoi(argv[3]) : 0, passed = 0;
  og_clock *clock = NULL, *mark = NULL;
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_breaker *breaker = NULL;
  if (og_clock_create_manual(0, &clock, NULL) || og_config_create(&config, NULL) ||
      og_breaker_create(config, clock, &breaker, NULL) ||
      og_config_set(config, "rate", "100000000/s") ||
      og_limiter_create(config, clock, &limiter, NULL)) {
    return 2;
  }
  for (int round = 0; round < rounds; ++round) {
    if (!strcmp(call, "limiter")) {
      for (int i = 0; i < calls; ++i) passed += og_limiter_acquire(limiter, key, 8, 1) == 0;
    } else {
      for (int i = 0; i < calls; ++i) {
        passed += og_breaker_exit(breaker, og_breaker_enter(breaker), 1) == OG_OK;
      }
    }
    og_clock_create_manual(0, &mark, NULL);
    og_clock_destroy(&mark);
  }
  og_limiter_destroy(&limiter);
  og_breaker_destroy(&breaker);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return passed == rounds * calls ? 0 : 1;
}
