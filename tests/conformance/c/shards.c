/* SPDX-License-Identifier: Apache-2.0 */
#include "shards_driver.h"

enum { MOST_KEYS = 64 };

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

/* What `own` is: the map that `mark` remembers. */
static og_shards *marked(shards_driver *self) { return self->own; }

void shards_open(shards_driver *self, json_t *vector, og_config *config, og_clock *clock,
                 og_error **error) {
  json_t *splits = json_object_get(json_object_get(vector, "setup"), "splits");
  key keys[MOST_KEYS];
  const void *data[MOST_KEYS];
  int64_t lens[MOST_KEYS];
  size_t count = json_array_size(splits), i;
  og_shards *copy = NULL;
  (void)clock;
  for (i = 0; i < count; ++i) {
    data[i] = read_key(json_array_get(splits, i), &keys[i])->data;
    lens[i] = keys[i].len;
  }
  must(og_shards_create(config, data, lens, (int64_t)count, &self->shards, error), error);
  must(og_shards_copy(self->shards, &copy, error), error);
  self->own = copy;
}

void shards_close(shards_driver *self) {
  og_shards *gone = marked(self);
  og_shards_destroy(&gone);
}

json_t *shards_of(shards_driver *self, json_t *step, int64_t now_ns) {
  json_t *member = json_object_get(step, "key");
  key key;
  (void)now_ns;
  if (json_is_integer(member)) {
    return json_integer(og_shards_of_int64(self->shards, json_integer_value(member)));
  }
  read_key(member, &key);
  return json_integer(og_shards_of(self->shards, key.data, key.len));
}

static json_t *numbers(const int32_t *all, int64_t count) {
  json_t *out = json_array();
  int64_t i;
  for (i = 0; i < count; ++i) json_array_append_new(out, json_integer(all[i]));
  return out;
}

json_t *shards_of_many(shards_driver *self, json_t *step, int64_t now_ns) {
  json_t *given = json_object_get(step, "keys");
  keys all = get_keys(step);
  int64_t integers[MOST_KEYS], i;
  int32_t out[MOST_KEYS];
  (void)now_ns;
  if (json_is_integer(json_array_get(given, 0))) {
    for (i = 0; i < all.count; ++i) {
      integers[i] = json_integer_value(json_array_get(given, (size_t)i));
    }
    must(og_shards_of_int64_many(self->shards, integers, all.count, out), NULL);
  } else {
    must(og_shards_of_many(self->shards, all.data, all.lens, all.count, out), NULL);
  }
  free_keys(&all);
  return numbers(out, all.count);
}

json_t *shards_span(shards_driver *self, json_t *step, int64_t now_ns) {
  key first, end;
  int32_t out[MOST_KEYS];
  int64_t count;
  (void)now_ns;
  key_of(step, "first", &first);
  key_of(step, "end", &end);
  count = og_shards_span(self->shards, first.data, first.len, end.data, end.len, out, MOST_KEYS);
  if (count < 0 || count > MOST_KEYS) fail("span answered %d", (int)count);
  return numbers(out, count);
}

json_t *shards_split(shards_driver *self, json_t *step, int64_t now_ns) {
  key key;
  (void)now_ns;
  key_of(step, "key", &key);
  return word(
      og_shards_split(self->shards, key.data, key.len, (int32_t)get_int(step, "shard", 0), NULL));
}

json_t *shards_merge(shards_driver *self, json_t *step, int64_t now_ns) {
  key key;
  (void)now_ns;
  key_of(step, "key", &key);
  return word(og_shards_merge(self->shards, key.data, key.len, NULL));
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

json_t *shards_ranges(shards_driver *self, json_t *step, int64_t now_ns) {
  og_ranges *ranges = NULL;
  const og_status status = og_shards_ranges(self->shards, &ranges, NULL);
  (void)step, (void)now_ns;
  return status == OG_OK ? list(ranges, 0) : word(status);
}

json_t *shards_mark(shards_driver *self, json_t *step, int64_t now_ns) {
  og_shards *copy = NULL;
  const og_status status = og_shards_copy(self->shards, &copy, NULL);
  (void)step, (void)now_ns;
  shards_close(self);
  self->own = copy;
  return word(status);
}

json_t *shards_go_back(shards_driver *self, json_t *step, int64_t now_ns) {
  (void)step, (void)now_ns;
  return word(og_shards_assign(self->shards, marked(self), NULL));
}

json_t *shards_moves(shards_driver *self, json_t *step, int64_t now_ns) {
  og_ranges *ranges = NULL;
  const og_status status = og_shards_moves(marked(self), self->shards, &ranges, NULL);
  (void)step, (void)now_ns;
  return status == OG_OK ? list(ranges, 1) : word(status);
}

json_t *shards_moved_share(shards_driver *self, json_t *step, int64_t now_ns) {
  (void)step, (void)now_ns;
  return json_real(og_shards_moved_share(marked(self), self->shards));
}

json_t *shards_move(shards_driver *self, json_t *step, int64_t now_ns) {
  int32_t from = -1, to = -1, moves;
  key key;
  (void)now_ns;
  key_of(step, "key", &key);
  moves = og_shards_move(marked(self), self->shards, key.data, key.len, &from, &to);
  return moves == 0 ? json_string("stays") : json_pack("[i,i]", from, to);
}
