/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static og_limiter *made_limiter(void) {
  og_config *config = NULL;
  og_clock *clock = NULL;
  og_limiter *limiter = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/min"), OG_OK);
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_limiter_create(config, clock, &limiter, NULL), OG_OK);
  og_clock_destroy(&clock);
  og_config_destroy(&config);
  return limiter;
}

static void refused(const char *option, const char *value, og_status status, const char *words) {
  og_limiter *limiter = made_limiter();
  og_config *config = NULL;
  og_http *http = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_http_create(config, limiter, &http, &error), status);
  CHECK(http == NULL);
  CHECK(strcmp(og_error_option(error), option) == 0);
  CHECK(strstr(og_error_message(error), words) != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
  og_limiter_destroy(&limiter);
}

static void options_are_checked(void) {
  refused("trusted", "10.0.0.1/8", OG_BAD_VALUE, "'10.0.0.1/8'");
  refused("policy", "a\nb", OG_BAD_VALUE, "visible ASCII");
  refused("unit", "\x7f", OG_BAD_VALUE, "visible ASCII");
  refused("fields", "draft8", OG_BAD_VALUE, "draft10");
  refused("ipv6_prefix", "129", OG_BAD_VALUE, "128");
  refused("trust", "", OG_UNKNOWN_OPTION, "did you mean 'trusted'?");
}

static void bad_arguments_are_statuses(void) {
  og_limiter *limiter = made_limiter();
  og_http *http = NULL;
  og_text *text = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_http_create(NULL, NULL, &http, &error), OG_NULL_HANDLE);
  og_error_destroy(&error);
  CHECK_EQ(og_http_create(NULL, limiter, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_create(NULL, limiter, &http, NULL), OG_OK);
  CHECK_EQ(og_http_client(http, NULL, 1, "", 0, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_client(http, "1.2.3.4", 7, "", -1, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_client(http, "1.2.3.4", 7, NULL, 0, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_client(NULL, "1.2.3.4", 7, NULL, 0, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_http_fields(http, "k", 1, -1, NULL, 0, &text, &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "wait_ns") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_http_fields(http, "k", -1, 0, NULL, 0, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_problem(http, -1, 0, &text, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_http_problem(http, 0, 3, &text, &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "problem") == 0);
  og_error_destroy(&error);
  CHECK(text == NULL);
  og_http_destroy(NULL);
  og_http_destroy(&http);
  CHECK(http == NULL);
  og_limiter_destroy(&limiter);
}

static void it_keeps_its_limiter(void) {
  og_limiter *limiter = made_limiter();
  og_http *http = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_http_create(NULL, limiter, &http, NULL), OG_OK);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  og_limiter_destroy(&limiter);
  CHECK_EQ(og_http_fields(http, "k", 1, 1, "a\0b", 3, &text, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text),
               "RateLimit: \"default\";r=0;t=60;pk=:YQBi:\r\n"
               "RateLimit-Policy: \"default\";q=1;w=60;pk=:YQBi:\r\n"
               "Retry-After: 60\r\n") == 0);
  CHECK_EQ(og_text_size(text), (int64_t)strlen(og_text_data(text)));
  og_text_destroy(&text);
  CHECK_EQ(og_http_client(http, "[2001:db8::7%eth0]:80", 21, NULL, 0, &text, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text), "2001:db8::/64") == 0);
  og_text_destroy(&text);
  og_http_destroy(&http);
}

int main(void) {
  options_are_checked();
  bad_arguments_are_statuses();
  it_keeps_its_limiter();
  return 0;
}
