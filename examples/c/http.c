/* SPDX-License-Identifier: Apache-2.0 */
/* A limit per client behind a proxy, with the fields of HTTP that tell clients of it. The clock is
 * manual; a service passes NULL for it. */
#include <outgrow.h>
#include <stdio.h>
#include <string.h>

static int64_t size(const char *text) { return (int64_t)strlen(text); }

/* Says what went wrong; with no memory there is not even an error. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

/* Answers a request as a server would that has its connection and its X-Forwarded-For. */
static int handle(og_limiter *limiter, const og_http *http, const char *remote,
                  const char *forwarded) {
  og_text *key = NULL, *fields = NULL, *problem = NULL;
  og_error *error = NULL;
  int64_t wait = 0;
  int failed = 1;

  if (og_http_client(http, remote, size(remote), forwarded, size(forwarded), &key, &error) ==
          OG_OK &&
      !og_failed(wait = og_limiter_acquire(limiter, og_text_data(key), og_text_size(key), 1)) &&
      og_http_fields(http, og_text_data(key), og_text_size(key), wait, NULL, 0, &fields, &error) ==
          OG_OK &&
      og_http_problem(http, wait, OG_PROBLEM_QUOTA_EXCEEDED, &problem, &error) == OG_OK) {
    const char *line = og_text_data(fields);
    printf("%s: %s\n", og_text_data(key), og_allowed(wait) ? "200 OK" : "429 Too Many Requests");
    while (*line != '\0') { /* they end as lines of HTTP do; a terminal needs no CR */
      const char *end = strstr(line, "\r\n");
      printf("  %.*s\n", (int)(end - line), line);
      line = end + 2;
    }
    if (!og_allowed(wait)) printf("  %s\n", og_text_data(problem));
    failed = 0;
  }
  og_text_destroy(&problem);
  og_text_destroy(&fields);
  og_text_destroy(&key);
  return failed ? fail(error) : 0;
}

int main(void) {
  og_clock *clock = NULL;
  og_config *rate = NULL, *edge = NULL;
  og_limiter *limiter = NULL;
  og_http *http = NULL;
  og_error *error = NULL;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&rate, &error) != OG_OK || og_config_create(&edge, &error) != OG_OK ||
      og_config_set(rate, "rate", "2/min") != OG_OK ||
      og_config_set(edge, "trusted", "10.0.0.0/8") != OG_OK ||
      og_limiter_create_in(NULL, "login", rate, clock, &limiter, &error) != OG_OK ||
      og_http_create(edge, limiter, &http, &error) != OG_OK)
    return fail(error);

  if (handle(limiter, http, "10.0.0.1:4711", "203.0.113.9") != 0 ||
      /* what the client itself wrote in front chooses no other key */
      handle(limiter, http, "10.0.0.1:4712", "198.51.100.1, 203.0.113.9") != 0 ||
      handle(limiter, http, "10.0.0.1:4713", "203.0.113.9") != 0 ||
      /* all of a /64 is one client */
      handle(limiter, http, "[2001:db8::1]:4711", "") != 0 ||
      handle(limiter, http, "[2001:db8::2]:4711", "") != 0)
    return 1;

  og_http_destroy(&http);
  og_limiter_destroy(&limiter);
  og_config_destroy(&edge);
  og_config_destroy(&rate);
  og_clock_destroy(&clock);
  return 0;
}
