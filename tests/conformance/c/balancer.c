/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "balancer_driver.h"

void balancer_open(balancer_driver *self, json_t *vector, og_config *config, og_clock *clock,
                   og_error **error) {
  json_t *setup = json_object_get(vector, "setup"), *e;
  og_config *own = NULL;
  size_t i;
  must(og_config_create(&own, error), error);
  must(og_config_set_int(own, "max_endpoints", get_int(setup, "max_endpoints", 256)), NULL);
  must(og_endpoints_create_in(vector_scope, vector_name, own, &self->endpoints, error), error);
  og_config_destroy(&own);
  json_array_foreach(json_object_get(setup, "endpoints"), i, e) {
    og_endpoints_add(self->endpoints, get_text(e, "name", ""), get_int(e, "weight", 1),
                     get_text(e, "zone", ""), NULL);
  }
  og_balancer_create(config, self->endpoints, clock, &self->balancer, error);
}

json_t *balancer_pick_many(balancer_driver *self, json_t *step, int64_t now_ns) {
  keys all = get_keys(step);
  const int64_t count = all.count ? all.count : get_int(step, "count", 0);
  int32_t *picked = calloc((size_t)count, sizeof *picked);
  json_t *names = json_array();
  int64_t i;
  (void)now_ns;
  must(og_balancer_pick_many(self->balancer, all.count ? all.data : NULL,
                             all.count ? all.lens : NULL, count, picked),
       NULL);
  for (i = 0; i < count; ++i) json_array_append_new(names, named(self->endpoints, picked[i]));
  free_keys(&all);
  free(picked);
  return names;
}
