/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet of two machines on a server, each with a pump. */
#include <outgrow.h>
#include <outgrow/hiredis.h>

#include "tests/hiredis/server.h"

static struct server g_server;

static redisContext *logged_in(void *user, struct timeval timeout) {
  redisContext *context = server_connect(&g_server, 1, timeout);
  redisReply *reply = context->err ? NULL : redisCommand(context, "AUTH %s", (const char *)user);
  int is_in = reply != NULL && reply->type == REDIS_REPLY_STATUS;
  if (reply != NULL) freeReplyObject(reply);
  if (is_in || context->err) return context;
  redisFree(context);
  return NULL;
}

struct machine {
  char segment[64];
  og_scope *host, *scope;
  og_fleet *fleet;
  og_limiter *limiter;
  og_hiredis_pump *pump;
};

static void machine_join(struct machine *machine, const char *password) {
  og_config *fleet = NULL, *limiter = NULL;
  CHECK_EQ(og_config_create(&fleet, NULL), OG_OK);
  CHECK_EQ(og_config_set(fleet, "timeout_ms", "500ms"), OG_OK);
  CHECK_EQ(og_config_create(&limiter, NULL), OG_OK);
  CHECK_EQ(og_config_set(limiter, "rate", "60/h"), OG_OK);
  CHECK_EQ(og_scope_create_host(machine->segment, NULL, &machine->host, NULL), OG_OK);
  CHECK_EQ(og_fleet_create_in(machine->host, "shop", fleet, NULL, &machine->fleet, NULL), OG_OK);
  CHECK_EQ(og_fleet_scope(machine->fleet, &machine->scope, NULL), OG_OK);
  CHECK_EQ(og_limiter_create_in(machine->scope, "logins", limiter, NULL, &machine->limiter, NULL),
           OG_OK);
  CHECK_EQ(og_hiredis_pump_create(machine->fleet, logged_in, (void *)password, 0, &machine->pump),
           OG_OK);
  CHECK_EQ(og_hiredis_pump_start(machine->pump), OG_OK);
  og_config_destroy(&fleet);
  og_config_destroy(&limiter);
}

static void machine_leave(struct machine *machine) {
  og_hiredis_pump_destroy(&machine->pump);
  og_limiter_destroy(&machine->limiter);
  og_scope_destroy(&machine->scope);
  og_fleet_destroy(&machine->fleet);
  og_scope_destroy(&machine->host);
}

/* Whether it says so of itself; and no secret in any case. */
static int says(const struct machine *machine, const char *member, const char *value) {
  char wanted[64];
  og_text *status = NULL;
  int is_so;
  CHECK_EQ(og_fleet_status(machine->fleet, &status, NULL), OG_OK);
  snprintf(wanted, sizeof wanted, "\"%s\":\"%s\"", member, value);
  is_so = strstr(og_text_data(status), wanted) != NULL;
  if (!is_so) {
    snprintf(wanted, sizeof wanted, "\"%s\": \"%s\"", member, value);
    is_so = strstr(og_text_data(status), wanted) != NULL;
  }
  CHECK(strstr(og_text_data(status), SECRET) == NULL);
  CHECK(strstr(og_text_data(status), g_server.socket) == NULL);
  og_text_destroy(&status);
  return is_so;
}

static int passes(struct machine *machine, const char *key) {
  int64_t wait = og_limiter_acquire(machine->limiter, key, (int64_t)strlen(key), 1);
  CHECK(!og_failed(wait));
  return og_allowed(wait);
}

static int is_apart(struct machine *machine) {
  passes(machine, "bob");
  return says(machine, "state", "apart");
}

static int is_up(struct machine *machine) {
  passes(machine, "bob");
  return says(machine, "state", "up");
}

/* Of one key of 60 an hour, the burst, and a slice (a tenth of it) for each machine. */
static void test_one_limit(struct machine *both) {
  int passed[2] = {0, 0}, i;
  for (i = 0; i < 2; ++i) machine_join(&both[i], SECRET);
  for (i = 0; i < 2; ++i) WITHIN_MS(10000, says(&both[i], "state", "up"));
  for (i = 0; i < 200; ++i) {
    passed[i % 2] += passes(&both[i % 2], "alice");
    pause_ms(1);
  }
  printf("passed %d and %d\n", passed[0], passed[1]);
  CHECK(passed[0] > 0 && passed[1] > 0);
  CHECK(passed[0] + passed[1] >= 45 && passed[0] + passed[1] <= 60 + 2 * 6);
}

/* Stopped, it is apart, and lets its share through; started, empty, it is up again. */
static void test_outage(struct machine *both) {
  int i;
  server_kill(&g_server);
  WITHIN_MS(10000, is_apart(&both[0]));
  CHECK(says(&both[0], "why", "Connection refused") || says(&both[0], "why", "connection closed") ||
        says(&both[0], "why", "Connection reset by peer"));
  CHECK(passes(&both[0], "carol"));
  server_run(&g_server);
  for (i = 0; i < 2; ++i) WITHIN_MS(20000, is_up(&both[i]));
}

/* A forked worker of the machine is its agent once the one before is killed. */
static void test_handover(struct machine *here) {
  int ready[2];
  char byte;
  pid_t other;
  CHECK_EQ(pipe(ready), 0);
  machine_leave(here);
  other = fork();
  if (other == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    machine_join(here, SECRET);
    WITHIN_MS(10000, says(here, "state", "up"));
    CHECK_EQ(write(ready[1], "x", 1), 1);
    pause_ms(60000);
    _exit(0);
  }
  CHECK_EQ(read(ready[0], &byte, 1), 1);
  machine_join(here, SECRET);
  CHECK(says(here, "agent", "another process"));
  kill(other, SIGKILL);
  waitpid(other, NULL, 0);
  WITHIN_MS(3000, says(here, "agent", "this process"));
  WITHIN_MS(10000, says(here, "state", "up"));
  close(ready[0]);
  close(ready[1]);
}

static void test_leave(struct machine *both) {
  WITHIN_MS(5000, strcmp(server_ask(&g_server, "ZCARD outgrow:shop:members"), "2") == 0);
  CHECK_EQ(og_fleet_leave(both[0].fleet), OG_OK);
  CHECK_EQ(og_hiredis_pump_stop(both[0].pump), OG_OK);
  CHECK(strcmp(server_ask(&g_server, "ZCARD outgrow:shop:members"), "1") == 0);
}

static void test_wrong_password(struct machine *machine) {
  machine_leave(machine);
  machine_join(machine, "not-" SECRET);
  WITHIN_MS(10000, says(machine, "state", "apart"));
  CHECK(says(machine, "why", "not connected"));
}

int main(void) {
  struct machine both[2];
  int i;
  memset(both, 0, sizeof both);
  for (i = 0; i < 2; ++i)
    snprintf(both[i].segment, sizeof both[i].segment, "/outgrow-hiredis-%d-%d", i, (int)getpid());
  server_start(&g_server, "--requirepass", SECRET);
  test_one_limit(both);
  test_outage(both);
  test_handover(&both[0]);
  test_leave(both);
  test_wrong_password(&both[1]);
  for (i = 0; i < 2; ++i) {
    machine_leave(&both[i]);
    og_scope_remove(both[i].segment, NULL);
  }
  server_end(&g_server);
  puts("ok");
  return 0;
}
