/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "replicas_driver.h"

json_t *replicas_reads(replicas_driver *self, json_t *step, int64_t now_ns) {
  int64_t i, count = get_int(step, "count", 0);
  int32_t *nodes = calloc((size_t)count, sizeof *nodes);
  json_t *answer = json_array();
  (void)now_ns;
  must(og_replicas_read_many(self->replicas, count, nodes), NULL);
  for (i = 0; i < count; ++i) json_array_append_new(answer, answer_index(nodes[i]));
  free(nodes);
  return answer;
}
