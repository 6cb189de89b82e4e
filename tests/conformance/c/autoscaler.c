/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "autoscaler_driver.h"

json_t *autoscaler_learn(autoscaler_driver *self, json_t *step, int64_t now_ns) {
  json_t *list = json_object_get(step, "rates");
  size_t i, n = json_array_size(list);
  int64_t *at = calloc(n, sizeof *at), taken;
  double *rates = calloc(n, sizeof *rates);
  (void)now_ns;
  for (i = 0; i < n; ++i) {
    json_t *rate = json_array_get(list, i);
    at[i] = (get_int(step, "from_ms", 0) + (int64_t)i * get_int(step, "every_ms", 0)) * 1000000;
    rates[i] = json_is_number(rate) ? json_number_value(rate) : NAN;
  }
  taken = og_autoscaler_learn(self->autoscaler, at, rates, (int64_t)n);
  free(at);
  free(rates);
  return json_integer(taken);
}
