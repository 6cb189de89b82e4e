/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct replicas_driver {
  og_replicas *replicas;
  json_t *tickets; /* by name */
} replicas_driver;

static void *open_replicas(json_t *vector, og_config *config, og_clock *clock) {
  replicas_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_replicas_create(config, clock, &self->replicas, &error), &error);
  self->tickets = json_object();
  return self;
}

static json_t *word(int32_t node) { return node < 0 ? json_string("none") : json_integer(node); }

static json_t *outcome(og_status status) {
  return json_string(status == OG_OK ? "ok" : status == OG_LAPSED ? "lapsed" : "invalid");
}

static json_t *step_replicas(void *data, json_t *step, int64_t now_ns) {
  replicas_driver *self = data;
  const char *op = get_text(step, "op", "");
  int32_t node = (int32_t)get_int(step, "node", 0);
  (void)now_ns;
  if (strcmp(op, "write") == 0) return word(og_replicas_write(self->replicas));
  if (strcmp(op, "read") == 0) return word(og_replicas_read(self->replicas));
  if (strcmp(op, "reads") == 0) {
    int64_t i, count = get_int(step, "count", 0);
    int32_t *nodes = calloc((size_t)count, sizeof *nodes);
    json_t *answer = json_array();
    must(og_replicas_read_many(self->replicas, count, nodes), NULL);
    for (i = 0; i < count; ++i) json_array_append_new(answer, word(nodes[i]));
    free(nodes);
    return answer;
  }
  if (strcmp(op, "acquire") == 0) {
    int64_t ticket = og_replicas_acquire(self->replicas, get_bool(step, "write", 0), &node);
    if (ticket == OG_FULL) return json_string("full");
    if (ticket > 0)
      json_object_set_new(self->tickets, get_text(step, "as", ""), json_integer(ticket));
    return word(node);
  }
  if (strcmp(op, "release") == 0) {
    json_t *ticket = json_object_get(self->tickets, get_text(step, "ticket", ""));
    return outcome(og_replicas_release(self->replicas, json_integer_value(ticket),
                                       get_bool(step, "success", 1),
                                       get_int(step, "latency_ms", 0) * 1000000));
  }
  if (strcmp(op, "set_healthy") == 0) {
    return outcome(og_replicas_set_healthy(self->replicas, node, get_bool(step, "healthy", 1)));
  }
  if (strcmp(op, "in_flight") == 0)
    return json_integer(og_replicas_in_flight(self->replicas, node));
  if (strcmp(op, "read_count") == 0) return json_integer(og_replicas_reads(self->replicas, node));
  if (strcmp(op, "write_count") == 0) return json_integer(og_replicas_writes(self->replicas));
  fail("unknown op %s", op);
  return NULL;
}

static void close_replicas(void *data) {
  replicas_driver *self = data;
  og_replicas_destroy(&self->replicas);
  json_decref(self->tickets);
  free(self);
}

const driver driver_replicas = {open_replicas, step_replicas, close_replicas};
