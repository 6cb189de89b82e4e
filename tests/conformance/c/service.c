/* SPDX-License-Identifier: Apache-2.0 */
#include "service_driver.h"

json_t *service_end(service_driver *self, json_t *step, int64_t now_ns) {
  const char *value = get_text(step, "value", NULL);
  const int64_t len = value                         ? get_len(step, "value")
                      : get_bool(step, "absent", 0) ? OG_SERVICE_KEEP_ABSENCE
                                                    : OG_SERVICE_KEEP_NOTHING;
  (void)now_ns;
  return answer_stood(og_service_end(self->service, held_in(self->held, step, "call"),
                                     get_bool(step, "success", 1), -1, value, len, get_ttl(step)));
}

json_t *service_breaker(service_driver *self, json_t *step, int64_t now_ns) {
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
  return state;
}
