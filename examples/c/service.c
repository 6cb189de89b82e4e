/* SPDX-License-Identifier: Apache-2.0 */
/* The tutorial's ScalingPatterns in one noun: limit the client, pick a server whose breaker lets
 * the request in, look into the cache, and say which database node to ask. The clock is manual; a
 * service passes NULL. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <string.h>

static og_service *service;
static og_endpoints *servers;

/* What the program does with a ticket: its own driver, on the server and the node it was given. */
static void run(int64_t ticket, int32_t operation, const char *key, int works) {
  const char *row = strcmp(key, "user:1") == 0 ? "Ada" : "Grace";
  int32_t node = og_service_node(service, ticket);
  og_text *name = NULL;
  og_endpoints_name(servers, og_service_server(service, ticket), &name, NULL);
  printf("%s on %s, ", works ? "ran" : "failed", og_text_data(name));
  if (node == OG_REPLICAS_PRIMARY) {
    printf("primary\n");
  } else {
    printf("replica %d\n", (int)node);
  }
  og_text_destroy(&name);
  if (operation == OG_SERVICE_READ) {
    og_service_end(service, ticket, works, -1, row, (int64_t)strlen(row), OG_CACHE_DEFAULT_TTL);
  } else {
    og_service_end(service, ticket, works, -1, NULL, OG_SERVICE_KEEP_NOTHING, 0);
  }
}

static void handle(const char *client, int32_t operation, const char *key, int works) {
  og_value *value = NULL;
  int64_t wait_ns = 0;
  int64_t answer = og_service_begin(service, operation, client, (int64_t)strlen(client), key,
                                    (int64_t)strlen(key), &value, &wait_ns);
  printf("%s %s %s: ", client, operation == OG_SERVICE_READ ? "reads" : "writes", key);
  if (og_entered(answer)) {
    run(answer, operation, key, works);
  } else if (og_at_hand(answer)) {
    printf("cached %.*s\n", (int)og_value_size(value), (const char *)og_value_data(value));
  } else {
    printf("%s, try again in %" PRId64 " ms\n", og_status_text((og_status)answer),
           wait_ns / 1000000);
  }
  og_value_destroy(&value);
}

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error *error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_error *error = NULL;

  if (og_clock_create_manual(0, &clock, &error) != OG_OK ||
      og_config_create(&config, &error) != OG_OK ||
      og_config_set(config, "servers", "a, b, c") != OG_OK ||
      og_config_set(config, "balancer.seed", "1") != OG_OK || /* so that each run prints the same */
      og_config_set(config, "limiter.rate", "5/s") != OG_OK ||
      og_config_set(config, "breaker.failure_threshold", "1") != OG_OK ||
      og_config_set(config, "cache.capacity_bytes", "64MiB") != OG_OK ||
      og_config_set(config, "replicas.replicas", "2") != OG_OK ||
      og_config_set(config, "replicas.seed", "1") != OG_OK ||
      og_service_create(config, clock, &service, &error) != OG_OK ||
      og_service_endpoints(service, &servers, &error) != OG_OK)
    return fail(error);

  handle("alice", OG_SERVICE_READ, "user:1", 1);
  handle("alice", OG_SERVICE_READ, "user:1", 1);
  handle("alice", OG_SERVICE_WRITE, "user:1", 1); /* and the cached value is gone */
  handle("alice", OG_SERVICE_READ, "user:1", 1);
  handle("alice", OG_SERVICE_READ, "user:2", 0); /* b fails: its breaker opens */
  handle("alice", OG_SERVICE_READ, "user:2", 1); /* her sixth of the second */
  handle("bob", OG_SERVICE_READ, "user:1", 1);
  handle("bob", OG_SERVICE_READ, "user:2", 1);
  handle("bob", OG_SERVICE_READ, "user:3", 1); /* b's turn, and a takes it */

  printf("%" PRId64 " denied, %" PRId64 " hits, %" PRId64 " rerouted\n",
         og_service_stat(service, OG_SERVICE_DENIED), og_service_stat(service, OG_SERVICE_HITS),
         og_service_stat(service, OG_SERVICE_REROUTED));
  og_endpoints_destroy(&servers);
  og_service_destroy(&service);
  og_config_destroy(&config);
  og_clock_destroy(&clock);
  return 0;
}
