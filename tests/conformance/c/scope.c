/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/conformance/answers_c.h"

enum { kMade = 16 };

typedef struct member {
  const char *as;
  const driver *driver;
  void *self;
} member;

typedef struct scope_driver {
  og_scope *scopes[2];
  og_clock *clock;
  member made[kMade];
  size_t count;
} scope_driver;

static void *open_scope(json_t *vector, og_config *config, og_clock *clock, og_error **error) {
  scope_driver *self = calloc(1, sizeof *self);
  char name[64];
  int i;
  (void)vector;
  snprintf(name, sizeof name, "/outgrow-scope-vector-%d", (int)getpid());
  for (i = 0; i < 2; ++i) must(og_scope_create_host(name, config, &self->scopes[i], error), error);
  must(og_scope_remove(name, error), error);
  self->clock = clock;
  return self;
}

static json_t *make(scope_driver *self, json_t *step) {
  og_config *config = config_of(json_object_get(step, "config"));
  member *next = &self->made[self->count];
  og_error *error = NULL;
  if (self->count == kMade) fail("more than %d nouns", kMade);
  vector_scope = self->scopes[get_int(step, "scope", 0)];
  vector_name = get_text(step, "name", "");
  next->as = get_text(step, "as", "");
  next->driver = driver_of(get_text(step, "noun", ""));
  next->self = next->driver->open(step, config, self->clock, &error);
  vector_scope = NULL;
  og_config_destroy(&config);
  if (error) {
    next->driver->close(next->self);
    return answer_error(error);
  }
  ++self->count;
  return word(OG_OK);
}

static json_t *step_scope(void *data, json_t *step, int64_t now_ns) {
  scope_driver *self = data;
  const char *op = get_text(step, "op", ""), *on = get_text(step, "on", NULL);
  if (on) {
    size_t i = self->count;
    while (i-- > 0) {
      if (strcmp(self->made[i].as, on) == 0) {
        return self->made[i].driver->step(self->made[i].self, step, now_ns);
      }
    }
    fail("no noun '%s'", on);
  }
  if (strcmp(op, "make") == 0) return make(self, step);
  if (strcmp(op, "stats") == 0) {
    return json_pack("{s:I, s:I}", "objects",
                     (json_int_t)og_scope_stat(self->scopes[0], OG_SCOPE_OBJECTS), "attachments",
                     (json_int_t)og_scope_stat(self->scopes[0], OG_SCOPE_ATTACHMENTS));
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_scope(void *data) {
  scope_driver *self = data;
  size_t i;
  for (i = 0; i < self->count; ++i) self->made[i].driver->close(self->made[i].self);
  for (i = 0; i < 2; ++i) og_scope_destroy(&self->scopes[i]);
  free(self);
}

const driver driver_scope = {open_scope, step_scope, close_scope};
