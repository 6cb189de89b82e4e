/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct balancer_driver {
  og_endpoints *endpoints;
  og_balancer *balancer;
  json_t *tickets; /* by name */
} balancer_driver;

static json_t *add(og_endpoints *endpoints, json_t *e) {
  og_error *error = NULL;
  json_t *answer;
  int32_t index = og_endpoints_add(endpoints, get_text(e, "name", ""), get_int(e, "weight", 1),
                                   get_text(e, "zone", ""), &error);
  if (index >= 0) return json_integer(index);
  answer =
      json_pack("{s:i, s:s}", "error", (int)og_error_code(error), "option", og_error_option(error));
  og_error_destroy(&error);
  return answer;
}

static void *open_balancer(json_t *vector, og_config *config, og_clock *clock) {
  balancer_driver *self = calloc(1, sizeof *self);
  json_t *setup = json_object_get(vector, "setup"), *e;
  og_config *set_config = NULL;
  og_error *error = NULL;
  size_t i;
  must(og_config_create(&set_config, NULL), NULL);
  must(og_config_set_int(set_config, "max_endpoints", get_int(setup, "max_endpoints", 256)), NULL);
  must(og_endpoints_create_in(vector_scope, vector_name, set_config, &self->endpoints, &error),
       &error);
  og_config_destroy(&set_config);
  json_array_foreach(json_object_get(setup, "endpoints"), i, e)
      json_decref(add(self->endpoints, e));
  must(og_balancer_create(config, self->endpoints, clock, &self->balancer, &error), &error);
  self->tickets = json_object();
  return self;
}

static json_t *word(og_status status) {
  return json_string(status == OG_OK ? "ok" : status == OG_LAPSED ? "lapsed" : "invalid");
}

static json_t *name_of(balancer_driver *self, int32_t index) {
  og_text *text = NULL;
  json_t *name;
  if (index < 0) return json_string("none");
  must(og_endpoints_name(self->endpoints, index, &text, NULL), NULL);
  name = json_string(og_text_data(text));
  og_text_destroy(&text);
  return name;
}

static json_t *pick_many(balancer_driver *self, json_t *step) {
  json_t *keys = json_object_get(step, "keys"), *names = json_array();
  size_t i, count = keys ? json_array_size(keys) : (size_t)get_int(step, "count", 0);
  const void **texts = calloc(count, sizeof *texts);
  int64_t *lengths = calloc(count, sizeof *lengths);
  int32_t *picked = calloc(count, sizeof *picked);
  for (i = 0; keys && i < count; ++i) {
    texts[i] = json_string_value(json_array_get(keys, i));
    lengths[i] = (int64_t)json_string_length(json_array_get(keys, i));
  }
  must(og_balancer_pick_many(self->balancer, keys ? texts : NULL, keys ? lengths : NULL,
                             (int64_t)count, picked),
       NULL);
  for (i = 0; i < count; ++i) json_array_append_new(names, name_of(self, picked[i]));
  free(texts);
  free(lengths);
  free(picked);
  return names;
}

static json_t *step_balancer(void *data, json_t *step, int64_t now_ns) {
  balancer_driver *self = data;
  const char *op = get_text(step, "op", ""), *key = get_text(step, "key", "");
  int32_t index = og_endpoints_find(self->endpoints, get_text(step, "name", ""));
  (void)now_ns;
  if (strcmp(op, "pick") == 0) {
    return name_of(self, og_balancer_pick(self->balancer, key, get_len(step, "key")));
  }
  if (strcmp(op, "pick_many") == 0) return pick_many(self, step);
  if (strcmp(op, "acquire") == 0) {
    int32_t endpoint = 0;
    int64_t ticket = og_balancer_acquire(self->balancer, key, get_len(step, "key"), &endpoint);
    if (ticket == OG_FULL) return json_string("full");
    if (ticket > 0)
      json_object_set_new(self->tickets, get_text(step, "as", ""), json_integer(ticket));
    return name_of(self, endpoint);
  }
  if (strcmp(op, "release") == 0) {
    json_t *ticket = json_object_get(self->tickets, get_text(step, "ticket", ""));
    return word(og_balancer_release(self->balancer, json_integer_value(ticket),
                                    get_bool(step, "success", 1),
                                    get_int(step, "latency_ms", 0) * 1000000));
  }
  if (strcmp(op, "add") == 0) return add(self->endpoints, step);
  if (strcmp(op, "remove") == 0) return word(og_endpoints_remove(self->endpoints, index, NULL));
  if (strcmp(op, "set_weight") == 0) {
    return word(og_endpoints_set_weight(self->endpoints, index, get_int(step, "weight", 1), NULL));
  }
  if (strcmp(op, "set_healthy") == 0) {
    return word(
        og_endpoints_set_healthy(self->endpoints, index, get_bool(step, "healthy", 1), NULL));
  }
  if (strcmp(op, "in_flight") == 0) {
    return json_integer(og_endpoints_in_flight(self->endpoints, index));
  }
  if (strcmp(op, "calls") == 0) return json_integer(og_endpoints_calls(self->endpoints, index));
  if (strcmp(op, "failures") == 0)
    return json_integer(og_endpoints_failures(self->endpoints, index));
  if (strcmp(op, "picks") == 0) return json_integer(og_balancer_picks(self->balancer, index));
  fail("unknown op %s", op);
  return NULL;
}

static void close_balancer(void *data) {
  balancer_driver *self = data;
  og_balancer_destroy(&self->balancer);
  og_endpoints_destroy(&self->endpoints);
  json_decref(self->tickets);
  free(self);
}

const driver driver_balancer = {open_balancer, step_balancer, close_balancer};
