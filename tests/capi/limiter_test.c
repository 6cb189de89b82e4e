/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"
#include "tests/capi/said.h"

#define SECOND INT64_C(1000000000)

static og_limiter *made(const char *rate, const char *name, const char *value, og_clock *clock) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", rate), OG_OK);
  if (name) CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_limiter_create(config, clock, &limiter, NULL), OG_OK);
  og_config_destroy(&config);
  return limiter;
}

static void refused(const char *name, const char *value, const char *rate, og_status status,
                    const char *option, const char *words) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  if (rate) CHECK_EQ(og_config_set(config, "rate", rate), OG_OK);
  if (name) CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, &error), status);
  CHECK(limiter == NULL);
  CHECK(strcmp(og_error_option(error), option) == 0);
  if (!strstr(og_error_message(error), words)) fprintf(stderr, "%s\n", og_error_message(error));
  CHECK(strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void options_are_checked(void) {
  refused("brust", "3", "1/s", OG_UNKNOWN_OPTION, "brust", "did you mean 'burst'?");
  refused(NULL, NULL, NULL, OG_BAD_VALUE, "rate", "rate");
  refused("keys", "0", "1/s", OG_BAD_VALUE, "keys", "1 to");
  refused("when_full", "panic", "1/s", OG_BAD_VALUE, "when_full", "deny");
  refused("keys", "1000000000", "1/s", OG_BAD_VALUE, "keys", "max_memory");
  refused("policy", "sliding_window", "2000000/s", OG_BAD_VALUE, "rate", "sliding_window");
}

static void nulls_are_statuses(void) {
  og_limiter *none = NULL;
  const void *key = "k";
  const int64_t len = 1;
  int64_t wait = 0;
  CHECK_EQ(og_limiter_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(NULL, "k", 1, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_acquire_at(NULL, "k", 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_peek(NULL, "k", 1, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_peek_at(NULL, "k", 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_acquire_many(NULL, &key, &len, NULL, 1, &wait), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_acquire_many_at(NULL, &key, &len, NULL, 1, 0, &wait), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_acquire_detailed(NULL, "k", 1, 1, NULL, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_acquire_detailed_at(NULL, "k", 1, 1, 0, NULL, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_stat(NULL, OG_LIMITER_ALLOWED), OG_NULL_HANDLE);
  og_limiter_destroy(NULL);
  og_limiter_destroy(&none);
}

static void absurd_calls_are_refused(og_clock *clock) {
  og_limiter *limiter = made("5/s", NULL, NULL, clock);
  const void *key = "k";
  int64_t len = 1, wait = 0;
  CHECK_EQ(og_limiter_acquire(limiter, NULL, 3, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(limiter, "k", -1, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, INT64_MAX), OG_NEVER);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 6), OG_NEVER);
  CHECK_EQ(og_limiter_peek(limiter, "k", -1, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_many(limiter, NULL, &len, NULL, 1, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_many(limiter, &key, NULL, NULL, 1, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_many(limiter, &key, &len, NULL, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_many(limiter, &key, &len, NULL, -1, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_many(limiter, &key, &len, NULL, 0, &wait), 0);
  CHECK_EQ(og_limiter_stat(limiter, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_stat(limiter, 99), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 0), 0); /* asks for nothing */
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 5), 0); /* and nothing above took any */
  og_limiter_destroy(&limiter);
  CHECK(limiter == NULL);
}

static void absurd_times_are_refused(void) {
  og_limiter *limiter = made("1/s", NULL, NULL, NULL);
  CHECK_EQ(og_limiter_acquire_at(limiter, "k", 1, 1, 0), 0);
  CHECK_EQ(og_limiter_acquire_at(limiter, "k", 1, 1, INT64_MAX), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_at(limiter, "k", 1, 1, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_peek_at(limiter, "k", 1, 1, INT64_MAX), OG_INVALID_ARGUMENT);
  og_limiter_destroy(&limiter);
}

static void keys_are_any_bytes(og_clock *clock) {
  const int64_t size = 10 << 20;
  og_limiter *limiter = made("1/s", NULL, NULL, clock);
  char *big = calloc(1, (size_t)size);
  CHECK(big != NULL);
  CHECK_EQ(og_limiter_acquire(limiter, big, size, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, big, size, 1), SECOND);
  CHECK_EQ(og_limiter_acquire(limiter, big, size - 1, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, "\0a", 2, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, "\0b", 2, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, NULL, 0, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, "", 0, 1), SECOND); /* the same key: none */
  free(big);
  og_limiter_destroy(&limiter);
}

static void detailed_and_peek_agree_with_acquire(og_clock *clock) {
  og_limiter *limiter = made("10/s", "burst", "4", clock);
  int64_t limit = -1, remaining = -1, reset = -1;
  CHECK_EQ(og_limiter_peek(limiter, "k", 1, 4), 0);
  CHECK_EQ(og_limiter_acquire_detailed(limiter, "k", 1, 3, &limit, &remaining, &reset), 0);
  CHECK_EQ(limit, 4);
  CHECK_EQ(remaining, 1);
  CHECK_EQ(reset, 3 * SECOND / 10);
  CHECK_EQ(og_limiter_peek(limiter, "k", 1, 2), SECOND / 10);
  CHECK_EQ(og_limiter_acquire_detailed(limiter, "k", 1, 2, NULL, &remaining, NULL), SECOND / 10);
  CHECK_EQ(remaining, 1);
  CHECK_EQ(og_limiter_acquire_detailed(limiter, "k", 1, -2, NULL, &remaining, NULL),
           OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_detailed(limiter, "other", 5, 0, &limit, &remaining, &reset), 0);
  CHECK_EQ(remaining, 4);
  CHECK_EQ(reset, 0);
  og_limiter_destroy(&limiter);
}

static void many_is_as_many_acquires(void) {
  og_limiter *limiter = made("2/s", NULL, NULL, NULL);
  const void *keys[5] = {"a", "b", "a", NULL, "a"};
  const int64_t lens[5] = {1, 1, 1, 4, 1};
  const int64_t costs[5] = {1, 2, 1, 1, 1};
  int64_t waits[5], limit, remaining, reset;
  CHECK_EQ(og_limiter_acquire_many_at(limiter, keys, lens, costs, 5, 0, waits), 3);
  CHECK_EQ(waits[0], 0);
  CHECK_EQ(waits[1], 0);
  CHECK_EQ(waits[2], 0);
  CHECK_EQ(waits[3], OG_INVALID_ARGUMENT);
  CHECK_EQ(waits[4], SECOND / 2);
  CHECK_EQ(og_limiter_acquire_many_at(limiter, keys, lens, NULL, 2, SECOND / 2, waits), 2);
  CHECK_EQ(og_limiter_acquire_detailed_at(limiter, "a", 1, 1, SECOND, &limit, &remaining, &reset),
           0);
  CHECK_EQ(remaining, 0);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_ALLOWED), 6);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_DENIED), 1);
  og_limiter_destroy(&limiter);
}

/* More busy keys than cells: a flood gains nothing for a key that has spent its share. */
static void full_tables_keep_their_word(const char *when_full) {
  og_limiter *limiter = NULL;
  og_config *config = NULL;
  int64_t i, crowded;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  og_config_set(config, "rate", "1/h");
  og_config_set(config, "keys", "16");
  og_config_set(config, "when_full", when_full);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, NULL), OG_OK);
  CHECK_EQ(og_limiter_acquire_at(limiter, "victim", 6, 1, 0), 0);
  for (i = 0; i < 10000; ++i) {
    int64_t wait = og_limiter_acquire_at(limiter, &i, sizeof i, 1, 0);
    CHECK(wait >= 0 && wait <= 3600 * SECOND);
  }
  CHECK(og_limiter_acquire_at(limiter, "victim", 6, 1, 1) > 0);
  crowded = og_limiter_stat(limiter, OG_LIMITER_CROWDED_OUT);
  CHECK(crowded > 9000);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_EVICTIONS), 0); /* none was idle */
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_ALLOWED),
           strcmp(when_full, "allow") == 0 ? 10001 : 10001 - crowded);
  CHECK(og_limiter_stat(limiter, OG_LIMITER_MEMORY) > 0);
  /* An hour on, every bucket is full again, and its cell another's. */
  CHECK_EQ(og_limiter_acquire_at(limiter, "newcomer", 8, 1, 3601 * SECOND), 0);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_EVICTIONS), 1);
  og_config_destroy(&config);
  og_limiter_destroy(&limiter);
}

static void idle_keys_are_not_counted(og_clock *clock) {
  og_limiter *limiter = made("1/s", NULL, NULL, clock);
  CHECK_EQ(og_limiter_acquire(limiter, "a", 1, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, "b", 1, 1), 0);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_KEYS), 2);
  CHECK_EQ(og_clock_advance(clock, SECOND), OG_OK);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_KEYS), 0);
  og_limiter_destroy(&limiter);
}

static void rate_and_burst_change_while_it_is_used(og_clock *clock) {
  og_config *config = NULL;
  og_error *error = NULL;
  og_limiter *limiter = made("100/s", NULL, NULL, clock);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 60), 0);
  CHECK_EQ(og_limiter_reconfigure(limiter, NULL, &error), OG_OK);
  CHECK(error == NULL);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "200/s"), OG_OK);
  CHECK_EQ(og_limiter_reconfigure(NULL, config, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_reconfigure(limiter, config, NULL), OG_OK);
  CHECK_EQ(og_limiter_peek(limiter, "k", 1, 80), 0);
  CHECK_EQ(og_limiter_peek(limiter, "k", 1, 81), SECOND / 200);
  CHECK_EQ(og_config_set(config, "keys", "7"), OG_OK);
  CHECK_EQ(og_limiter_reconfigure(limiter, config, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "keys") == 0);
  og_error_destroy(&error);
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
}

static void a_refusal_says_the_name_and_the_wait(void) {
  og_config *config = NULL;
  og_error *error = NULL;
  og_limiter *limiter = NULL, *unnamed = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/s"), OG_OK);
  CHECK_EQ(og_limiter_create_in(NULL, "log\nins", config, NULL, &limiter, NULL), OG_OK);
  CHECK_EQ(og_limiter_create_in(NULL, NULL, config, NULL, &unnamed, NULL), OG_OK);
  CHECK_EQ(og_limiter_refusal(limiter, 250000001, &text, NULL), OG_OK);
  check_said(text, "over the rate limit 'log\\x0ains'; try again in 0.251 s");
  CHECK_EQ(og_limiter_refusal(limiter, OG_NEVER, &text, NULL), OG_OK);
  check_said(text, "over the rate limit 'log\\x0ains'; it never passes");
  CHECK_EQ(og_limiter_refusal(limiter, OG_NEVER - 1, &text, NULL), OG_OK);
  check_said(text, "over the rate limit 'log\\x0ains'; try again in 9223372036.855 s");
  CHECK_EQ(og_limiter_refusal(unnamed, SECOND, &text, NULL), OG_OK);
  check_said(text, "over the rate limit; try again in 1.0 s");
  CHECK_EQ(og_limiter_refusal(unnamed, -1, &text, &error), OG_INVALID_ARGUMENT);
  CHECK(text == NULL);
  CHECK(strcmp(og_error_option(error), "wait_ns") == 0);
  CHECK(strcmp(og_error_message(error), "wait_ns cannot be -1: a wait is 0 or more") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_refusal(NULL, 1, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_refusal(unnamed, 1, NULL, NULL), OG_INVALID_ARGUMENT);
  og_limiter_destroy(&limiter);
  og_limiter_destroy(&unnamed);
  og_config_destroy(&config);
}

static void keys_have_plans(og_clock *clock) {
  og_config *config = NULL;
  og_error *error = NULL;
  og_limiter *limiter = NULL, *plain = NULL;
  og_text *text = NULL;
  int64_t limit = -1;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/s"), OG_OK);
  CHECK_EQ(og_limiter_create_in(NULL, "plain", config, clock, &plain, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "plans", "pro=5/s, all=unlimited"), OG_OK);
  CHECK_EQ(og_config_set(config, "plan_keys", "1"), OG_OK);
  CHECK_EQ(og_limiter_create_in(NULL, "api", config, clock, &limiter, NULL), OG_OK);
  CHECK_EQ(og_limiter_set_plan(limiter, NULL, 0, "pro", NULL), OG_OK); /* without keys */
  CHECK_EQ(og_limiter_plan(limiter, NULL, 0, &text, NULL), OG_OK);
  check_said(text, "pro");
  CHECK_EQ(og_limiter_acquire(limiter, NULL, 0, 5), 0);
  CHECK_EQ(og_limiter_set_plan(limiter, "k", 1, "pro", &error), OG_FULL);
  CHECK(strcmp(og_error_message(error),
               "limiter 'api' has plans for 1 keys, as many as option 'plan_keys' has room for: "
               "raise it") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_set_plan(limiter, "k", 1, "gold", &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_message(error),
               "limiter 'api' has no plan 'gold': it has default, exempt, blocked, pro, all") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_set_plan(limiter, "k", 1, "prp", &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_message(error),
               "limiter 'api' has no plan 'prp' (did you mean 'pro'?): it has default, exempt, "
               "blocked, pro, all") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_set_plan(limiter, "k", 1, NULL, &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "plan") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_set_plan(limiter, NULL, 1, "pro", NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_plan(limiter, "k", -1, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_as(limiter, "k", 1, "all", 1000), 0);
  CHECK_EQ(og_limiter_acquire_as(limiter, "k", 1, "gold", 1), OG_BAD_VALUE);
  CHECK_EQ(og_limiter_acquire_as(limiter, "k", 1, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_as(limiter, NULL, 1, "pro", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_set_plan(limiter, NULL, 0, "all", NULL), OG_OK);
  CHECK_EQ(og_limiter_standing(limiter, NULL, 0, &limit, NULL, NULL, NULL), 0);
  CHECK_EQ(limit, INT64_MAX);
  CHECK_EQ(og_limiter_acquire_as(plain, "k", 1, "default", 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_set_plan(plain, "k", 1, "default", &error), OG_UNSUPPORTED);
  CHECK(strstr(og_error_message(error), "limiter 'plain' has no plans") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_plan(plain, "k", 1, &text, NULL), OG_UNSUPPORTED);
  og_limiter_destroy(&limiter);
  og_limiter_destroy(&plain);
  og_config_destroy(&config);
}

static void it_tells_who_is_denied_most(void) {
  og_config *config = NULL;
  og_error *error = NULL;
  og_limiter *noting = NULL, *plain = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/h"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &plain, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "hottest", "true"), OG_OK);
  CHECK_EQ(og_config_set(config, "enforce_percent", "0"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &noting, NULL), OG_OK);
  for (int i = 0; i < 3; ++i) CHECK_EQ(og_limiter_acquire(noting, "k", 1, 1), 0);
  CHECK_EQ(og_limiter_stat(noting, OG_LIMITER_SPARED), 2);
  CHECK_EQ(og_limiter_stat(noting, OG_LIMITER_DENIED), 0);
  CHECK_EQ(og_limiter_hottest(noting, &text, NULL), OG_OK);
  check_said(text, "[{\"key\":\"k\",\"denied\":2}]");
  text = NULL;
  CHECK_EQ(og_limiter_hottest(plain, &text, &error), OG_UNSUPPORTED);
  CHECK(text == NULL);
  CHECK(strcmp(og_error_option(error), "hottest") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_limiter_hottest(NULL, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_hottest(noting, NULL, NULL), OG_INVALID_ARGUMENT);
  og_limiter_destroy(&noting);
  og_limiter_destroy(&plain);
  og_config_destroy(&config);
}

static void all_is_one_decision(void) {
  og_limiter *user = made("5/s", NULL, NULL, NULL), *team = made("2/h", NULL, NULL, NULL);
  og_limiter *const limiters[] = {user, team, user}, *const missing[] = {user, NULL, team};
  const void *keys[] = {"alice", NULL, "alice"}, *bad[] = {"alice", "x", "y"};
  const int64_t lens[] = {5, 0, 5}, bad_lens[] = {5, 1, -1};
  const int64_t costs[] = {1, 1, 2}, negative[] = {1, 1, -2};
  int64_t which = 7;
  CHECK_EQ(og_limiter_acquire_all_at(limiters, keys, lens, costs, 3, 0, &which), 0);
  CHECK_EQ(which, OG_NONE);
  CHECK_EQ(og_limiter_acquire_all_at(limiters, keys, lens, costs, 3, 0, &which), SECOND / 5);
  CHECK_EQ(which, 0);
  CHECK_EQ(og_limiter_acquire_all_at(limiters, keys, lens, NULL, 3, 0, NULL), 0);
  CHECK_EQ(og_limiter_acquire_all_at(limiters, keys, lens, NULL, 2, SECOND, &which), 1799 * SECOND);
  CHECK_EQ(which, 1);
  CHECK_EQ(og_limiter_stat(user, OG_LIMITER_ALLOWED), 2);
  CHECK_EQ(og_limiter_stat(user, OG_LIMITER_DENIED), 1);
  CHECK_EQ(og_limiter_stat(team, OG_LIMITER_DENIED), 1);
  CHECK_EQ(og_limiter_acquire_all_at(missing, keys, lens, NULL, 3, SECOND, &which), OG_NULL_HANDLE);
  CHECK_EQ(which, 1);
  CHECK_EQ(og_limiter_acquire_all_at(limiters, bad, bad_lens, NULL, 3, SECOND, &which),
           OG_INVALID_ARGUMENT);
  CHECK_EQ(which, 2);
  CHECK_EQ(og_limiter_acquire_all(limiters, keys, lens, negative, 3, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(which, 2);
  which = 7;
  CHECK_EQ(og_limiter_acquire_all(NULL, keys, lens, NULL, 3, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(which, OG_NONE);
  CHECK_EQ(og_limiter_acquire_all(limiters, NULL, lens, NULL, 3, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_all(limiters, keys, NULL, NULL, 3, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_all(limiters, keys, lens, NULL, -1, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_all(limiters, keys, lens, NULL, 65, &which), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_acquire_all(NULL, NULL, NULL, NULL, 0, NULL), 0);
  CHECK_EQ(og_limiter_peek_at(user, "alice", 5, 5, SECOND), 0);
  og_limiter_destroy(&user);
  og_limiter_destroy(&team);
}

static void reservations_are_checked(og_clock *clock) {
  og_limiter *limiter = made("10/d", "reservations", "2", clock);
  og_limiter *none = made("10/d", NULL, NULL, clock);
  int64_t first, second;
  refused("reservations", "65537", "10/s", OG_BAD_VALUE, "reservations", "65536");
  refused("reservations", "-1", "10/s", OG_BAD_VALUE, "reservations", "0");
  CHECK_EQ(og_limiter_reserve(none, "k", 1, 1, 0), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_settle(none, 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_stat(none, OG_LIMITER_RESERVED), 0);
  CHECK_EQ(og_limiter_reserve(NULL, "k", 1, 1, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_limiter_reserve(limiter, NULL, 1, 1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_reserve(limiter, "k", 1, -1, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_reserve(limiter, "k", 1, 1, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_reserve(limiter, "k", 1, 1, 86400 * SECOND + 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_settle(limiter, 1, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_limiter_settle(limiter, 0, 1), OG_LAPSED);
  CHECK_EQ(og_limiter_settle(limiter, -5, 1), OG_LAPSED);
  CHECK_EQ(og_limiter_settle(limiter, INT64_MAX, 1), OG_LAPSED);
  CHECK_EQ(og_limiter_cancel(limiter, 65536), OG_LAPSED);
  first = og_limiter_reserve(limiter, "k", 1, 4, 0);
  second = og_limiter_reserve(limiter, "l", 1, 3, 0);
  CHECK(first > 0 && second > 0 && first != second);
  CHECK_EQ(og_limiter_reserve(limiter, "m", 1, 1, 0), OG_DENIED);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_RESERVATIONS), 2);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_RESERVED), 7);
  CHECK_EQ(og_limiter_settle(limiter, first, INT64_MAX), OG_OK);
  CHECK(og_limiter_peek(limiter, "k", 1, 1) > 0);
  CHECK_EQ(og_limiter_cancel(limiter, second), OG_OK);
  CHECK_EQ(og_limiter_peek(limiter, "l", 1, 10), 0);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_SETTLED), 2);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_LAPSED), 4);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_EXPIRED), 0);
  CHECK_EQ(og_limiter_stat(limiter, OG_LIMITER_ORPHANED), 0);
  og_limiter_destroy(&none);
  og_limiter_destroy(&limiter);
}

static void reservations_are_of_two_policies(void) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "10/s"), OG_OK);
  CHECK_EQ(og_config_set(config, "reservations", "8"), OG_OK);
  CHECK_EQ(og_config_set(config, "policy", "sliding_window"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error), "'reservations' cannot be 8 with sliding_window"));
  og_error_destroy(&error);
  CHECK_EQ(og_config_set(config, "policy", "token_bucket"), OG_OK);
  CHECK_EQ(og_config_set(config, "plan_keys", "8"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error),
               "'reservations' cannot be 8 with option 'plans' or 'plan_keys'"));
  og_error_destroy(&error);
  CHECK_EQ(og_config_set(config, "plan_keys", "0"), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "10/s, 100/h"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error),
               "'reservations' cannot be 8 with several rates in option 'rate'"));
  og_error_destroy(&error);
  CHECK_EQ(og_config_set(config, "rate", "10/s"), OG_OK);
  CHECK_EQ(og_config_set(config, "policy", "sliding_counter"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, &error), OG_BAD_VALUE);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

int main(void) {
  og_clock *clock = NULL;
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  options_are_checked();
  nulls_are_statuses();
  absurd_calls_are_refused(clock);
  absurd_times_are_refused();
  keys_are_any_bytes(clock);
  detailed_and_peek_agree_with_acquire(clock);
  many_is_as_many_acquires();
  full_tables_keep_their_word("deny");
  full_tables_keep_their_word("allow");
  idle_keys_are_not_counted(clock);
  rate_and_burst_change_while_it_is_used(clock);
  a_refusal_says_the_name_and_the_wait();
  keys_have_plans(clock);
  it_tells_who_is_denied_most();
  all_is_one_decision();
  reservations_are_checked(clock);
  reservations_are_of_two_policies();
  og_clock_destroy(&clock);
  return 0;
}
