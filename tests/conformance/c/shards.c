/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

enum { MOST_KEYS = 64 };

typedef struct shards_driver {
  og_shards *shards;
  og_shards *marked;
} shards_driver;

typedef struct key {
  char integer[8];
  const void *data;
  int64_t len;
} key;

/* A text's bytes, or those that stand for an integer. */
static const key *read_key(json_t *member, key *out) {
  if (json_is_integer(member)) {
    must(og_shards_int64_key(json_integer_value(member), out->integer), NULL);
    out->data = out->integer;
    out->len = 8;
  } else {
    out->data = json_string_value(member);
    out->len = (int64_t)json_string_length(member);
  }
  return out;
}

static const key *key_of(json_t *step, const char *name, key *out) {
  return read_key(json_object_get(step, name), out);
}

static void *open_shards(json_t *vector, og_config *config, og_clock *clock) {
  shards_driver *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  json_t *splits = json_object_get(json_object_get(vector, "setup"), "splits");
  key keys[MOST_KEYS];
  const void *data[MOST_KEYS];
  int64_t lens[MOST_KEYS];
  size_t count = json_array_size(splits), i;
  (void)clock;
  for (i = 0; i < count; ++i) {
    data[i] = read_key(json_array_get(splits, i), &keys[i])->data;
    lens[i] = keys[i].len;
  }
  must(og_shards_create(config, data, lens, (int64_t)count, &self->shards, &error), &error);
  must(og_shards_copy(self->shards, &self->marked, &error), &error);
  return self;
}

static json_t *outcome(og_status status) { return json_string(status == OG_OK ? "ok" : "invalid"); }

static json_t *numbers(const int32_t *all, int64_t count) {
  json_t *out = json_array();
  int64_t i;
  for (i = 0; i < count; ++i) json_array_append_new(out, json_integer(all[i]));
  return out;
}

static json_t *of_many(og_shards *shards, json_t *keys) {
  key key;
  const void *data[MOST_KEYS];
  int64_t lens[MOST_KEYS], integers[MOST_KEYS];
  int32_t out[MOST_KEYS];
  size_t count = json_array_size(keys), i;
  if (json_is_integer(json_array_get(keys, 0))) {
    for (i = 0; i < count; ++i) integers[i] = json_integer_value(json_array_get(keys, i));
    must(og_shards_of_int64_many(shards, integers, (int64_t)count, out), NULL);
  } else {
    for (i = 0; i < count; ++i) {
      data[i] = read_key(json_array_get(keys, i), &key)->data;
      lens[i] = key.len;
    }
    must(og_shards_of_many(shards, data, lens, (int64_t)count, out), NULL);
  }
  return numbers(out, (int64_t)count);
}

static json_t *span(og_shards *shards, const key *first, const key *end) {
  int32_t out[MOST_KEYS];
  int64_t count =
      og_shards_span(shards, first->data, first->len, end->data, end->len, out, MOST_KEYS);
  if (count < 0 || count > MOST_KEYS) fail("span answered %d", (int)count);
  return numbers(out, count);
}

/* Takes the ranges. */
static json_t *list(og_ranges *ranges, int moves) {
  json_t *all = json_array();
  int64_t i;
  for (i = 0; i < og_ranges_count(ranges); ++i) {
    const void *first, *end;
    int64_t first_len, end_len;
    int32_t from, to;
    json_t *row;
    must(og_ranges_at(ranges, i, &first, &first_len, &end, &end_len, &from, &to), NULL);
    row = json_pack("[o,o,i]", json_stringn(first, (size_t)first_len),
                    json_stringn(end, (size_t)end_len), from);
    if (moves) json_array_append_new(row, json_integer(to));
    json_array_append_new(all, row);
  }
  og_ranges_destroy(&ranges);
  return all;
}

static json_t *step_shards(void *data, json_t *step, int64_t now_ns) {
  shards_driver *self = data;
  og_shards *shards = self->shards;
  const char *op = get_text(step, "op", "");
  og_ranges *ranges = NULL;
  key key, end;
  (void)now_ns;
  if (strcmp(op, "of") == 0) {
    json_t *member = json_object_get(step, "key");
    if (json_is_integer(member)) {
      return json_integer(og_shards_of_int64(shards, json_integer_value(member)));
    }
    read_key(member, &key);
    return json_integer(og_shards_of(shards, key.data, key.len));
  }
  if (strcmp(op, "of_many") == 0) return of_many(shards, json_object_get(step, "keys"));
  if (strcmp(op, "span") == 0) {
    return span(shards, key_of(step, "first", &key), key_of(step, "end", &end));
  }
  if (strcmp(op, "count") == 0) return json_integer(og_shards_count(shards));
  if (strcmp(op, "resize") == 0) {
    return outcome(og_shards_resize(shards, get_int(step, "to", 0), NULL));
  }
  if (strcmp(op, "split") == 0) {
    key_of(step, "key", &key);
    return outcome(
        og_shards_split(shards, key.data, key.len, (int32_t)get_int(step, "shard", 0), NULL));
  }
  if (strcmp(op, "merge") == 0) {
    key_of(step, "key", &key);
    return outcome(og_shards_merge(shards, key.data, key.len, NULL));
  }
  if (strcmp(op, "ranges") == 0) {
    if (og_shards_ranges(shards, &ranges, NULL) != OG_OK) return json_string("invalid");
    return list(ranges, 0);
  }
  if (strcmp(op, "mark") == 0) {
    og_shards_destroy(&self->marked);
    return outcome(og_shards_copy(shards, &self->marked, NULL));
  }
  if (strcmp(op, "go_back") == 0) return outcome(og_shards_assign(shards, self->marked, NULL));
  if (strcmp(op, "moves") == 0) {
    if (og_shards_moves(self->marked, shards, &ranges, NULL) != OG_OK)
      return json_string("invalid");
    return list(ranges, 1);
  }
  if (strcmp(op, "moved_share") == 0) {
    return json_real(og_shards_moved_share(self->marked, shards));
  }
  if (strcmp(op, "move") == 0) {
    int32_t from = -1, to = -1, moves;
    key_of(step, "key", &key);
    moves = og_shards_move(self->marked, shards, key.data, key.len, &from, &to);
    return moves == 0 ? json_string("stays") : json_pack("[i,i]", from, to);
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_shards(void *data) {
  shards_driver *self = data;
  og_shards_destroy(&self->marked);
  og_shards_destroy(&self->shards);
  free(self);
}

const driver driver_shards = {open_shards, step_shards, close_shards};
