/* SPDX-License-Identifier: Apache-2.0 */
#include "shards_driver.h"

json_t *shards_move(shards_driver *self, json_t *step, int64_t now_ns) {
  int32_t from = -1, to = -1;
  const int32_t moves = og_shards_move(self->marked, self->shards, get_raw(step, "key"),
                                       get_raw_len(step, "key"), &from, &to);
  (void)now_ns;
  return moves == 0 ? json_string("stays") : json_pack("[i,i]", from, to);
}
