/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OUTGROW_TESTS_ANSWERS_C_H
#define OUTGROW_TESTS_ANSWERS_C_H

/* More of a step's members, and how answers are spelled: a kind each, as `answers` in
 * bindings/generate/vectors.py. What an answer is made of is freed. */
#include <math.h>

#include "tests/conformance/driver_c.h"

int64_t get_ttl(json_t *step);
/* Whether the step wants the form that is given the time. */
int given(json_t *step);

/* Lists in a step are no longer. */
enum { kMost = 128 };

/* A list of texts, or of integers as a shard map's keys, as functions take many; NULL for no list,
 * of which `count` says how many it would be. It returns the count. */
typedef struct keys {
  const void *const *data;
  const int64_t *lens;
  int64_t count;
  const void *rooms[kMost];
  int64_t sizes[kMost];
} keys;
int64_t get_keys(json_t *step, const char *name, keys *out);
/* Of a list of integers; how many. */
int64_t get_numbers(json_t *step, const char *name, int64_t *out);

/* Of a list of shards, or NULL: the count stands there instead. */
const int32_t *get_shards(json_t *step, const char *name, int32_t *rooms, int64_t *count);

/* Of the value that a service is to keep: its size, or the constant for an absence or nothing. */
int64_t get_kept_len(json_t *step, const char *name);

/* Of lists, what the caller frees: numbers, NaN for none; times, one for each member, from
 * `from_ms` on; a batch, of [key, value or null] each. */
double *get_reals(json_t *step, const char *name);
int64_t *get_spaced(json_t *step, const char *name);
og_batch *get_writes(json_t *step, const char *name);

/* Of a vector's "setup": the options of a noun. */
og_config *setup_of(json_t *vector, const char *name);

/* The options in a step's member; until the next are asked for. */
const og_config *get_config(json_t *step, const char *name);

/* What was given under a name, in a step's member: permits, tickets, leases; 0 is none. take
 * remembers what is above 0 under the member `as`. */
int64_t held_in(json_t *held, json_t *step, const char *name);
json_t *take(json_t *held, json_t *step, int64_t id);
json_t *made(json_t *held, json_t *step, int32_t index);

/* A text, in hexadecimal where `hex` says so, or an integer's key on a shard map: bytes that stand
 * for some steps. */
const char *raw_of(json_t *step, json_t *member, int64_t *len);
const char *get_raw(json_t *step, const char *name);
int64_t get_raw_len(json_t *step, const char *name);

json_t *word(int64_t status);
json_t *answer_wait(int64_t wait);
json_t *answer_count(int64_t count);
json_t *answer_left(int64_t ns);
json_t *answer_status(int64_t status); /* an error as {"error"}, but for "closed" */
json_t *answer_index(int32_t index);
json_t *answer_real(double number);   /* null for NaN */
json_t *answer_number(double number); /* null for none */
json_t *unless_none(int32_t number);
json_t *answer_error(og_error *error);
json_t *answer_text(og_status status, og_text *text);
json_t *answer_value(og_value *value);
json_t *answer_bytes(json_t *step, int64_t size, og_value *value, og_error *error);
json_t *answer_found(int64_t size, og_value *value);
/* {outcome, value, wait_ms}: what was given is remembered, its outcome is the word. */
json_t *leased(json_t *held, json_t *step, const char *word, int64_t id, og_value *value,
               int64_t wait_ns);
/* The lines that begin with the member `prefix`. */
json_t *lines(json_t *step, og_status status, og_text *text);
json_t *named(og_endpoints *endpoints, int32_t index);
#define answer_duration answer_count
#define answer_truth answer_count
#define answer_done word
#define answer_stood word
#define answer_outcome word

/* Operations of vectors that no table says. */
json_t *limiter_all(og_limiter *limiter, json_t *step, int64_t now_ns);

/* An enum's constants by their words, the last NULL. */
typedef struct worded {
  const char *word;
  int32_t value;
} worded;
int32_t value_of(const worded *all, const char *word); /* -1: none has it */
json_t *word_of(const worded *all, int32_t value);

#endif
