/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "limiter_driver.h"

json_t *limiter_many(limiter_driver *self, json_t *step, int64_t now_ns) {
  json_t *costs = json_object_get(step, "costs"), *spelled = json_array();
  keys all = get_keys(step);
  int64_t *prices = costs ? calloc((size_t)all.count, sizeof *prices) : NULL;
  int64_t *waits = calloc((size_t)all.count, sizeof *waits);
  int64_t passed, i;
  for (i = 0; prices && i < all.count; ++i) {
    prices[i] = json_integer_value(json_array_get(costs, (size_t)i));
  }
  passed = given(step) ? og_limiter_acquire_many_at(self->limiter, all.data, all.lens, prices,
                                                    all.count, now_ns, waits)
                       : og_limiter_acquire_many(self->limiter, all.data, all.lens, prices,
                                                 all.count, waits);
  for (i = 0; i < all.count; ++i) json_array_append_new(spelled, answer_wait(waits[i]));
  free_keys(&all);
  free(prices);
  free(waits);
  return json_pack("{s:I, s:o}", "passed", (json_int_t)passed, "waits", spelled);
}
