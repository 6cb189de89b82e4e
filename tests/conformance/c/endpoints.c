/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/conformance/driver_c.h"

static void *open_endpoints(json_t *vector, og_config *config, og_clock *clock) {
  og_endpoints *endpoints = NULL;
  og_error *error = NULL;
  (void)vector;
  (void)clock;
  must(og_endpoints_create_in(vector_scope, vector_name, config, &endpoints, &error), &error);
  return endpoints;
}

static json_t *add(og_endpoints *endpoints, json_t *step) {
  og_error *error = NULL;
  json_t *answer;
  const int puts = strcmp(get_text(step, "op", ""), "put") == 0;
  int32_t index = (puts ? og_endpoints_put : og_endpoints_add)(
      endpoints, get_text(step, "name", ""), get_int(step, "weight", 1),
      get_text(step, "zone", NULL), &error);
  if (index >= 0) return json_integer(index);
  answer =
      json_pack("{s:i, s:s}", "error", (int)og_error_code(error), "option", og_error_option(error));
  og_error_destroy(&error);
  return answer;
}

static json_t *word(og_status status) { return json_string(status == OG_OK ? "ok" : "invalid"); }

static json_t *number(int64_t value) {
  return value < 0 ? json_string("invalid") : json_integer(value);
}

static json_t *text(og_status status, og_text *text) {
  json_t *out = status == OG_OK ? json_string(og_text_data(text)) : json_string("invalid");
  og_text_destroy(&text);
  return out;
}

static json_t *step_endpoints(void *data, json_t *step, int64_t now_ns) {
  og_endpoints *set = data;
  const char *op = get_text(step, "op", "");
  int32_t index = (int32_t)get_int(step, "index", -1);
  og_text *out = NULL;
  og_status status;
  (void)now_ns;
  if (strcmp(op, "count") == 0) return json_integer(og_endpoints_count(set));
  if (strcmp(op, "add") == 0 || strcmp(op, "put") == 0) return add(set, step);
  if (strcmp(op, "find") == 0) {
    int32_t found = og_endpoints_find(set, get_text(step, "name", ""));
    return found == OG_NONE ? json_string("none") : json_integer(found);
  }
  if (strcmp(op, "remove") == 0) return word(og_endpoints_remove(set, index, NULL));
  if (strcmp(op, "set_weight") == 0) {
    return word(og_endpoints_set_weight(set, index, get_int(step, "weight", 1), NULL));
  }
  if (strcmp(op, "set_healthy") == 0) {
    return word(og_endpoints_set_healthy(set, index, get_bool(step, "healthy", 1), NULL));
  }
  if (strcmp(op, "name") == 0) {
    status = og_endpoints_name(set, index, &out, NULL);
    return text(status, out);
  }
  if (strcmp(op, "zone") == 0) {
    status = og_endpoints_zone(set, index, &out, NULL);
    return text(status, out);
  }
  if (strcmp(op, "weight") == 0) return number(og_endpoints_weight(set, index));
  if (strcmp(op, "healthy") == 0) return number(og_endpoints_healthy(set, index));
  fail("unknown op %s", op);
  return NULL;
}

static void close_endpoints(void *data) {
  og_endpoints *endpoints = data;
  og_endpoints_destroy(&endpoints);
}

const driver driver_endpoints = {open_endpoints, step_endpoints, close_endpoints};
