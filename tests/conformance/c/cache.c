/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cache_driver.h"

json_t *cache_copy(cache_driver *self, json_t *step, int64_t now_ns) {
  const int64_t capacity = get_int(step, "capacity", 0);
  char *out = calloc(1, (size_t)capacity + 1);
  const int64_t size =
      og_cache_get(self->cache, get_text(step, "key", ""), get_len(step, "key"), out, capacity);
  json_t *answer =
      size < 0 ? word(size) : json_pack("{s:I,s:s}", "size", (json_int_t)size, "bytes", out);
  (void)now_ns;
  free(out);
  return answer;
}
