/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet's commands, and its replies: text in RESP, version 2. */
#ifndef OUTGROW_HIREDIS_RESP_H
#define OUTGROW_HIREDIS_RESP_H

#include <hiredis/hiredis.h>
#include <stddef.h>

/* Behind the command that begins at `at`; NULL where none does, whole. */
const char *og_resp_next(const char *at, const char *end, int *is_info);

struct og_resp_text {
  char *data;
  size_t size, room;
  int is_lost; /* there was no memory */
};

/* Appends a reply of either version. */
void og_resp_write(struct og_resp_text *to, const redisReply *reply);
void og_resp_append(struct og_resp_text *to, const char *data, size_t size);
void og_resp_free(struct og_resp_text *text);

#endif
