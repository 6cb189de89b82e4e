// SPDX-License-Identifier: Apache-2.0
#include <outgrow.h>

#include <string>

#include "tests/capi/allocation/allocator.h"

using allocation::held;

namespace {

og_gather* by_key(bool whole) {
  og_config* config = nullptr;
  og_gather* gather = nullptr;
  og_error* error = nullptr;
  held(whole, og_config_create(&config, nullptr));
  if (config) held(whole, og_config_set(config, "order", "key"));
  held(whole, og_gather_create(config, nullptr, &gather, &error));
  og_error_destroy(&error);
  og_config_destroy(&config);
  return gather;
}

// A row for which there was no memory has failed its shard: the query cannot be complete without
// it.
void use(bool whole, og_query* query) {
  static const char kRow[] = "a row too long to lie in its string, and its key in front of it";
  bool lost = false;
  for (int32_t shard : {3, 1}) {
    for (const char* key : {"b", "a", "c"}) {
      og_status status = og_query_row(query, shard, key, 1, kRow, sizeof kRow);
      lost = lost || status == OG_NO_MEMORY;
      if (!lost) held(whole, status);
    }
  }
  held(whole, og_query_fail(query, 2, OG_IO, "a message too long to lie in its string"));
  bool lapsed = og_query_done(query, 3) == OG_LAPSED;
  lapsed = og_query_done(query, 1) == OG_LAPSED || lapsed;
  held(true, lapsed == lost ? OG_OK : OG_INTERNAL);
  og_status next;
  do {
    next = og_query_next(query, nullptr, nullptr, nullptr, nullptr, nullptr);
  } while (next == OG_OK);
  held(whole, next == OG_REFUSED || next == OG_WAIT ? OG_OK : next);
}

void run(bool whole) {
  og_gather* gather = by_key(whole);
  og_query* query = nullptr;
  og_error* error = nullptr;
  const int32_t shards[] = {3, 1, 2};
  if (!gather) return;
  if (held(whole, og_gather_start(gather, shards, 3, &query, &error)) && query) use(whole, query);
  og_error_destroy(&error);
  og_query_destroy(&query);

  if (held(whole, og_gather_start(gather, nullptr, 2, &query, &error)) && query) {
    og_query_done(query, 0);
    og_query_done(query, 1);
    og_status next = og_query_next(query, nullptr, nullptr, nullptr, nullptr, nullptr);
    held(whole, next == OG_NONE ? OG_OK : next);
  }
  og_error_destroy(&error);
  og_query_destroy(&query);
  og_gather_destroy(&gather);
}

// Polling while shards are out.
std::function<void()> hot() {
  static og_query* query = nullptr;
  if (!query) {
    og_gather* gather = by_key(true);
    og_gather_start(gather, nullptr, 2, &query, nullptr);
    og_gather_destroy(&gather);  // the query keeps it
    og_query_fail(query, 1, OG_IO, nullptr);
  }
  return [] {
    og_query_state(query, nullptr);
    og_query_time_left(query);
    og_query_failure(query, 0, nullptr, nullptr, nullptr, nullptr);
    og_query_next(query, nullptr, nullptr, nullptr, nullptr, nullptr);
  };
}

const allocation::Register kGather({"gather", run, hot});

}  // namespace
