/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

enum { MOST_SHARDS = 64 };

typedef struct gather_driver {
  og_gather *gather;
  og_query *query;
} gather_driver;

static void *open_gather(json_t *vector, og_config *config, og_clock *clock) {
  gather_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  (void)vector;
  must(og_gather_create(config, clock, &self->gather, &error), &error);
  return self;
}

static const char *word(og_status status) {
  switch (status) {
    case OG_OK:
      return "ok";
    case OG_LAPSED:
      return "lapsed";
    case OG_FULL:
      return "full";
    case OG_NONE:
      return "none";
    case OG_WAIT:
      return "wait";
    case OG_REFUSED:
      return "refused";
    default:
      return "invalid";
  }
}

static json_t *start(gather_driver *self, json_t *shards) {
  int32_t list[MOST_SHARDS];
  size_t count = json_array_size(shards), i;
  og_query *query = NULL;
  og_status status;
  if (json_is_integer(shards)) {
    status = og_gather_start(self->gather, NULL, json_integer_value(shards), &query, NULL);
  } else {
    for (i = 0; i < count; ++i) list[i] = (int32_t)json_integer_value(json_array_get(shards, i));
    status = og_gather_start(self->gather, list, (int64_t)count, &query, NULL);
  }
  if (status != OG_OK) return json_string("invalid");
  og_query_destroy(&self->query);
  self->query = query;
  return json_string("ok");
}

static json_t *rows(og_query *query, int64_t now_ns) {
  json_t *all = json_array();
  int32_t shard;
  const void *key, *row;
  int64_t key_len, row_len;
  og_status status;
  while ((status = og_query_next_at(query, now_ns, &shard, &key, &key_len, &row, &row_len)) ==
         OG_OK) {
    json_array_append_new(all, json_pack("[i,o,o]", shard, json_stringn(key, (size_t)key_len),
                                         json_stringn(row, (size_t)row_len)));
  }
  return json_pack("{s:o,s:s}", "rows", all, "end", word(status));
}

static json_t *failures(og_query *query) {
  json_t *all = json_array();
  int64_t i, dropped;
  int32_t shard;
  og_status reason;
  const char *message;
  for (i = 0; i < og_query_failures(query); ++i) {
    must(og_query_failure(query, i, &shard, &reason, &message, &dropped), NULL);
    json_array_append_new(all, json_pack("[i,i,s,I]", shard, reason, message, (json_int_t)dropped));
  }
  return all;
}

static json_t *step_gather(void *data, json_t *step, int64_t now_ns) {
  gather_driver *self = data;
  og_query *query = self->query;
  const char *op = get_text(step, "op", "");
  int32_t shard = (int32_t)get_int(step, "shard", 0);
  if (strcmp(op, "start") == 0) return start(self, json_object_get(step, "shards"));
  if (strcmp(op, "row") == 0) {
    const char *key = get_text(step, "key", ""), *row = get_text(step, "row", "");
    return json_string(
        word(og_query_row(query, shard, key, get_len(step, "key"), row, get_len(step, "row"))));
  }
  if (strcmp(op, "done") == 0) return json_string(word(og_query_done(query, shard)));
  if (strcmp(op, "fail") == 0) {
    og_status reason = (og_status)get_int(step, "reason", OG_STORE);
    return json_string(word(og_query_fail(query, shard, reason, get_text(step, "message", NULL))));
  }
  if (strcmp(op, "state") == 0) {
    static const char *const kWords[] = {"pending", "partial", "complete", "failed"};
    int64_t waiting = -1;
    int32_t state = og_query_state_at(query, now_ns, &waiting);
    return json_pack("{s:s,s:I}", "state", state < 0 ? "error" : kWords[state], "waiting",
                     (json_int_t)waiting);
  }
  if (strcmp(op, "time_left") == 0) {
    int64_t left = og_query_time_left(query);
    return left == INT64_MAX ? json_string("none") : json_integer(left / 1000000);
  }
  if (strcmp(op, "rows") == 0) return rows(query, now_ns);
  if (strcmp(op, "failures") == 0) return failures(query);
  if (strcmp(op, "refused") == 0) return json_integer(og_query_refused(query));
  fail("unknown op %s", op);
  return NULL;
}

static void close_gather(void *data) {
  gather_driver *self = data;
  og_query_destroy(&self->query);
  og_gather_destroy(&self->gather);
  free(self);
}

const driver driver_gather = {open_gather, step_gather, close_gather};
