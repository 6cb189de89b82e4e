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
  if (!og_entered(ticket)) {
    printf("  %s: %s\n", write ? "write" : "read",
           og_failed(ticket) ? og_status_text((og_status)ticket) : "no node");
    return;
  }
  printf("  %s: %s\n", write ? "write" : "read", kNodes[node]);
  og_replicas_release(replicas, ticket, 1, -1);
}

/* Says why nothing was made; og_config_set alone has no error, and fails when memory does. */
static int fail(og_error* error) {
  fprintf(stderr, "%s\n", error != NULL ? og_error_message(error) : "no memory");
  og_error_destroy(&error);
  return 1;
}

int main(void) {
  og_config* config = NULL;
  og_replicas* replicas = NULL;
  og_error* error = NULL;

  /* With a seed each run prints the same: turns begin at the first. */
  if (og_config_create(&config, &error) != OG_OK ||
      og_config_set_int(config, "replicas", 2) != OG_OK ||
      og_config_set_int(config, "seed", 1) != OG_OK ||
      og_replicas_create(config, NULL, &replicas, &error) != OG_OK)
    return fail(error);

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
