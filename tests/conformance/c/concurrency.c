/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct concurrency_driver {
  og_concurrency *concurrency;
  json_t *permits; /* by name */
} concurrency_driver;

static void *open_concurrency(json_t *vector, og_config *config, og_clock *clock) {
  concurrency_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_concurrency_create_in(vector_scope, vector_name, config, clock, &self->concurrency,
                                &error),
       &error);
  self->permits = json_object();
  return self;
}

static int32_t stat_named(const char *name) {
  static const char *const kNames[] = {"admitted", "refused", "lapsed", "expired", "orphaned"};
  int32_t i;
  for (i = 0; i < 5; ++i) {
    if (strcmp(name, kNames[i]) == 0) return i;
  }
  return -1;
}

static json_t *step_concurrency(void *data, json_t *step, int64_t now_ns) {
  concurrency_driver *self = data;
  const char *op = get_text(step, "op", "");
  (void)now_ns;
  if (strcmp(op, "enter") == 0) {
    int64_t permit = og_concurrency_enter(self->concurrency);
    if (permit == OG_FULL) return json_string("full");
    json_object_set_new(self->permits, get_text(step, "as", ""), json_integer(permit));
    return json_string("permit");
  }
  if (strcmp(op, "exit") == 0) {
    json_t *permit = json_object_get(self->permits, get_text(step, "permit", ""));
    og_status status = og_concurrency_exit(self->concurrency, json_integer_value(permit));
    return json_string(status == OG_OK ? "ok" : status == OG_LAPSED ? "lapsed" : "invalid");
  }
  if (strcmp(op, "in_flight") == 0)
    return json_integer(og_concurrency_in_flight(self->concurrency));
  if (strcmp(op, "limit") == 0) return json_integer(og_concurrency_limit(self->concurrency));
  if (strcmp(op, "stat") == 0) {
    return json_integer(
        og_concurrency_stat(self->concurrency, stat_named(get_text(step, "which", ""))));
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_concurrency(void *data) {
  concurrency_driver *self = data;
  og_concurrency_destroy(&self->concurrency);
  json_decref(self->permits);
  free(self);
}

const driver driver_concurrency = {open_concurrency, step_concurrency, close_concurrency};
