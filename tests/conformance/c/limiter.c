/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/driver_c.h"

static void *open_limiter(json_t *vector, og_config *config, og_clock *clock) {
  og_limiter *limiter = NULL;
  og_error *error = NULL;
  (void)vector;
  must(og_limiter_create_in(vector_scope, vector_name, config, clock, &limiter, &error), &error);
  return limiter;
}

static json_t *spell(int64_t wait) {
  if (wait == OG_NEVER) return json_string("never");
  if (wait == OG_INVALID_ARGUMENT) return json_string("invalid");
  return json_integer(wait);
}

static json_t *many(og_limiter *limiter, json_t *step, const int64_t *now_ns) {
  json_t *keys = json_object_get(step, "keys"), *costs = json_object_get(step, "costs");
  json_t *spelled = json_array();
  size_t count = json_array_size(keys), i;
  const void **data = calloc(count, sizeof *data);
  int64_t *lens = calloc(count, sizeof *lens);
  int64_t *prices = costs ? calloc(count, sizeof *prices) : NULL;
  int64_t *waits = calloc(count, sizeof *waits);
  int64_t passed;
  for (i = 0; i < count; ++i) {
    data[i] = json_string_value(json_array_get(keys, i));
    lens[i] = (int64_t)json_string_length(json_array_get(keys, i));
    if (prices) prices[i] = json_integer_value(json_array_get(costs, i));
  }
  passed = now_ns ? og_limiter_acquire_many_at(limiter, data, lens, prices, (int64_t)count, *now_ns,
                                               waits)
                  : og_limiter_acquire_many(limiter, data, lens, prices, (int64_t)count, waits);
  for (i = 0; i < count; ++i) json_array_append_new(spelled, spell(waits[i]));
  free(data);
  free(lens);
  free(prices);
  free(waits);
  return json_pack("{s:I, s:o}", "passed", (json_int_t)passed, "waits", spelled);
}

static json_t *step_limiter(void *data, json_t *step, int64_t now_ns) {
  og_limiter *limiter = data;
  const char *op = get_text(step, "op", ""), *key = get_text(step, "key", "");
  int64_t len = get_len(step, "key"), cost = get_int(step, "cost", 1);
  int given = strcmp(get_text(step, "time", ""), "given") == 0;
  if (strcmp(op, "acquire") == 0) {
    return spell(given ? og_limiter_acquire_at(limiter, key, len, cost, now_ns)
                       : og_limiter_acquire(limiter, key, len, cost));
  }
  if (strcmp(op, "peek") == 0) {
    return spell(given ? og_limiter_peek_at(limiter, key, len, cost, now_ns)
                       : og_limiter_peek(limiter, key, len, cost));
  }
  if (strcmp(op, "detailed") == 0) {
    int64_t limit = 0, remaining = 0, reset = 0, wait;
    wait = given ? og_limiter_acquire_detailed_at(limiter, key, len, cost, now_ns, &limit,
                                                  &remaining, &reset)
                 : og_limiter_acquire_detailed(limiter, key, len, cost, &limit, &remaining, &reset);
    return json_pack("{s:o, s:I, s:I, s:I}", "wait", spell(wait), "limit", (json_int_t)limit,
                     "remaining", (json_int_t)remaining, "reset_after", (json_int_t)reset);
  }
  if (strcmp(op, "many") == 0) return many(limiter, step, given ? &now_ns : NULL);
  if (strcmp(op, "stats") == 0) {
    return json_pack("{s:I, s:I, s:I, s:I}", "allowed",
                     (json_int_t)og_limiter_stat(limiter, OG_LIMITER_ALLOWED), "denied",
                     (json_int_t)og_limiter_stat(limiter, OG_LIMITER_DENIED), "crowded_out",
                     (json_int_t)og_limiter_stat(limiter, OG_LIMITER_CROWDED_OUT), "keys",
                     (json_int_t)og_limiter_stat(limiter, OG_LIMITER_KEYS));
  }
  fail("unknown op %s", op);
  return NULL;
}

static void close_limiter(void *data) {
  og_limiter *limiter = data;
  og_limiter_destroy(&limiter);
}

const driver driver_limiter = {open_limiter, step_limiter, close_limiter};
