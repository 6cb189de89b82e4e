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

keys get_keys(json_t *step) {
  json_t *given = json_object_get(step, "keys");
  size_t count = json_array_size(given), i;
  keys made = {calloc(count, sizeof *made.data), calloc(count, sizeof *made.lens), (int64_t)count};
  for (i = 0; i < count; ++i) {
    made.data[i] = json_string_value(json_array_get(given, i));
    made.lens[i] = (int64_t)json_string_length(json_array_get(given, i));
  }
  return made;
}

void free_keys(keys *gone) {
  free(gone->data);
  free(gone->lens);
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

char *unhexed(json_t *step, json_t *text, int64_t *len) {
  const char *from = json_string_value(text);
  size_t i, size = json_string_length(text);
  char *bytes = calloc(size + 1, 1);
  const int hex = get_bool(step, "hex", 0);
  memcpy(bytes, from, hex ? 0 : size);
  for (i = 0; hex && i + 1 < size; i += 2) {
    unsigned byte = 0;
    sscanf(from + i, "%2x", &byte);
    bytes[i / 2] = (char)byte;
  }
  *len = (int64_t)(hex ? size / 2 : size);
  return bytes;
}

/* Of a step's members there are few: what was decoded stands until the next steps. */
const char *get_hex(json_t *step, const char *name) {
  static char *kept[8];
  static size_t next = 0;
  int64_t len;
  next = (next + 1) % (sizeof kept / sizeof *kept);
  free(kept[next]);
  return kept[next] = unhexed(step, json_object_get(step, name), &len);
}

int64_t get_hex_len(json_t *step, const char *name) {
  return get_len(step, name) / (get_bool(step, "hex", 0) ? 2 : 1);
}

json_t *in_hex(json_t *step, og_value *value) {
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
  return number == OG_NONE ? json_null() : answer_real(number);
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

json_t *answer_found(int64_t size, og_value *value) {
  return size < 0 ? word(size) : json_pack("{s:o}", "value", answer_value(value));
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
  fail("no such word: %s", word);
  return -1;
}

json_t *word_of(const worded *all, int32_t value) {
  for (; all->word; ++all) {
    if (all->value == value) return json_string(all->word);
  }
  return word(value);
}
