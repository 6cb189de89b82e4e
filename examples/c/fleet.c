/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver does: it takes what a machine has to ask its fleet's server, has a client run it,
 * and hands over the replies. A real one runs it on a client for Redis or Valkey, for ever, in a
 * thread of its own; here a few lines stand for the server, so that the program runs anywhere. */
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int g_left = 10; /* tokens of the one key that this server has */

/* What the server answers to a command: of a bucket, how many it gives, us until there are more,
 * how many are left, us until it is full. */
static void run(const char *command, char *reply, size_t size) {
  if (strstr(command, "INFO") != NULL) {
    snprintf(reply, size, "$11\r\nrole:master\r\n");
  } else if (strstr(command, ":members") != NULL) {
    snprintf(reply, size, "*1\r\n:2\r\n"); /* machines in the fleet */
  } else {
    int given = g_left > 0;
    g_left -= given;
    snprintf(reply, size, "*4\r\n:%d\r\n:%d\r\n:%d\r\n:0\r\n", given, given ? 0 : 100000, g_left);
  }
}

/* One round: the commands are one text, each of them an array, "*3\r\n$7\r\nEVALSHA\r\n...". */
static void carry(og_fleet *fleet) {
  og_text *batch = NULL;
  char *text, *next, reply[64];
  int64_t number;
  if (og_fleet_take(fleet, &batch, NULL) != OG_OK) return;
  text = strdup(og_text_data(batch));
  og_text_destroy(&batch);
  number = text != NULL && text[0] == ':' ? strtoll(text + 1, NULL, 10) : 0;
  for (next = number ? strstr(text, "\n*") : NULL; next != NULL; ++number) {
    char *command = next + 1;
    next = strstr(command, "\n*");
    if (next != NULL) *next = '\0';
    run(command, reply, sizeof reply);
    og_fleet_reply(fleet, number, reply, (int64_t)strlen(reply), NULL);
  }
  free(text);
}

int main(void) {
  char segment[64];
  og_scope *host = NULL, *scope = NULL;
  og_fleet *fleet = NULL;
  og_config *config = NULL;
  og_clock *clock = NULL;
  og_limiter *limiter = NULL;
  og_error *error = NULL;
  int i, passed = 0;

  snprintf(segment, sizeof segment, "/outgrow-example-%d", (int)getpid());
  if (og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "rate", "10/h") != OG_OK ||
      og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_scope_create_host(segment, NULL, &host, &error) != OG_OK ||
      og_fleet_create_in(host, "shop", NULL, clock, &fleet, &error) != OG_OK ||
      og_fleet_scope(fleet, &scope, &error) != OG_OK ||
      og_limiter_create_in(scope, "logins", config, clock, &limiter, &error) != OG_OK) {
    fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  } else {
    for (i = 0; i < 100; ++i) {
      if (og_allowed(og_limiter_acquire(limiter, "alice", 5, 1))) ++passed;
      carry(fleet);
      og_clock_advance(clock, 1000000);
    }
    printf("alice asked 100 times; the fleet has 10 for her: %d passed\n", passed);
  }
  og_error_destroy(&error);
  og_limiter_destroy(&limiter);
  og_scope_destroy(&scope);
  og_fleet_destroy(&fleet);
  og_scope_destroy(&host);
  og_scope_remove(segment, NULL);
  og_clock_destroy(&clock);
  og_config_destroy(&config);
  return 0;
}
