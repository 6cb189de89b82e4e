/* SPDX-License-Identifier: Apache-2.0 */
/* One limit for all machines, over hiredis: fleet_hiredis SOCKET, the Unix socket of a
 * redis-server. Two machines are here two host scopes of one process; each has a pump. */
#include <hiredis/hiredis.h>
#include <outgrow.h>
#include <outgrow/hiredis.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where the program says how it connects: TCP, TLS, a user and a password go in here. */
static redisContext *connect_to(void *socket, struct timeval timeout) {
  redisContext *context = redisConnectUnixWithTimeout(socket, timeout);
  if (context != NULL && !context->err) redisSetTimeout(context, timeout);
  return context;
}

struct machine {
  char segment[64];
  og_scope *host, *scope;
  og_fleet *fleet;
  og_limiter *limiter;
  og_hiredis_pump *pump;
};

static int join(struct machine *machine, int number, char *socket, og_config *fleet,
                og_config *limiter, og_error **error) {
  snprintf(machine->segment, sizeof machine->segment, "/outgrow-example-%d-%d", (int)getpid(),
           number);
  return og_scope_create_host(machine->segment, NULL, &machine->host, error) == OG_OK &&
         og_fleet_create_in(machine->host, "shop", fleet, NULL, &machine->fleet, error) == OG_OK &&
         og_fleet_scope(machine->fleet, &machine->scope, error) == OG_OK &&
         og_limiter_create_in(machine->scope, "logins", limiter, NULL, &machine->limiter, error) ==
             OG_OK &&
         og_hiredis_pump_create(machine->fleet, connect_to, socket, 0, &machine->pump) == OG_OK &&
         og_hiredis_pump_start(machine->pump) == OG_OK;
}

static void part(struct machine *machine) {
  og_hiredis_pump_destroy(&machine->pump); /* before its fleet */
  og_limiter_destroy(&machine->limiter);
  og_scope_destroy(&machine->scope);
  og_fleet_destroy(&machine->fleet);
  og_scope_destroy(&machine->host);
  og_scope_remove(machine->segment, NULL);
}

int main(int count, char **arguments) {
  struct machine machines[2];
  og_config *fleet = NULL, *limiter = NULL;
  og_error *error = NULL;
  int i, passed = 0;
  if (count != 2) {
    fprintf(stderr, "usage: fleet_hiredis SOCKET\n");
    return 2;
  }
  memset(machines, 0, sizeof machines);
  if (og_config_create(&fleet, &error) == OG_OK && og_config_create(&limiter, &error) == OG_OK &&
      og_config_set(fleet, "timeout_ms", "5s") == OG_OK && /* of the first call of a key */
      og_config_set(limiter, "rate", "1/h") == OG_OK &&
      og_config_set(limiter, "burst", "10") == OG_OK &&
      join(&machines[0], 0, arguments[1], fleet, limiter, &error) &&
      join(&machines[1], 1, arguments[1], fleet, limiter, &error)) {
    for (i = 0; i < 20; ++i)
      if (og_allowed(og_limiter_acquire(machines[0].limiter, "alice", 5, 1))) ++passed;
    printf("on the first machine %s\n", passed > 0 ? "alice passed" : "nobody passed");
    for (i = 0; i < 100; ++i) {
      if (og_allowed(og_limiter_acquire(machines[i % 2].limiter, "alice", 5, 1))) ++passed;
      usleep(1000);
    }
    printf("alice asked two machines 120 times; the fleet has 10 for her: %s\n",
           passed <= 12 ? "no more passed than its bound" : "too many passed");
  } else {
    fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  }
  for (i = 0; i < 2; ++i) part(&machines[i]);
  og_error_destroy(&error);
  og_config_destroy(&limiter);
  og_config_destroy(&fleet);
  return 0;
}
