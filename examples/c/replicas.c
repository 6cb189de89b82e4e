/* SPDX-License-Identifier: Apache-2.0 */
/* Which database node takes a call: a primary and two replicas, one of which fails for a while. */
#include <inttypes.h>
#include <outgrow.h>
#include <stdio.h>

static const char* const kNodes[] = {"primary", "replica 1", "replica 2"};

/* Where a service would run the call on its own connection to that node. */
static void call(og_replicas* replicas, int32_t write) {
  int32_t node = OG_NONE;
  int64_t ticket = og_replicas_acquire(replicas, write, &node);
  if (ticket < 0) {
    printf("  %s: no node\n", write ? "write" : "read");
    return;
  }
  printf("  %s: %s\n", write ? "write" : "read", kNodes[node]);
  og_replicas_release(replicas, ticket, 1, -1);
}

int main(void) {
  og_config* config = NULL;
  og_replicas* replicas = NULL;
  og_error* error = NULL;

  og_config_create(&config, NULL);
  og_config_set_int(config, "replicas", 2);
  og_config_set_int(config, "seed",
                    1); /* so that each run prints the same: turns begin at the first */
  if (og_replicas_create(config, NULL, &replicas, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    og_error_destroy(&error);
    return 1;
  }

  printf("all healthy\n");
  call(replicas, 1);
  call(replicas, 0);
  call(replicas, 0);

  printf("replica 1 is down\n");
  og_replicas_set_healthy(replicas, 1, 0);
  call(replicas, 0);
  call(replicas, 0);

  printf("both are\n");
  og_replicas_set_healthy(replicas, 2, 0);
  call(replicas, 0);

  printf("the primary too\n");
  og_replicas_set_healthy(replicas, OG_REPLICAS_PRIMARY, 0);
  call(replicas, 0);
  call(replicas, 1);

  printf("writes: %" PRId64 ", reads:", og_replicas_writes(replicas));
  for (int32_t node = 0; node < 3; ++node)
    printf(" %s %" PRId64, kNodes[node], og_replicas_reads(replicas, node));
  printf("\n");

  og_replicas_destroy(&replicas);
  og_config_destroy(&config);
  return 0;
}
