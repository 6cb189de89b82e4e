/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>
#include <unistd.h>

#include "tests/capi/check.h"

static char g_name[64];
static og_scope *g_host;
static og_clock *g_clock;

static og_fleet *fleet(void) {
  og_fleet *made = NULL;
  og_error *error = NULL;
  if (og_fleet_create_in(g_host, "shop", NULL, g_clock, &made, &error) != OG_OK)
    fprintf(stderr, "%s\n", og_error_message(error));
  CHECK(made != NULL);
  return made;
}

static void refused(og_status status, og_status expected, og_error *error, const char *words) {
  CHECK_EQ(status, expected);
  if (error != NULL && !strstr(og_error_message(error), words))
    fprintf(stderr, "%s\n", og_error_message(error));
  CHECK(error != NULL && strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
}

static void a_fleet_lies_over_a_host(void) {
  og_fleet *made = NULL;
  og_scope *scope = NULL;
  og_error *error = NULL;
  og_config *config = NULL;
  {
    const og_status status = og_fleet_create(NULL, NULL, &made, &error);
    refused(status, OG_INVALID_ARGUMENT, error, "scope");
  }
  {
    const og_status status = og_fleet_create_in(g_host, NULL, NULL, NULL, &made, &error);
    refused(status, OG_INVALID_ARGUMENT, error, "name is NULL");
  }
  {
    const og_status status = og_fleet_create_in(g_host, "a/b", NULL, NULL, &made, &error);
    refused(status, OG_INVALID_ARGUMENT, error, "not 'a/b'");
  }
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "timeout", "1"), OG_OK);
  {
    const og_status status = og_fleet_create_in(g_host, "shop", config, NULL, &made, &error);
    refused(status, OG_UNKNOWN_OPTION, error, "timeout_ms");
  }
  og_config_destroy(&config);
  CHECK(made == NULL);

  made = fleet();
  CHECK_EQ(og_fleet_scope(made, &scope, NULL), OG_OK);
  {
    og_fleet *above = NULL;
    og_breaker *breaker = NULL;
    og_endpoints *servers = NULL;
    og_metrics *metrics = NULL;
    {
      const og_status status = og_fleet_create_in(scope, "more", NULL, NULL, &above, &error);
      refused(status, OG_INVALID_ARGUMENT, error, "not over another fleet");
    }
    {
      const og_status status = og_metrics_create_in(scope, "counts", NULL, &metrics, &error);
      refused(status, OG_UNSUPPORTED, error, "fleet 'shop': no metrics registry");
    }
    CHECK_EQ(og_endpoints_create_in(scope, "servers", NULL, &servers, NULL), OG_OK);
    CHECK_EQ(og_endpoints_ensure(servers, "a", 1, NULL, NULL), 0);
    og_endpoints_destroy(&servers);
    CHECK_EQ(og_breaker_create_in(scope, "db", NULL, NULL, &breaker, NULL), OG_OK);
    CHECK(og_breaker_enter(breaker) > 0);
    og_breaker_destroy(&breaker);
  }
  og_scope_destroy(&scope);
  og_fleet_destroy(&made);
}

static void null_is_refused(void) {
  og_text *text = NULL;
  og_scope *scope = NULL;
  CHECK_EQ(og_fleet_scope(NULL, &scope, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_wait_due(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_take(NULL, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_reply(NULL, 1, ":1\r\n", 4, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_broken(NULL, "", NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_leave(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_fleet_status(NULL, &text, NULL), OG_NULL_HANDLE);
}

static int said(og_fleet *f, const char *part) {
  og_text *text = NULL;
  int found;
  CHECK_EQ(og_fleet_status(f, &text, NULL), OG_OK);
  found = strstr(og_text_data(text), part) != NULL;
  og_text_destroy(&text);
  return found;
}

static void commands_and_replies_are_resp(void) {
  static const char *const kBad[] = {"",
                                     "x",
                                     ":1",
                                     ":x\r\n",
                                     "$5\r\nab\r\n",
                                     "*1\r\n",
                                     ":1\r\n:2\r\n",
                                     "$-2\r\n",
                                     "*9999999999\r\n"};
  og_fleet *f = fleet();
  og_text *text = NULL;
  og_error *error = NULL;
  size_t i;
  CHECK_EQ(og_fleet_wait_due(f, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_fleet_wait_due(f, 0), 1);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text), ":1\r\n*1\r\n$4\r\nINFO\r\n") == 0);
  og_text_destroy(&text);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK); /* it is asked for already */
  CHECK_EQ(og_text_size(text), 0);
  og_text_destroy(&text);
  for (i = 0; i < sizeof kBad / sizeof *kBad; ++i) {
    {
      const og_status status = og_fleet_reply(f, 1, kBad[i], (int64_t)strlen(kBad[i]), &error);
      refused(status, OG_INVALID_ARGUMENT, error, "RESP");
    }
  }
  CHECK_EQ(og_fleet_reply(f, 1, NULL, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK(said(f, "\"state\":\"asking\""));
  CHECK_EQ(og_fleet_reply(f, 1, "-LOADING it loads\r\n", 19, NULL), OG_OK);
  CHECK(said(f, "\"state\":\"apart\"") && said(f, "the server answers LOADING"));
  CHECK_EQ(og_fleet_broken(f, "connection reset", NULL), OG_OK);
  CHECK_EQ(og_fleet_broken(f, "\xff", NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_fleet_broken(f, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_clock_advance(g_clock, 60000000), OG_OK);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "INFO") != NULL);
  CHECK_EQ(og_text_data(text)[1], '2');
  og_text_destroy(&text);
  CHECK_EQ(og_fleet_reply(f, 2, "$13\r\nrole:master\r\n\r\n", 20, NULL), OG_OK);
  CHECK(said(f, "\"state\":\"up\""));
  CHECK_EQ(og_fleet_leave(f), OG_OK);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "EVALSHA") &&
        strstr(og_text_data(text), "outgrow:shop:members"));
  og_text_destroy(&text);
  og_fleet_destroy(&f);
}

static void a_user_of_the_server(void) {
  og_fleet *f = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_fleet_create_in(g_host, "shop", NULL, NULL, &f, NULL), OG_OK);
  CHECK_EQ(og_fleet_acl(f, "carol", &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "ACL SETUSER carol reset on >PASSWORD ~outgrow:shop:* +") ==
        og_text_data(text));
  og_text_destroy(&text);
  CHECK_EQ(og_fleet_acl(f, "two words", &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_fleet_acl(f, "", &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_fleet_acl(f, NULL, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_fleet_acl(NULL, "carol", &text, NULL), OG_NULL_HANDLE);
  og_fleet_destroy(&f);
}

static int g_begun, g_ended;
static void *begin(void) {
  ++g_begun;
  return NULL; /* not to wait */
}
static void end(void *begun) { g_ended += begun != NULL; }

/* By the system's time a call of a key of which the machine knows nothing would wait. */
static void waits_are_told(void) {
  og_fleet *f = NULL;
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  CHECK_EQ(og_fleet_create_in(g_host, "system", NULL, NULL, &f, NULL), OG_OK);
  CHECK_EQ(og_fleet_scope(f, &scope, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "10/s"), OG_OK);
  CHECK_EQ(og_config_set(config, "keys", "16"), OG_OK);
  CHECK_EQ(og_limiter_create_in(scope, "api", config, NULL, &limiter, NULL), OG_OK);
  og_wait_around(begin, end);
  CHECK(og_limiter_acquire(limiter, "u", 1, 1) > 0);
  og_wait_around(NULL, NULL);
  CHECK_EQ(g_begun, 1);
  CHECK_EQ(g_ended, 0);
  /* What is not for a fleet, in any of its modes. */
  CHECK_EQ(og_limiter_acquire_up_to(limiter, "u", 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_give_back(limiter, "u", 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_acquire_as(limiter, "u", 1, "pro", 1), OG_UNSUPPORTED);
  {
    og_error *error = NULL;
    const og_status status = og_limiter_set_plan(limiter, "u", 1, "exempt", &error);
    refused(status, OG_UNSUPPORTED, error, "in a fleet");
  }
  CHECK_EQ(og_limiter_charge(limiter, "u", 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_forget(limiter, "u", 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_reserve_slot(limiter, "u", 1, 1, OG_NEVER, NULL, NULL), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_cancel_slot(limiter, "u", 1, 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_reserve(limiter, "u", 1, 1, 0), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_settle(limiter, 1, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_limiter_cancel(limiter, 1), OG_UNSUPPORTED);
  CHECK_EQ(og_config_set(config, "max_debt", "1"), OG_OK);
  {
    og_limiter *charged = NULL;
    og_error *error = NULL;
    const og_status status = og_limiter_create_in(scope, "charged", config, NULL, &charged, &error);
    refused(status, OG_UNSUPPORTED, error, "option 'max_debt' is not for a fleet");
  }
  CHECK_EQ(og_config_set(config, "max_debt", "0"), OG_OK);
  CHECK_EQ(og_config_set(config, "initial", "0"), OG_OK);
  {
    og_limiter *begun = NULL;
    og_error *error = NULL;
    const og_status status = og_limiter_create_in(scope, "begun", config, NULL, &begun, &error);
    refused(status, OG_UNSUPPORTED, error, "option 'initial' is not for a fleet");
  }
  CHECK_EQ(og_config_set(config, "initial", "-1"), OG_OK);
  CHECK_EQ(og_config_set(config, "plans", "pro=9/s"), OG_OK);
  {
    og_limiter *planned = NULL;
    og_error *error = NULL;
    const og_status status = og_limiter_create_in(scope, "planned", config, NULL, &planned, &error);
    refused(status, OG_UNSUPPORTED, error, "option 'plans' is not for a fleet");
  }
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
  og_scope_destroy(&scope);
  og_fleet_destroy(&f);
}

/* The first call asks; what the server grants is what may be in flight here. */
static void calls_in_flight_have_slots(void) {
  static const char kGranted[] = "*4\r\n:2\r\n:1\r\n:2\r\n:0\r\n"; /* two of three */
  og_fleet *f = NULL;
  og_scope *scope = NULL;
  og_config *config = NULL;
  og_concurrency *backend = NULL;
  og_text *text = NULL;
  int64_t first, second, id;
  CHECK_EQ(og_fleet_create_in(g_host, "calls", NULL, g_clock, &f, NULL), OG_OK);
  CHECK_EQ(og_fleet_scope(f, &scope, NULL), OG_OK);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "limit", "3"), OG_OK);
  CHECK_EQ(og_config_set(config, "lease_ms", "2s"), OG_OK);
  CHECK_EQ(og_config_set(config, "outage", "closed"), OG_OK);
  CHECK_EQ(og_concurrency_create_in(scope, "backend", config, g_clock, &backend, NULL), OG_OK);
  CHECK_EQ(og_concurrency_limit(backend), 3);
  CHECK_EQ(og_concurrency_enter(backend), OG_FULL);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK);
  og_text_destroy(&text);
  CHECK_EQ(og_fleet_reply(f, 1, "$13\r\nrole:master\r\n\r\n", 20, NULL), OG_OK);
  CHECK_EQ(og_fleet_take(f, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "outgrow:calls:concurrency:backend") != NULL);
  og_text_destroy(&text);
  for (id = 2; id <= 3; ++id)
    CHECK_EQ(og_fleet_reply(f, id, kGranted, (int64_t)strlen(kGranted), NULL), OG_OK);
  first = og_concurrency_enter(backend);
  second = og_concurrency_enter(backend);
  CHECK(first > 0 && second > 0);
  CHECK_EQ(og_concurrency_enter(backend), OG_FULL);
  CHECK_EQ(og_concurrency_in_flight(backend), 2);
  CHECK_EQ(og_concurrency_exit(backend, first), OG_OK);
  CHECK(og_concurrency_enter(backend) > 0);
  CHECK_EQ(og_concurrency_exit(backend, second), OG_OK);
  CHECK_EQ(og_clock_advance(g_clock, 2000000000), OG_OK);
  CHECK_EQ(og_concurrency_enter(backend), OG_FULL); /* its slots have ended */
  CHECK_EQ(og_concurrency_refusal(backend, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "'backend' of fleet 'calls'") != NULL);
  og_text_destroy(&text);
  og_concurrency_destroy(&backend);
  og_config_destroy(&config);
  og_scope_destroy(&scope);
  og_fleet_destroy(&f);
}

int main(void) {
  snprintf(g_name, sizeof g_name, "/outgrow-test-fleet-%d", (int)getpid());
  CHECK_EQ(og_scope_create_host(g_name, NULL, &g_host, NULL), OG_OK);
  CHECK_EQ(og_clock_create_manual(1000000000, &g_clock, NULL), OG_OK);
  a_fleet_lies_over_a_host();
  null_is_refused();
  commands_and_replies_are_resp();
  waits_are_told();
  a_user_of_the_server();
  calls_in_flight_have_slots();
  og_clock_destroy(&g_clock);
  og_scope_destroy(&g_host);
  og_scope_remove(g_name, NULL);
  return 0;
}
