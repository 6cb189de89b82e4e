/* SPDX-License-Identifier: Apache-2.0 */
#include "resp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number of a line "*3\r\n", and what is behind it; NULL where there is no such line. */
static const char *line(const char *at, const char *end, char kind, long long *number) {
  char *after = NULL;
  if (at >= end || *at != kind) return NULL;
  *number = strtoll(at + 1, &after, 10);
  if (after == at + 1 || end - after < 2 || memcmp(after, "\r\n", 2) != 0) return NULL;
  return *number < 0 ? NULL : after + 2;
}

const char *og_resp_next(const char *at, const char *end, int *is_info) {
  long long count, size, i;
  at = line(at, end, '*', &count);
  *is_info = 0;
  for (i = 0; at != NULL && i < count; ++i) {
    at = line(at, end, '$', &size);
    if (at == NULL || size > end - at - 2) return NULL;
    if (i == 0) *is_info = size == 4 && memcmp(at, "INFO", 4) == 0;
    at += size + 2;
  }
  return at;
}

void og_resp_append(struct og_resp_text *to, const char *data, size_t size) {
  if (to->is_lost) return;
  if (to->size + size + 1 > to->room) {
    size_t room = 2 * (to->size + size) + 64;
    char *grown = realloc(to->data, room);
    if (grown == NULL) {
      to->is_lost = 1;
      return;
    }
    to->data = grown;
    to->room = room;
  }
  memcpy(to->data + to->size, data, size);
  to->size += size;
  to->data[to->size] = '\0';
}

static void head(struct og_resp_text *to, char kind, long long number) {
  char text[32];
  og_resp_append(to, text, (size_t)snprintf(text, sizeof text, "%c%lld\r\n", kind, number));
}

static void line_of(struct og_resp_text *to, char kind, const char *text, size_t size) {
  size_t i;
  og_resp_append(to, &kind, 1);
  for (i = 0; i < size; ++i) {
    int breaks = text[i] == '\r' || text[i] == '\n';
    og_resp_append(to, breaks ? " " : text + i, 1);
  }
  og_resp_append(to, "\r\n", 2);
}

void og_resp_write(struct og_resp_text *to, const redisReply *reply) {
  size_t i;
  switch (reply->type) {
    case REDIS_REPLY_NIL:
      og_resp_append(to, "$-1\r\n", 5);
      return;
    case REDIS_REPLY_ERROR:
      line_of(to, '-', reply->str, (size_t)reply->len);
      return;
    case REDIS_REPLY_STATUS:
      line_of(to, '+', reply->str, (size_t)reply->len);
      return;
    case REDIS_REPLY_INTEGER:
#ifdef REDIS_REPLY_BOOL
    case REDIS_REPLY_BOOL:
#endif
      head(to, ':', reply->integer);
      return;
    case REDIS_REPLY_ARRAY:
#ifdef REDIS_REPLY_MAP
    case REDIS_REPLY_MAP: /* names and values by turns */
    case REDIS_REPLY_SET:
#endif
      head(to, '*', (long long)reply->elements);
      for (i = 0; i < reply->elements; ++i) og_resp_write(to, reply->element[i]);
      return;
    default: /* a string; a double, a big number, a verbatim string, by its text */
      head(to, '$', (long long)reply->len);
      og_resp_append(to, reply->str, (size_t)reply->len);
      og_resp_append(to, "\r\n", 2);
  }
}

void og_resp_free(struct og_resp_text *text) {
  free(text->data);
  memset(text, 0, sizeof *text);
}
