/* SPDX-License-Identifier: Apache-2.0 */
#include "gather_driver.h"

enum { MOST_SHARDS = 64 };

json_t *gather_start(gather_driver *self, json_t *step, int64_t now_ns) {
  json_t *shards = json_object_get(step, "shards");
  int32_t list[MOST_SHARDS];
  size_t count = json_array_size(shards), i;
  og_query *query = NULL;
  og_status status;
  (void)now_ns;
  for (i = 0; i < count; ++i) list[i] = (int32_t)json_integer_value(json_array_get(shards, i));
  status = json_is_integer(shards)
               ? og_gather_start(self->gather, NULL, json_integer_value(shards), &query, NULL)
               : og_gather_start(self->gather, list, (int64_t)count, &query, NULL);
  if (status != OG_OK) return word(status);
  og_query_destroy(&self->query);
  self->query = query;
  return word(OG_OK);
}

json_t *gather_state(gather_driver *self, json_t *step, int64_t now_ns) {
  static const char *const kWords[] = {"pending", "partial", "complete", "failed"};
  int64_t waiting = -1;
  const int32_t state = og_query_state_at(self->query, now_ns, &waiting);
  (void)step;
  return json_pack("{s:s,s:I}", "state", state < 0 ? "error" : kWords[state], "waiting",
                   (json_int_t)waiting);
}

json_t *gather_rows(gather_driver *self, json_t *step, int64_t now_ns) {
  json_t *all = json_array();
  int32_t shard;
  const void *key, *row;
  int64_t key_len, row_len;
  og_status status;
  (void)step;
  while ((status = og_query_next_at(self->query, now_ns, &shard, &key, &key_len, &row, &row_len)) ==
         OG_OK) {
    json_array_append_new(all, json_pack("[i,o,o]", shard, json_stringn(key, (size_t)key_len),
                                         json_stringn(row, (size_t)row_len)));
  }
  return json_pack("{s:o,s:o}", "rows", all, "end", word(status));
}
