/* SPDX-License-Identifier: Apache-2.0 */
/* Which server takes the next call, by three policies over the same servers. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>

static const char* const kServers[] = {"a", "b", "c"};
static const int64_t kWeights[] = {5, 1, 1};
enum { kServerCount = 3, kKeys = 1000 };

/* Ends the program where something could not be made, and says why. */
static void must(og_status status, og_error** error) {
  if (status == OG_OK) return;
  fprintf(stderr, "%s\n",
          error != NULL && *error != NULL ? og_error_message(*error) : og_status_text(status));
  exit(1);
}

static og_balancer* make(const og_endpoints* endpoints, const char* policy) {
  og_config* config = NULL;
  og_balancer* balancer = NULL;
  og_error* error = NULL;
  must(og_config_create(&config, &error), &error);
  must(og_config_set(config, "policy", policy), NULL);
  /* With a seed each run prints the same: turns begin at the first. */
  must(og_config_set_int(config, "seed", 1), NULL);
  must(og_balancer_create(config, endpoints, NULL, &balancer, &error), &error);
  og_config_destroy(&config);
  return balancer;
}

/* A server's number; OG_NONE, when none is healthy, is no index. */
static int32_t pick(og_balancer* balancer, const void* key, int64_t key_len) {
  int32_t server = og_balancer_pick(balancer, key, key_len);
  if (server < 0) must(server, NULL);
  return server;
}

static void in_turn(og_endpoints* endpoints) {
  og_balancer* balancer = make(endpoints, "weighted_round_robin");
  for (int i = 0; i < 7; ++i) printf("%s ", kServers[pick(balancer, NULL, 0)]);
  og_endpoints_set_healthy(endpoints, 0, 0, NULL); /* a fails its health check */
  printf("| without a: ");
  int seen[kServerCount] = {0};
  for (int i = 0; i < 4; ++i) ++seen[pick(balancer, NULL, 0)];
  printf("b %d times, c %d times\n", seen[1], seen[2]);
  og_endpoints_set_healthy(endpoints, 0, 1, NULL);
  og_balancer_destroy(&balancer);
}

/* A ticket is a call in flight. One that is never returned stops counting after ticket_ms. */
static void fewest_calls(og_endpoints* endpoints) {
  og_balancer* balancer = make(endpoints, "least_connections");
  int64_t tickets[7];
  int32_t server = OG_NONE;
  for (int i = 0; i < 7; ++i) {
    tickets[i] = og_balancer_acquire(balancer, NULL, 0, &server);
    if (!og_entered(tickets[i])) must((og_status)tickets[i], NULL);
  }
  printf("in flight:");
  for (int32_t i = 0; i < kServerCount; ++i)
    printf(" %s %" PRId64, kServers[i], og_endpoints_in_flight(endpoints, i));
  for (int i = 0; i < 7; ++i) og_balancer_release(balancer, tickets[i], 1, -1);
  printf(", returned: %" PRId64 "\n", og_endpoints_calls(endpoints, 0) +
                                          og_endpoints_calls(endpoints, 1) +
                                          og_endpoints_calls(endpoints, 2));
  og_balancer_destroy(&balancer);
}

/* Each key has a server of its own; while one is down, its keys go elsewhere and no others move. */
static void by_key(og_endpoints* endpoints) {
  og_balancer* balancer = make(endpoints, "consistent_hash");
  int32_t before[kKeys];
  int moved = 0, needlessly = 0;
  for (int32_t key = 0; key < kKeys; ++key) before[key] = pick(balancer, &key, sizeof key);
  og_endpoints_set_healthy(endpoints, 2, 0, NULL);
  for (int32_t key = 0; key < kKeys; ++key) {
    if (pick(balancer, &key, sizeof key) == before[key]) continue;
    ++moved;
    if (before[key] != 2) ++needlessly;
  }
  printf("c is down: %s of the keys move, %d of them from a or b\n",
         moved == 0       ? "none"
         : moved == kKeys ? "all"
                          : "some",
         needlessly);
  og_balancer_destroy(&balancer);
}

int main(void) {
  og_endpoints* endpoints = NULL;
  og_error* error = NULL;
  must(og_endpoints_create(NULL, &endpoints, &error), &error);
  for (int i = 0; i < kServerCount; ++i) {
    int32_t index = og_endpoints_add(endpoints, kServers[i], kWeights[i], NULL, &error);
    if (og_failed(index)) must(index, &error);
  }
  in_turn(endpoints);
  fewest_calls(endpoints);
  by_key(endpoints);
  og_endpoints_destroy(&endpoints);
  return 0;
}
