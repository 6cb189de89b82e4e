/* SPDX-License-Identifier: Apache-2.0 */
/* The words of outcomes.h over what calls answer, and over every status. */
#include <outgrow.h>
#include <stdio.h>

#include "tests/capi/check.h"

static void a_limiter(void) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  int64_t wait;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/h"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, NULL), OG_OK);
  wait = og_limiter_acquire(limiter, "a", 1, 1);
  CHECK(og_allowed(wait) && !og_denied(wait) && !og_failed(wait));
  wait = og_limiter_acquire(limiter, "a", 1, 1);
  CHECK(!og_allowed(wait) && og_denied(wait) && !og_failed(wait));
  wait = og_limiter_acquire(limiter, "a", 1, 2); /* more than it ever holds: OG_NEVER */
  CHECK(!og_allowed(wait) && og_denied(wait) && !og_failed(wait));
  wait = og_limiter_acquire(limiter, "a", 1, -1);
  CHECK(!og_allowed(wait) && !og_denied(wait) && og_failed(wait));
  wait = og_limiter_acquire(NULL, "a", 1, 1);
  CHECK(!og_allowed(wait) && !og_denied(wait) && og_failed(wait));
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
}

static void those_that_let_in(void) {
  og_config *config = NULL;
  og_breaker *breaker = NULL;
  og_concurrency *limiter = NULL;
  int64_t permit;
  CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
  permit = og_breaker_enter(breaker);
  CHECK(og_entered(permit) && !og_refused(permit) && !og_failed(permit));
  CHECK_EQ(og_breaker_force_open(breaker), OG_OK);
  permit = og_breaker_enter(breaker);
  CHECK(!og_entered(permit) && og_refused(permit) && !og_failed(permit));
  permit = og_breaker_enter(NULL);
  CHECK(!og_entered(permit) && !og_refused(permit) && og_failed(permit));
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "limit", 1), OG_OK);
  CHECK_EQ(og_concurrency_create(config, NULL, &limiter, NULL), OG_OK);
  CHECK(og_entered(og_concurrency_enter(limiter)));
  permit = og_concurrency_enter(limiter);
  CHECK(!og_entered(permit) && og_refused(permit) && !og_failed(permit));
  og_concurrency_destroy(&limiter);
  og_config_destroy(&config);
  og_breaker_destroy(&breaker);
}

static void a_cache(void) {
  og_cache *cache = NULL;
  int64_t answer;
  char room[4];
  og_value *value = NULL;
  CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
  answer = og_cache_get(cache, "k", 1, room, sizeof room);
  CHECK(!og_found(answer) && og_missing(answer) && !og_failed(answer));
  answer = og_cache_get_or_lease(cache, "k", 1, &value, NULL);
  CHECK(og_leased(answer) && !og_at_hand(answer) && !og_missing(answer) && !og_failed(answer));
  CHECK_EQ(og_cache_get_or_lease(cache, "k", 1, &value, NULL), OG_WAIT);
  CHECK_EQ(og_cache_fill(cache, "k", 1, answer, "", 0, OG_CACHE_DEFAULT_TTL), OG_OK);
  answer = og_cache_get(cache, "k", 1, room, sizeof room); /* an empty value is a value */
  CHECK(og_found(answer) && !og_missing(answer) && !og_failed(answer));
  answer = og_cache_get_or_lease(cache, "k", 1, &value, NULL);
  og_value_destroy(&value);
  CHECK(!og_leased(answer) && og_at_hand(answer) && !og_missing(answer) && !og_failed(answer));
  CHECK_EQ(og_cache_set_absent(cache, "k", 1, 0), OG_OK);
  answer = og_cache_get_or_lease(cache, "k", 1, &value, NULL);
  CHECK(!og_leased(answer) && !og_at_hand(answer) && og_missing(answer) && !og_failed(answer));
  answer = og_cache_get(cache, NULL, 1, room, sizeof room);
  CHECK(!og_found(answer) && !og_missing(answer) && og_failed(answer));
  og_cache_destroy(&cache);
}

/* Whatever a call of a row answers, one word of that row is true and no more. */
static void every_number(void) {
  static const int64_t kOutcomes[] = {OG_OK,   OG_REFUSED, OG_NONE,  OG_DENIED,
                                      OG_MISS, OG_ABSENT,  OG_STALE, OG_FULL};
  int64_t answer;
  size_t i;
  for (i = 0; i < sizeof kOutcomes / sizeof *kOutcomes; ++i) {
    answer = kOutcomes[i];
    CHECK_EQ(og_at_hand(answer) + og_missing(answer) + og_refused(answer), 1);
  }
  for (answer = -300; answer <= 300; ++answer) {
    const int failed = og_failed(answer), waits = answer == OG_WAIT;
    const int entered = og_entered(answer) + og_at_hand(answer) + og_missing(answer) +
                        og_refused(answer) + failed + waits;
    const int leased = og_leased(answer) + og_at_hand(answer) + og_missing(answer) + failed + waits;
    CHECK_EQ(failed, answer <= -100);
    CHECK_EQ(og_leased(answer), og_entered(answer));
    CHECK(og_allowed(answer) + og_denied(answer) + failed == (answer >= 0 || answer <= -100));
    CHECK(og_found(answer) + og_missing(answer) + failed <= 1);
    CHECK(leased <= 1);
    CHECK(entered <= 1);
  }
}

int main(void) {
  a_limiter();
  those_that_let_in();
  a_cache();
  every_number();
  return 0;
}
