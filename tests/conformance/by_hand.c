/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/conformance/answers_c.h"

json_t *limiter_all(og_limiter *limiter, json_t *step, int64_t now_ns) {
  og_limiter *limiters[kMost];
  keys keys;
  int64_t costs[kMost], wait, which = 0;
  int64_t i, count = get_keys(step, "keys", &keys);
  const int64_t *given_costs = get_numbers(step, "costs", costs) > 0 ? costs : NULL;
  for (i = 0; i < count; ++i) limiters[i] = limiter;
  wait = given(step)
             ? og_limiter_acquire_all_at(limiters, keys.data, keys.lens, given_costs, count, now_ns,
                                         &which)
             : og_limiter_acquire_all(limiters, keys.data, keys.lens, given_costs, count, &which);
  return json_pack("{s:o, s:o}", "wait", answer_wait(wait), "which",
                   which == OG_NONE ? json_null() : json_integer(which));
}
