/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

typedef struct service_driver {
  og_service *service;
  og_endpoints *endpoints; /* NULL where the service has none, as below */
  og_balancer *balancer;
  og_replicas *replicas;
  json_t *tickets; /* by name */
} service_driver;

static void *open_service(json_t *vector, og_config *config, og_clock *clock) {
  service_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_service_create(config, clock, &self->service, &error), &error);
  og_service_endpoints(self->service, &self->endpoints, NULL);
  og_service_balancer(self->service, &self->balancer, NULL);
  og_service_replicas(self->service, &self->replicas, NULL);
  self->tickets = json_object();
  return self;
}

static json_t *outcome(int64_t result) {
  if (result > 0) return json_string("run");
  switch (result) {
    case OG_OK:
      return json_string("hit");
    case OG_ABSENT:
      return json_string("absent");
    case OG_STALE:
      return json_string("stale");
    case OG_WAIT:
      return json_string("wait");
    case OG_DENIED:
      return json_string("denied");
    case OG_REFUSED:
      return json_string("refused");
    case OG_NONE:
      return json_string("none");
    case OG_FULL:
      return json_string("full");
    default:
      return json_string("invalid");
  }
}

static json_t *word(og_status status) {
  return json_string(status == OG_OK ? "ok" : status == OG_LAPSED ? "lapsed" : "invalid");
}

static json_t *place(int32_t status) {
  return json_string(status == OG_LAPSED ? "lapsed" : "none");
}

static json_t *name_of(service_driver *self, int32_t index) {
  og_text *text = NULL;
  json_t *name;
  must(og_endpoints_name(self->endpoints, index, &text, NULL), NULL);
  name = json_string(og_text_data(text));
  og_text_destroy(&text);
  return name;
}

static json_t *where(service_driver *self, int64_t ticket) {
  int32_t server = og_service_server(self->service, ticket);
  int32_t node = og_service_node(self->service, ticket);
  return json_pack("{s:o, s:o}", "server", server < 0 ? place(server) : name_of(self, server),
                   "node", node < 0 ? place(node) : json_integer(node));
}

static json_t *begin(service_driver *self, json_t *step) {
  const char *client = get_text(step, "client", ""), *key = get_text(step, "key", "");
  og_value *value = NULL;
  int64_t wait_ns = 0;
  int64_t result = og_service_begin(
      self->service, get_bool(step, "write", 0) ? OG_SERVICE_WRITE : OG_SERVICE_READ, client,
      get_len(step, "client"), key, get_len(step, "key"), &value, &wait_ns);
  json_t *out = where(self, result > 0 ? result : 0);
  if (result > 0)
    json_object_set_new(self->tickets, get_text(step, "as", ""), json_integer(result));
  json_object_set_new(out, "outcome", outcome(result));
  json_object_set_new(
      out, "value",
      value ? json_stringn(og_value_data(value), (size_t)og_value_size(value)) : json_null());
  json_object_set_new(out, "wait_ms", json_integer(wait_ns / 1000000));
  og_value_destroy(&value);
  return out;
}

static json_t *end(service_driver *self, int64_t ticket, json_t *step) {
  const char *value = get_text(step, "value", NULL);
  int64_t len = value                         ? get_len(step, "value")
                : get_bool(step, "absent", 0) ? OG_SERVICE_KEEP_ABSENCE
                                              : OG_SERVICE_KEEP_NOTHING;
  int64_t ttl =
      json_object_get(step, "ttl_ms") ? get_int(step, "ttl_ms", 0) * 1000000 : OG_CACHE_DEFAULT_TTL;
  return word(
      og_service_end(self->service, ticket, get_bool(step, "success", 1), -1, value, len, ttl));
}

static json_t *count(service_driver *self, const char *name) {
  static const struct {
    const char *name;
    int32_t which;
  } kCounts[] = {{"in_flight", OG_SERVICE_IN_FLIGHT},
                 {"denied", OG_SERVICE_DENIED},
                 {"no_server", OG_SERVICE_NO_SERVER},
                 {"refused", OG_SERVICE_REFUSED},
                 {"hits", OG_SERVICE_HITS},
                 {"absences", OG_SERVICE_ABSENCES},
                 {"stale", OG_SERVICE_STALE},
                 {"waits", OG_SERVICE_WAITS},
                 {"no_node", OG_SERVICE_NO_NODE},
                 {"full", OG_SERVICE_FULL},
                 {"begun", OG_SERVICE_BEGUN},
                 {"successes", OG_SERVICE_SUCCESSES},
                 {"failures", OG_SERVICE_FAILURES},
                 {"cancelled", OG_SERVICE_CANCELLED},
                 {"expired", OG_SERVICE_EXPIRED},
                 {"lapsed", OG_SERVICE_LAPSED},
                 {"rerouted", OG_SERVICE_REROUTED},
                 {"fills", OG_SERVICE_FILLS},
                 {"fills_refused", OG_SERVICE_FILLS_REFUSED},
                 {"invalidations", OG_SERVICE_INVALIDATIONS}};
  size_t i;
  for (i = 0; i < sizeof kCounts / sizeof *kCounts; ++i) {
    if (strcmp(kCounts[i].name, name) == 0) {
      return json_integer(og_service_stat(self->service, kCounts[i].which));
    }
  }
  fail("unknown count %s", name);
  return NULL;
}

static json_t *server(service_driver *self, int32_t index) {
  static const char *const kStates[] = {"closed", "open", "half_open", "forced_open",
                                        "forced_closed"};
  og_breaker *breaker = NULL;
  json_t *state = json_null();
  if (og_service_breaker(self->service, index, &breaker, NULL) == OG_OK) {
    state = json_string(kStates[og_breaker_state(breaker)]);
    og_breaker_destroy(&breaker);
  }
  return json_pack("{s:o, s:I, s:I, s:I, s:I}", "breaker", state, "in_flight",
                   (json_int_t)og_endpoints_in_flight(self->endpoints, index), "calls",
                   (json_int_t)og_endpoints_calls(self->endpoints, index), "failures",
                   (json_int_t)og_endpoints_failures(self->endpoints, index), "picks",
                   (json_int_t)og_balancer_picks(self->balancer, index));
}

static json_t *add(service_driver *self, json_t *step) {
  og_error *error = NULL;
  json_t *answer;
  int32_t index = og_endpoints_add(self->endpoints, get_text(step, "name", ""),
                                   get_int(step, "weight", 1), "", &error);
  if (index >= 0) return json_integer(index);
  answer =
      json_pack("{s:i, s:s}", "error", (int)og_error_code(error), "option", og_error_option(error));
  og_error_destroy(&error);
  return answer;
}

static json_t *step_service(void *data, json_t *step, int64_t now_ns) {
  service_driver *self = data;
  const char *op = get_text(step, "op", ""), *name = get_text(step, "name", "");
  int64_t ticket = json_integer_value(json_object_get(self->tickets, get_text(step, "call", "")));
  int32_t index = og_endpoints_find(self->endpoints, name);
  int32_t node = (int32_t)get_int(step, "node", 0);
  (void)now_ns;
  if (strcmp(op, "begin") == 0) return begin(self, step);
  if (strcmp(op, "end") == 0) return end(self, ticket, step);
  if (strcmp(op, "cancel") == 0) return word(og_service_cancel(self->service, ticket));
  if (strcmp(op, "where") == 0) return where(self, ticket);
  if (strcmp(op, "count") == 0) return count(self, name);
  if (strcmp(op, "server") == 0) return server(self, index);
  if (strcmp(op, "node") == 0) {
    return json_pack("{s:I, s:I}", "in_flight",
                     (json_int_t)og_replicas_in_flight(self->replicas, node), "reads",
                     (json_int_t)og_replicas_reads(self->replicas, node));
  }
  if (strcmp(op, "add") == 0) return add(self, step);
  if (strcmp(op, "remove") == 0) return word(og_endpoints_remove(self->endpoints, index, NULL));
  if (strcmp(op, "set_healthy") == 0) {
    return word(
        og_endpoints_set_healthy(self->endpoints, index, get_bool(step, "healthy", 1), NULL));
  }
  if (strcmp(op, "set_node_healthy") == 0) {
    return word(og_replicas_set_healthy(self->replicas, node, get_bool(step, "healthy", 1)));
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_service(void *data) {
  service_driver *self = data;
  og_replicas_destroy(&self->replicas);
  og_balancer_destroy(&self->balancer);
  og_endpoints_destroy(&self->endpoints);
  og_service_destroy(&self->service);
  json_decref(self->tickets);
  free(self);
}

const driver driver_service = {open_service, step_service, close_service};
