/* SPDX-License-Identifier: Apache-2.0 */
#include "limiter_driver.h"

json_t *limiter_many(limiter_driver *self, json_t *step, int64_t now_ns) {
  keys keys;
  int64_t costs[kMost], waits[kMost], passed, i, count = get_keys(step, "keys", &keys);
  const int64_t *each = get_numbers(step, "costs", costs) > 0 ? costs : NULL;
  json_t *spelled = json_array();
  passed = given(step)
               ? og_limiter_acquire_many_at(self->limiter, keys.data, keys.lens, each, count,
                                            now_ns, waits)
               : og_limiter_acquire_many(self->limiter, keys.data, keys.lens, each, count, waits);
  for (i = 0; i < count; ++i) json_array_append_new(spelled, answer_wait(waits[i]));
  return json_pack("{s:I, s:o}", "passed", (json_int_t)passed, "waits", spelled);
}
