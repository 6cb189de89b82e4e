/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <stdlib.h>
#include <string.h>

#include "tests/capi/check.h"

static og_shards *make(const char *strategy, const void *const *splits, const int64_t *lens,
                       int64_t count) {
  og_config *config = NULL;
  og_shards *shards = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "strategy", strategy), OG_OK);
  CHECK_EQ(og_shards_create(config, splits, lens, count, &shards, NULL), OG_OK);
  og_config_destroy(&config);
  return shards;
}

static void options_and_splits_are_checked(void) {
  const void *splits[] = {"b", "a"};
  const int64_t lens[] = {1, 1}, negative[] = {1, -1};
  og_config *config = NULL;
  og_shards *shards = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "strategy", "ranges"), OG_OK);
  CHECK_EQ(og_shards_create(config, NULL, NULL, 0, &shards, &error), OG_BAD_VALUE);
  CHECK(strstr(og_error_message(error), "did you mean 'range'?") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_config_set(config, "strategy", "range"), OG_OK);
  CHECK_EQ(og_shards_create(config, splits, lens, 2, &shards, &error), OG_INVALID_ARGUMENT);
  CHECK(strstr(og_error_message(error), "split 1, 'a', is below") != NULL);
  CHECK(shards == NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_shards_create(config, splits, negative, 2, &shards, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_create(config, NULL, NULL, 2, &shards, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_create(config, splits, lens, -1, &shards, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_create(config, splits, lens, 1, NULL, NULL), OG_INVALID_ARGUMENT);
  og_config_destroy(&config);
}

static void nulls_are_statuses(void) {
  og_shards *shards = make("hash", NULL, NULL, 0), *none = NULL;
  og_ranges *ranges = NULL;
  og_error *error = NULL;
  int32_t out;
  int64_t len = 1, integer = 1;
  const void *key = NULL;
  CHECK_EQ(og_shards_of(NULL, "a", 1), OG_NULL_HANDLE);
  CHECK_EQ(og_shards_of(shards, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_of(shards, "a", -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_of_int64(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_shards_of_many(shards, &key, &len, 1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_of_many(shards, NULL, NULL, 1, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_of_many(shards, NULL, NULL, 0, NULL), OG_OK);
  CHECK_EQ(og_shards_of_int64_many(shards, &integer, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_of_int64_many(shards, &integer, INT64_MIN, &out), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_int64_key(1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_span(shards, "a", 1, "b", 1, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_span(shards, "a", 1, "b", 1, &out, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_span(shards, "a", 1, "b", 1, NULL, 0), 1);
  CHECK_EQ(og_shards_copy(NULL, &none, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_shards_assign(shards, NULL, &error), OG_INVALID_ARGUMENT);
  CHECK(error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_shards_resize(NULL, 1, &error), OG_NULL_HANDLE);
  CHECK(error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_shards_split(shards, "a", 1, 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_merge(shards, "a", 1, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_move(shards, NULL, "a", 1, NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_shards_move(shards, shards, "a", 1, NULL, NULL), 0);
  CHECK(og_shards_moved_share(shards, NULL) == OG_NULL_HANDLE);
  CHECK_EQ(og_shards_moves(shards, NULL, &ranges, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_shards_moves(shards, shards, &ranges, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_shards_ranges(shards, &ranges, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_ranges_count(NULL), OG_NULL_HANDLE);
  og_ranges_destroy(&ranges);
  og_shards_destroy(NULL);
  og_shards_destroy(&none);
  og_shards_destroy(&shards);
  CHECK(shards == NULL);
}

static void every_key_has_a_shard(void) {
  const void *splits[] = {"m"};
  const int64_t lens[] = {1};
  og_shards *ranges = make("range", splits, lens, 1), *hash = make("hash", NULL, NULL, 0);
  const int64_t size = 10 * 1024 * 1024;
  char *large = malloc((size_t)size);
  CHECK(large != NULL);
  memset(large, 'z', (size_t)size);
  CHECK_EQ(og_shards_resize(hash, 1000, NULL), OG_OK);
  CHECK_EQ(og_shards_count(hash), 1000);
  CHECK_EQ(og_shards_of(ranges, large, size), 1);
  CHECK(og_shards_of(hash, large, size) >= 0);
  CHECK_EQ(og_shards_of(ranges, NULL, 0), 0);
  CHECK_EQ(og_shards_of(ranges, "", 0), 0);
  CHECK(og_shards_of(hash, NULL, 0) == og_shards_of(hash, "", 0));
  CHECK(og_shards_of_int64(hash, 0) >= 0);
  CHECK_EQ(og_shards_split(ranges, large, size, 2, NULL), OG_OK);
  CHECK_EQ(og_shards_of(ranges, large, size), 2);
  CHECK_EQ(og_shards_of(ranges, large, size - 1), 1);
  free(large);
  og_shards_destroy(&ranges);
  og_shards_destroy(&hash);
}

static void an_integer_is_its_eight_bytes(void) {
  og_shards *shards = make("hash", NULL, NULL, 0);
  const int64_t keys[] = {0, -1, 1, INT64_MIN, INT64_MAX};
  int32_t out[5];
  unsigned char bytes[8];
  int i;
  CHECK_EQ(og_shards_resize(shards, 777, NULL), OG_OK);
  CHECK_EQ(og_shards_of_int64_many(shards, keys, 5, out), OG_OK);
  for (i = 0; i < 5; ++i) {
    CHECK_EQ(og_shards_int64_key(keys[i], bytes), OG_OK);
    CHECK_EQ(og_shards_of(shards, bytes, 8), out[i]);
    CHECK_EQ(og_shards_of_int64(shards, keys[i]), out[i]);
  }
  CHECK_EQ(og_shards_int64_key(1, bytes), OG_OK);
  CHECK(memcmp(bytes, "\x80\0\0\0\0\0\0\x01", 8) == 0);
  CHECK_EQ(og_shards_int64_key(-1, bytes), OG_OK);
  CHECK(memcmp(bytes, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8) == 0);
  og_shards_destroy(&shards);
}

/* The ranges outlive their maps; what was written down makes the same map again. */
static void ranges_outlive_their_maps(void) {
  const void *splits[] = {"g", "p"};
  const int64_t lens[] = {1, 1};
  og_shards *live = make("range", splits, lens, 2), *next = NULL, *again;
  og_ranges *moves = NULL, *ranges = NULL;
  const void *first, *end;
  int64_t first_len, end_len, i;
  int32_t from, to;
  CHECK_EQ(og_shards_copy(live, &next, NULL), OG_OK);
  CHECK_EQ(og_shards_split(next, "k", 1, 3, NULL), OG_OK);
  CHECK_EQ(og_shards_moves(live, next, &moves, NULL), OG_OK);
  CHECK_EQ(og_shards_move(live, next, "n", 1, &from, &to), 1);
  CHECK_EQ(from, 1);
  CHECK_EQ(to, 3);
  CHECK(og_shards_moved_share(live, next) == OG_NONE);
  CHECK_EQ(og_shards_assign(live, next, NULL), OG_OK);
  CHECK_EQ(og_shards_of(live, "n", 1), 3);
  CHECK_EQ(og_shards_ranges(live, &ranges, NULL), OG_OK);
  og_shards_destroy(&live);
  og_shards_destroy(&next);

  CHECK_EQ(og_ranges_count(moves), 1);
  CHECK_EQ(og_ranges_at(moves, 0, &first, &first_len, &end, &end_len, &from, &to), OG_OK);
  CHECK(first_len == 1 && memcmp(first, "k", 1) == 0);
  CHECK(end_len == 1 && memcmp(end, "p", 1) == 0);
  CHECK(from == 1 && to == 3);
  CHECK_EQ(og_ranges_at(moves, 0, NULL, NULL, NULL, NULL, NULL, NULL), OG_OK);
  CHECK_EQ(og_ranges_at(moves, 1, NULL, NULL, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_ranges_at(moves, -1, NULL, NULL, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);

  again = make("range", NULL, NULL, 0);
  for (i = 0; i < og_ranges_count(ranges); ++i) {
    CHECK_EQ(og_ranges_at(ranges, i, &first, &first_len, NULL, &end_len, NULL, &to), OG_OK);
    CHECK_EQ(og_shards_split(again, first, first_len, to, NULL), OG_OK);
  }
  CHECK_EQ(end_len, 0);
  CHECK_EQ(og_shards_of(again, "a", 1), 0);
  CHECK_EQ(og_shards_of(again, "g", 1), 1);
  CHECK_EQ(og_shards_of(again, "n", 1), 3);
  CHECK_EQ(og_shards_of(again, "z", 1), 2);
  og_shards_destroy(&again);
  og_ranges_destroy(&moves);
  og_ranges_destroy(&ranges);
  CHECK(moves == NULL);
}

static void metrics_count_lookups_by_shard(void) {
  og_shards *shards = make("hash", NULL, NULL, 0);
  og_metrics *metrics = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_shards(metrics, "users", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_shards(metrics, "users", shards, NULL), OG_OK);
  CHECK_EQ(og_shards_of(shards, "a", 1), 0);
  CHECK_EQ(og_shards_of_int64(shards, 0), 0);
  og_shards_destroy(&shards);
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text),
               "outgrow_shards_lookups_total{name=\"users\",shard=\"0\"} 2\n") != NULL);
  CHECK(strstr(og_text_data(text), "outgrow_shards_in_map{name=\"users\"} 1\n") != NULL);
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
}

int main(void) {
  options_and_splits_are_checked();
  nulls_are_statuses();
  every_key_has_a_shard();
  an_integer_is_its_eight_bytes();
  ranges_outlive_their_maps();
  metrics_count_lookups_by_shard();
  return 0;
}
