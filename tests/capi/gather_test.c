/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <stdlib.h>
#include <string.h>

#include "tests/capi/check.h"

static og_gather *make(const char *option, const char *value, const og_clock *clock) {
  og_config *config = NULL;
  og_gather *gather = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, option, value), OG_OK);
  CHECK_EQ(og_gather_create(config, clock, &gather, NULL), OG_OK);
  og_config_destroy(&config);
  return gather;
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_gather *gather = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "min_shard", "2"), OG_OK);
  CHECK_EQ(og_gather_create(config, NULL, &gather, &error), OG_UNKNOWN_OPTION);
  CHECK(strstr(og_error_message(error), "did you mean 'min_shards'?") != NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "policy", "most"), OG_OK);
  CHECK_EQ(og_gather_create(config, NULL, &gather, &error), OG_BAD_VALUE);
  CHECK(strcmp(og_error_option(error), "policy") == 0);
  CHECK(gather == NULL);
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void arguments_are_checked(void) {
  og_gather *gather = make("policy", "any", NULL);
  og_query *query = NULL;
  og_error *error = NULL;
  const int32_t twice[] = {4, 2, 4}, negative[] = {-1};
  const void *bytes = "x", *none = NULL;
  int64_t one = 1, minus = -1;
  CHECK_EQ(og_gather_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_gather_start(NULL, NULL, 1, &query, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_gather_start(gather, NULL, 1, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_gather_start(gather, NULL, -1, &query, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_gather_start(gather, NULL, INT64_MAX, &query, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_gather_start(gather, negative, 1, &query, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_gather_start(gather, twice, 3, &query, &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_message(error), "shard 4 stands twice") == 0);
  og_error_destroy(&error);
  CHECK(query == NULL);
  CHECK_EQ(og_query_state(NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_query_row(NULL, 0, NULL, 0, "x", 1), OG_NULL_HANDLE);

  CHECK_EQ(og_gather_start(gather, NULL, 2, &query, NULL), OG_OK);
  CHECK_EQ(og_query_row(query, 0, NULL, 1, "x", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row(query, 0, NULL, 0, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row(query, 0, NULL, 0, "x", -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row(query, 2, NULL, 0, "x", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row(query, INT32_MIN, NULL, 0, "x", 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, NULL, NULL, &bytes, &minus, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, &none, &one, &bytes, &one, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, &bytes, NULL, &bytes, &one, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, NULL, NULL, NULL, NULL, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, NULL, NULL, NULL, NULL, -1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_row_many(query, 0, NULL, NULL, NULL, NULL, 0), OG_OK);
  CHECK_EQ(og_query_fail(query, 0, OG_OK, "fine"), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_fail(query, 0, 7, "fine"), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_failure(query, 0, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_query_failure(query, -1, NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  /* Lengths that no memory holds are refused before a byte is read. */
  CHECK_EQ(og_query_row(query, 0, "x", INT64_MAX, "x", INT64_MAX), OG_FULL);
  CHECK_EQ(og_query_state(query, NULL), OG_QUERY_PENDING);
  CHECK_EQ(og_query_done(query, 1), OG_OK);
  CHECK_EQ(og_query_next(query, NULL, NULL, NULL, NULL, NULL), OG_NONE);
  og_query_destroy(&query);
  CHECK(query == NULL);
  og_query_destroy(&query);
  og_query_destroy(NULL);
  og_gather_destroy(NULL);
  og_gather_destroy(&gather);
}

static void rows_come_back_whole(void) {
  og_gather *gather = make("order", "key", NULL);
  og_query *query = NULL;
  const void *keys[] = {"b\0b", "b\0a"}, *rows[] = {"", "second"}, *key, *row;
  const int64_t key_lens[] = {3, 3}, row_lens[] = {0, 6}, large = 10 * 1024 * 1024;
  int64_t key_len, row_len;
  int32_t shard;
  char *bytes = malloc((size_t)large);
  CHECK(bytes != NULL);
  memset(bytes, 'z', (size_t)large);
  CHECK_EQ(og_gather_start(gather, NULL, 2, &query, NULL), OG_OK);
  og_gather_destroy(&gather); /* the query keeps it */
  CHECK_EQ(og_query_row_many(query, 0, keys, key_lens, rows, row_lens, 2), OG_OK);
  CHECK_EQ(og_query_row(query, 1, bytes, large, bytes, large), OG_OK);
  free(bytes);
  CHECK_EQ(og_query_done(query, 0), OG_OK);
  CHECK_EQ(og_query_done(query, 1), OG_OK);
  CHECK_EQ(og_query_next(query, &shard, &key, &key_len, &row, &row_len), OG_OK);
  CHECK(shard == 0 && key_len == 3 && memcmp(key, "b\0a", 3) == 0);
  CHECK(row_len == 6 && memcmp(row, "second", 6) == 0);
  CHECK_EQ(og_query_next(query, &shard, &key, &key_len, &row, &row_len), OG_OK);
  CHECK(key_len == 3 && memcmp(key, "b\0b", 3) == 0 && row_len == 0);
  CHECK_EQ(og_query_next(query, &shard, &key, &key_len, &row, &row_len), OG_OK);
  CHECK(shard == 1 && key_len == large && row_len == large);
  CHECK(((const char *)row)[0] == 'z' && ((const char *)row)[large - 1] == 'z');
  CHECK_EQ(og_query_next(query, &shard, &key, &key_len, &row, &row_len), OG_NONE);
  og_query_destroy(&query);
}

static void the_clock_ends_it(void) {
  og_clock *clock = NULL;
  og_gather *gather;
  og_query *query = NULL;
  const void *row = "x";
  const int64_t len = 1;
  int32_t shard = -1;
  og_status reason = 0;
  const char *message = NULL;
  int64_t dropped = -1, waiting = -1;
  CHECK_EQ(og_clock_create_manual(1000, &clock, NULL), OG_OK);
  gather = make("deadline_ms", "50", clock);
  CHECK_EQ(og_gather_start(gather, NULL, 2, &query, NULL), OG_OK);
  CHECK_EQ(og_query_time_left(query), 50000000);
  CHECK_EQ(og_query_time_left_at(query, 50000000), 1000);
  CHECK_EQ(og_query_row(query, 0, NULL, 0, "x", 1), OG_OK);
  CHECK_EQ(og_query_done(query, 0), OG_OK);
  CHECK_EQ(og_clock_advance(clock, 50000000), OG_OK);
  CHECK_EQ(og_query_state(query, &waiting), OG_QUERY_FAILED);
  CHECK_EQ(waiting, 0);
  CHECK_EQ(og_query_failures(query), 1);
  CHECK_EQ(og_query_failure(query, 0, &shard, &reason, &message, &dropped), OG_OK);
  CHECK(shard == 1 && reason == OG_TIMEOUT && dropped == 0);
  CHECK(strcmp(message, "not in within the deadline") == 0);
  CHECK_EQ(og_query_row(query, 1, NULL, 0, "x", 1), OG_LAPSED);
  CHECK_EQ(og_query_refused(query), 1);
  CHECK_EQ(og_query_next(query, NULL, NULL, NULL, NULL, NULL), OG_REFUSED);
  og_query_destroy(&query);

  /* The same by times of the caller's. */
  CHECK_EQ(og_gather_start_at(gather, NULL, 3, 0, &query, NULL), OG_OK);
  CHECK_EQ(og_query_row_at(query, 0, NULL, 0, "x", 1, 49999999), OG_OK);
  CHECK_EQ(og_query_row_many_at(query, 0, NULL, NULL, &row, &len, 1, 49999999), OG_OK);
  CHECK_EQ(og_query_done_at(query, 0, 49999999), OG_OK);
  CHECK_EQ(og_query_fail_at(query, 1, OG_STORE, NULL, 49999999), OG_OK);
  CHECK_EQ(og_query_state_at(query, 49999999, &waiting), OG_QUERY_FAILED);
  CHECK_EQ(waiting, 1);
  CHECK_EQ(og_query_state_at(query, 50000000, &waiting), OG_QUERY_FAILED);
  CHECK_EQ(waiting, 0);
  CHECK_EQ(og_query_next_at(query, 50000000, NULL, NULL, NULL, NULL, NULL), OG_REFUSED);
  CHECK_EQ(og_query_failures(query), 2);
  og_query_destroy(&query);
  og_gather_destroy(&gather);
  og_clock_destroy(&clock);
}

static void metrics_tell_how_queries_ended(void) {
  og_gather *gather = make("policy", "any", NULL);
  og_metrics *metrics = NULL;
  og_query *query = NULL;
  og_text *text = NULL;
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_gather(metrics, "users", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_gather(metrics, "users", gather, NULL), OG_OK);
  CHECK_EQ(og_gather_start(gather, NULL, 2, &query, NULL), OG_OK);
  CHECK_EQ(og_query_row(query, 0, NULL, 0, "x", 1), OG_OK);
  CHECK_EQ(og_query_fail(query, 0, OG_IO, "gone"), OG_OK);
  CHECK_EQ(og_query_done(query, 1), OG_OK);
  og_query_destroy(&query);
  CHECK_EQ(og_gather_start(gather, NULL, 2, &query, NULL), OG_OK);
  og_query_destroy(&query);
  og_gather_destroy(&gather);
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text),
               "outgrow_gather_queries_total{name=\"users\",outcome=\"partial\"} 1\n"));
  CHECK(strstr(og_text_data(text),
               "outgrow_gather_queries_total{name=\"users\",outcome=\"abandoned\"} 1\n"));
  CHECK(strstr(og_text_data(text),
               "outgrow_gather_shards_total{name=\"users\",outcome=\"error\"} 1\n"));
  CHECK(strstr(og_text_data(text),
               "outgrow_gather_rows_total{name=\"users\",outcome=\"dropped\"} 1\n"));
  CHECK(
      strstr(og_text_data(text), "outgrow_gather_shard_latency_seconds_count{name=\"users\"} 1\n"));
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
}

int main(void) {
  options_are_checked();
  arguments_are_checked();
  rows_come_back_whole();
  the_clock_ends_it();
  metrics_tell_how_queries_ended();
  return 0;
}
