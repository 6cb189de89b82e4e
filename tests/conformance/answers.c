/* SPDX-License-Identifier: Apache-2.0 */
/* A step's members, and how answers are spelled. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/answers_c.h"

const char *get_text(json_t *step, const char *name, const char *fallback) {
  json_t *value = json_object_get(step, name);
  return json_is_string(value) ? json_string_value(value) : fallback;
}

int64_t get_len(json_t *step, const char *name) {
  return (int64_t)json_string_length(json_object_get(step, name));
}

int64_t get_int(json_t *step, const char *name, int64_t fallback) {
  json_t *value = json_object_get(step, name);
  return json_is_number(value) ? (json_is_integer(value) ? json_integer_value(value)
                                                         : (int64_t)json_real_value(value))
                               : fallback;
}

double get_number(json_t *step, const char *name, double fallback) {
  json_t *value = json_object_get(step, name);
  return json_is_number(value) ? json_number_value(value) : fallback;
}

int get_bool(json_t *step, const char *name, int fallback) {
  json_t *value = json_object_get(step, name);
  return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int64_t get_ttl(json_t *step) {
  return json_object_get(step, "ttl_ms") ? get_int(step, "ttl_ms", 0) * 1000000
                                         : OG_CACHE_DEFAULT_TTL;
}

int given(json_t *step) { return strcmp(get_text(step, "time", ""), "given") == 0; }

int64_t get_keys(json_t *step, const char *name, keys *out) {
  json_t *given = json_object_get(step, name), *member;
  size_t i;
  out->count = given ? (int64_t)json_array_size(given) : get_int(step, "count", 0);
  out->data = given ? out->rooms : NULL;
  out->lens = given ? out->sizes : NULL;
  if (out->count > kMost) fail("%s: too many", name);
  json_array_foreach(given, i, member) out->rooms[i] = raw_of(step, member, &out->sizes[i]);
  return out->count;
}

int64_t get_numbers(json_t *step, const char *name, int64_t *out) {
  json_t *given = json_object_get(step, name), *member;
  size_t i;
  if (json_array_size(given) > kMost) fail("%s: too many", name);
  json_array_foreach(given, i, member) out[i] = json_integer_value(member);
  return (int64_t)json_array_size(given);
}

const int32_t *get_shards(json_t *step, const char *name, int32_t *rooms, int64_t *count) {
  json_t *given = json_object_get(step, name), *member;
  size_t i;
  *count = json_is_integer(given) ? json_integer_value(given) : (int64_t)json_array_size(given);
  if (json_is_integer(given)) return NULL;
  if (*count > kMost) fail("%s: too many", name);
  json_array_foreach(given, i, member) rooms[i] = (int32_t)json_integer_value(member);
  return rooms;
}

int64_t get_kept_len(json_t *step, const char *name) {
  if (json_object_get(step, name)) return get_len(step, name);
  return get_bool(step, "absent", 0) ? OG_SERVICE_KEEP_ABSENCE : OG_SERVICE_KEEP_NOTHING;
}

int64_t *get_spaced(json_t *step, const char *name) {
  const size_t count = json_array_size(json_object_get(step, name));
  int64_t *all = calloc(count + 1, sizeof *all), at = get_int(step, "from_ms", 0);
  size_t i;
  for (i = 0; i < count; ++i, at += get_int(step, "every_ms", 0)) all[i] = at * 1000000;
  return all;
}

double *get_reals(json_t *step, const char *name) {
  json_t *given = json_object_get(step, name), *member;
  double *all = calloc(json_array_size(given) + 1, sizeof *all);
  size_t i;
  json_array_foreach(given, i, member) {
    all[i] = json_is_number(member) ? json_number_value(member) : NAN;
  }
  return all;
}

og_batch *get_writes(json_t *step, const char *name) {
  og_batch *batch = NULL;
  json_t *write;
  size_t i;
  must(og_batch_create(&batch, NULL), NULL);
  json_array_foreach(json_object_get(step, name), i, write) {
    int64_t key_len, value_len;
    const char *key = raw_of(step, json_array_get(write, 0), &key_len), *value;
    if (json_is_null(json_array_get(write, 1))) {
      must(og_batch_delete(batch, key, key_len), NULL);
    } else {
      value = raw_of(step, json_array_get(write, 1), &value_len);
      must(og_batch_set(batch, key, key_len, value, value_len), NULL);
    }
  }
  return batch;
}

og_config *setup_of(json_t *vector, const char *name) {
  return config_of(json_object_get(json_object_get(vector, "setup"), name));
}

const og_config *get_config(json_t *step, const char *name) {
  static og_config *kept = NULL;
  og_config_destroy(&kept);
  return kept = config_of(json_object_get(step, name));
}

int64_t held_in(json_t *held, json_t *step, const char *name) {
  return json_integer_value(json_object_get(held, get_text(step, name, "")));
}

json_t *take(json_t *held, json_t *step, int64_t id) {
  if (id <= 0) return word(id);
  json_object_set_new(held, get_text(step, "as", ""), json_integer(id));
  return json_string("permit");
}

json_t *made(json_t *held, json_t *step, int32_t index) {
  if (index < 0) return word(index);
  json_object_set_new(held, get_text(step, "as", ""), json_integer(index));
  return word(OG_OK);
}

/* Of two steps' members there are fewer: what was decoded stands until then. */
const char *raw_of(json_t *step, json_t *member, int64_t *len) {
  static char *kept[2 * kMost];
  static size_t next = 0;
  const char *from = json_string_value(member);
  const int hex = get_bool(step, "hex", 0);
  size_t i, size = json_is_integer(member) ? 8 : json_string_length(member);
  char *bytes = calloc(size + 1, 1);
  free(kept[next = (next + 1) % (2 * kMost)]);
  kept[next] = bytes;
  *len = (int64_t)(hex ? size / 2 : size);
  if (json_is_integer(member)) {
    must(og_shards_int64_key(json_integer_value(member), bytes), NULL);
    return bytes;
  }
  memcpy(bytes, from, hex ? 0 : size);
  for (i = 0; hex && i + 1 < size; i += 2) {
    unsigned byte = 0;
    sscanf(from + i, "%2x", &byte);
    bytes[i / 2] = (char)byte;
  }
  return bytes;
}

const char *get_raw(json_t *step, const char *name) {
  int64_t len;
  return raw_of(step, json_object_get(step, name), &len);
}

int64_t get_raw_len(json_t *step, const char *name) {
  int64_t len;
  raw_of(step, json_object_get(step, name), &len);
  return len;
}

static json_t *in_hex(json_t *step, og_value *value) {
  const unsigned char *bytes = og_value_data(value);
  const size_t size = (size_t)og_value_size(value);
  json_t *answer;
  char *text;
  size_t i;
  if (!get_bool(step, "hex", 0)) return answer_value(value);
  text = calloc(size + 1, 2);
  for (i = 0; i < size; ++i) sprintf(text + 2 * i, "%02x", bytes[i]);
  answer = json_stringn(text, 2 * size);
  free(text);
  og_value_destroy(&value);
  return answer;
}

json_t *word(int64_t status) {
  if (status == OG_NONE) return json_string("none");
  return json_string(status <= OG_INVALID_ARGUMENT ? "invalid" : og_status_text((og_status)status));
}

json_t *answer_wait(int64_t wait) {
  if (wait == OG_NEVER) return json_string("never");
  return wait < 0 ? word(wait) : json_integer(wait);
}

json_t *answer_count(int64_t count) {
  return count < 0 ? json_string("invalid") : json_integer(count);
}

json_t *answer_left(int64_t ns) {
  return ns < 0 || ns == OG_NEVER ? json_string("none") : json_integer(ns / 1000000);
}

json_t *answer_status(int64_t status) {
  if (status == OG_CLOSED) return json_string("closed");
  return status <= OG_INVALID_ARGUMENT ? json_pack("{s:I}", "error", (json_int_t)status)
                                       : word(status);
}

json_t *answer_index(int32_t index) { return index < 0 ? word(index) : json_integer(index); }

json_t *answer_real(double number) { return isnan(number) ? json_null() : json_real(number); }

json_t *answer_number(double number) {
  if (number == OG_NONE) return json_null();
  return number < 0 ? json_string("invalid") : answer_real(number);
}

json_t *unless_none(int32_t number) {
  return number == OG_NONE ? json_null() : json_integer(number);
}

json_t *answer_error(og_error *error) {
  json_t *answer =
      json_pack("{s:i, s:s}", "error", (int)og_error_code(error), "option", og_error_option(error));
  og_error_destroy(&error);
  return answer;
}

json_t *answer_text(og_status status, og_text *text) {
  json_t *answer = status == OG_OK ? json_string(og_text_data(text)) : word(status);
  og_text_destroy(&text);
  return answer;
}

json_t *answer_value(og_value *value) {
  json_t *text =
      value ? json_stringn(og_value_data(value), (size_t)og_value_size(value)) : json_null();
  og_value_destroy(&value);
  return text;
}

json_t *answer_bytes(json_t *step, int64_t size, og_value *value, og_error *error) {
  if (size == OG_ABSENT) return word(size);
  return size < 0 ? answer_error(error) : in_hex(step, value);
}

json_t *answer_found(int64_t size, og_value *value) {
  return size < 0 ? word(size) : json_pack("{s:o}", "value", answer_value(value));
}

json_t *leased(json_t *held, json_t *step, const char *given, int64_t id, og_value *value,
               int64_t wait_ns) {
  json_t *outcome = id < 0 ? word(id) : json_string(id > 0 ? given : "hit");
  if (id > 0) json_object_set_new(held, get_text(step, "as", ""), json_integer(id));
  return json_pack("{s:o, s:o, s:I}", "outcome", outcome, "value", answer_value(value), "wait_ms",
                   (json_int_t)(wait_ns / 1000000));
}

json_t *lines(json_t *step, og_status status, og_text *text) {
  const char *prefix = get_text(step, "prefix", ""), *line, *end;
  json_t *found = json_array();
  must(status, NULL);
  for (line = og_text_data(text); (end = strchr(line, '\n')); line = end + 1) {
    if (strncmp(line, prefix, strlen(prefix)) != 0) continue;
    json_array_append_new(found, json_stringn(line, (size_t)(end - line)));
  }
  og_text_destroy(&text);
  return found;
}

json_t *named(og_endpoints *endpoints, int32_t index) {
  og_text *name = NULL;
  og_status status;
  if (index < 0) return word(index);
  status = og_endpoints_name(endpoints, index, &name, NULL);
  return answer_text(status, name);
}

int32_t value_of(const worded *all, const char *word) {
  for (; all->word; ++all) {
    if (strcmp(all->word, word) == 0) return all->value;
  }
  return -1;
}

json_t *word_of(const worded *all, int32_t value) {
  for (; all->word; ++all) {
    if (all->value == value) return json_string(all->word);
  }
  return word(value);
}
