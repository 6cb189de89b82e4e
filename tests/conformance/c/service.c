/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "service_driver.h"

static json_t *where_is(service_driver *self, int64_t ticket) {
  int32_t server = og_service_server(self->service, ticket);
  int32_t node = og_service_node(self->service, ticket);
  if (ticket <= 0) server = node = OG_NONE;
  return json_pack("{s:o, s:o}", "server", named(self->endpoints, server), "node",
                   answer_index(node));
}

json_t *service_begin(service_driver *self, json_t *step, int64_t now_ns) {
  og_value *value = NULL;
  int64_t wait_ns = 0;
  const int64_t ticket = og_service_begin(
      self->service, get_bool(step, "write", 0) ? OG_SERVICE_WRITE : OG_SERVICE_READ,
      get_text(step, "client", ""), get_len(step, "client"), get_text(step, "key", ""),
      get_len(step, "key"), &value, &wait_ns);
  json_t *out = where_is(self, ticket);
  (void)now_ns;
  if (ticket > 0) json_decref(take(self->held, step, ticket));
  json_object_set_new(out, "outcome",
                      ticket > 0    ? json_string("run")
                      : ticket == 0 ? json_string("hit")
                                    : word(ticket));
  json_object_set_new(out, "value", answer_value(value));
  json_object_set_new(out, "wait_ms", json_integer(wait_ns / 1000000));
  return out;
}

json_t *service_end(service_driver *self, json_t *step, int64_t now_ns) {
  const char *value = get_text(step, "value", NULL);
  const int64_t len = value                         ? get_len(step, "value")
                      : get_bool(step, "absent", 0) ? OG_SERVICE_KEEP_ABSENCE
                                                    : OG_SERVICE_KEEP_NOTHING;
  (void)now_ns;
  return answer_stood(og_service_end(self->service, held_in(self->held, step, "call"),
                                     get_bool(step, "success", 1), -1, value, len, get_ttl(step)));
}

json_t *service_where(service_driver *self, json_t *step, int64_t now_ns) {
  (void)now_ns;
  return where_is(self, held_in(self->held, step, "call"));
}

json_t *service_server(service_driver *self, json_t *step, int64_t now_ns) {
  static const char *const kStates[] = {"closed", "open", "half_open", "forced_open",
                                        "forced_closed"};
  const int32_t index = og_endpoints_find(self->endpoints, get_text(step, "name", ""));
  og_breaker *breaker = NULL;
  json_t *state = json_null();
  (void)now_ns;
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

json_t *service_node(service_driver *self, json_t *step, int64_t now_ns) {
  const int32_t node = (int32_t)get_int(step, "node", 0);
  (void)now_ns;
  return json_pack("{s:I, s:I}", "in_flight",
                   (json_int_t)og_replicas_in_flight(self->replicas, node), "reads",
                   (json_int_t)og_replicas_reads(self->replicas, node));
}
