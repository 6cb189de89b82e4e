/* SPDX-License-Identifier: Apache-2.0 */
#include "why.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The system's texts hold nothing of the program's; hiredis keeps the text of a number alone. */
static const int kNumbers[] = {ECONNREFUSED, ECONNRESET, EPIPE,  EHOSTUNREACH, ENETUNREACH,
                               ENOENT,       EACCES,     EMFILE, ENETDOWN};
static const int kLate[] = {EAGAIN, ETIMEDOUT, EINPROGRESS};

static int is_one_of(const char *text, const int *numbers, size_t count) {
  size_t i;
  for (i = 0; i < count; ++i)
    if (strcmp(text, strerror(numbers[i])) == 0) return 1;
  return 0;
}

void og_hiredis_why(const redisContext *context, char *to, size_t size) {
  const char *why = "client failed";
  if (context == NULL) {
    why = "not connected";
  } else if (context->err == REDIS_ERR_EOF) {
    why = "connection closed";
  } else if (context->err == REDIS_ERR_PROTOCOL) {
    why = "protocol error";
  } else if (context->err == REDIS_ERR_OOM) {
    why = "no memory";
#ifdef REDIS_ERR_TIMEOUT
  } else if (context->err == REDIS_ERR_TIMEOUT) {
    why = "timeout";
#endif
  } else if (is_one_of(context->errstr, kLate, sizeof kLate / sizeof *kLate)) {
    why = "timeout";
  } else if (is_one_of(context->errstr, kNumbers, sizeof kNumbers / sizeof *kNumbers)) {
    why = context->errstr;
  } else if (context->err == REDIS_ERR_IO) {
    why = "input or output failed";
  }
  snprintf(to, size, "%s", why);
}
