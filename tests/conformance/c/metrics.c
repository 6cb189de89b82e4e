/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct metrics_driver {
  og_metrics *metrics;
  json_t *ids; /* by name */
} metrics_driver;

typedef int32_t define_series(og_metrics *, const char *, const char *, const char *, og_error **);

static void *open_metrics(json_t *vector, og_config *config, og_clock *clock) {
  metrics_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  (void)clock;
  must(og_metrics_create_in(vector_scope, vector_name, config, &self->metrics, &error), &error);
  self->ids = json_object();
  return self;
}

static json_t *word(og_status status) { return json_string(status == OG_OK ? "ok" : "invalid"); }

static json_t *define(metrics_driver *self, json_t *step, define_series *of_kind) {
  int32_t id = of_kind(self->metrics, get_text(step, "name", NULL), get_text(step, "help", NULL),
                       get_text(step, "instance", NULL), NULL);
  if (id < 0) return word(id);
  json_object_set_new(self->ids, get_text(step, "as", ""), json_integer(id));
  return word(OG_OK);
}

static json_t *render(metrics_driver *self, const char *prefix) {
  og_text *text = NULL;
  json_t *lines = json_array();
  const char *line, *end;
  must(og_metrics_render(self->metrics, &text, NULL), NULL);
  for (line = og_text_data(text); (end = strchr(line, '\n')); line = end + 1) {
    if (strncmp(line, prefix, strlen(prefix)) != 0) continue;
    json_array_append_new(lines, json_stringn(line, (size_t)(end - line)));
  }
  og_text_destroy(&text);
  return lines;
}

static json_t *step_metrics(void *data, json_t *step, int64_t now_ns) {
  metrics_driver *self = data;
  const char *op = get_text(step, "op", "");
  int32_t id = (int32_t)json_integer_value(json_object_get(self->ids, get_text(step, "id", "")));
  (void)now_ns;
  if (strcmp(op, "counter") == 0) return define(self, step, &og_metrics_counter);
  if (strcmp(op, "gauge") == 0) return define(self, step, &og_metrics_gauge);
  if (strcmp(op, "histogram") == 0) return define(self, step, &og_metrics_histogram);
  if (strcmp(op, "increment") == 0) {
    return word(og_metrics_increment(self->metrics, id, get_int(step, "by", 0)));
  }
  if (strcmp(op, "set") == 0) {
    return word(og_metrics_set(self->metrics, id, get_number(step, "value", 0)));
  }
  if (strcmp(op, "observe") == 0) {
    return word(og_metrics_observe(self->metrics, id, get_int(step, "ns", 0)));
  }
  if (strcmp(op, "render") == 0) return render(self, get_text(step, "prefix", ""));
  fail("unknown op %s", op);
  return NULL;
}

static void close_metrics(void *data) {
  metrics_driver *self = data;
  og_metrics_destroy(&self->metrics);
  json_decref(self->ids);
  free(self);
}

const driver driver_metrics = {open_metrics, step_metrics, close_metrics};
