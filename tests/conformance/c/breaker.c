/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct breaker_driver {
  og_breaker *breaker;
  json_t *permits; /* by name */
} breaker_driver;

static void *open_breaker(json_t *vector, og_config *config, og_clock *clock) {
  breaker_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_breaker_create_in(vector_scope, vector_name, config, clock, &self->breaker, &error),
       &error);
  self->permits = json_object();
  return self;
}

static json_t *word(og_status status) {
  return json_string(status == OG_OK ? "ok" : status == OG_LAPSED ? "lapsed" : "invalid");
}

static json_t *step_breaker(void *data, json_t *step, int64_t now_ns) {
  static const char *const kNames[] = {"closed", "open", "half_open", "forced_open",
                                       "forced_closed"};
  breaker_driver *self = data;
  const char *op = get_text(step, "op", "");
  int64_t permit = json_integer_value(json_object_get(self->permits, get_text(step, "permit", "")));
  (void)now_ns;
  if (strcmp(op, "enter") == 0) {
    permit = og_breaker_enter(self->breaker);
    if (permit == OG_REFUSED) return json_string("refused");
    json_object_set_new(self->permits, get_text(step, "as", ""), json_integer(permit));
    return json_string("permit");
  }
  if (strcmp(op, "exit") == 0) {
    return word(og_breaker_exit(self->breaker, permit, get_bool(step, "success", 0)));
  }
  if (strcmp(op, "cancel") == 0) return word(og_breaker_cancel(self->breaker, permit));
  if (strcmp(op, "state") == 0) return json_string(kNames[og_breaker_state(self->breaker)]);
  if (strcmp(op, "retry_after") == 0) return json_integer(og_breaker_retry_after(self->breaker));
  if (strcmp(op, "transitions") == 0) return json_integer(og_breaker_transitions(self->breaker));
  if (strcmp(op, "force_open") == 0) return word(og_breaker_force_open(self->breaker));
  if (strcmp(op, "force_closed") == 0) return word(og_breaker_force_closed(self->breaker));
  if (strcmp(op, "reset") == 0) return word(og_breaker_reset(self->breaker));
  fail("unknown op %s", op);
  return NULL;
}

static void close_breaker(void *data) {
  breaker_driver *self = data;
  og_breaker_destroy(&self->breaker);
  json_decref(self->permits);
  free(self);
}

const driver driver_breaker = {open_breaker, step_breaker, close_breaker};
