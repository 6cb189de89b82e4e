/* SPDX-License-Identifier: Apache-2.0 */
#include "carrier.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "resp.h"
#include "why.h"

int64_t og_carrier_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void og_carrier_close(struct og_carrier *carrier) {
  if (carrier->context != NULL) redisFree(carrier->context);
  carrier->context = NULL;
}

void og_carrier_forget(struct og_carrier *carrier) {
  if (__atomic_load_n(&carrier->is_busy, __ATOMIC_SEQ_CST) != 0) {
    if (carrier->context != NULL) close(carrier->context->fd);
    carrier->context = NULL;
    __atomic_store_n(&carrier->is_busy, 0, __ATOMIC_SEQ_CST);
  }
  og_carrier_close(carrier);
}

/* What is left until a deadline, which no system takes for "without an end". */
static struct timeval left(int64_t deadline) {
  struct timeval value;
  int64_t us = (deadline - og_carrier_now()) / 1000;
  if (us < 1) us = 1;
  value.tv_sec = (time_t)(us / 1000000);
  value.tv_usec = (suseconds_t)(us % 1000000);
  return value;
}

/* Has the next read or write wait no longer than until the deadline: hiredis's own limit is one a
 * system call. */
static const char *limit(redisContext *context, int64_t deadline) {
  if (og_carrier_now() >= deadline) return "timeout";
  return redisSetTimeout(context, left(deadline)) == REDIS_OK ? NULL : "client failed";
}

/* Closed by the server while nothing was sent, or with more replies than were asked for. */
static int is_stale(const redisContext *context) {
  struct pollfd one;
  one.fd = context->fd;
  one.events = POLLIN;
  return poll(&one, 1, 0) != 0;
}

/* NULL where there is a connection; else why there is none. */
static const char *connected(struct og_carrier *carrier, int64_t deadline, char *why, size_t size) {
  if (carrier->context != NULL && is_stale(carrier->context)) og_carrier_close(carrier);
  if (carrier->context == NULL) carrier->context = carrier->connect(carrier->user, left(deadline));
  if (carrier->context != NULL && !carrier->context->err)
    return carrier->context->flags & REDIS_BLOCK ? NULL : "the connection does not block";
  og_hiredis_why(carrier->context, why, size);
  return why;
}

static const char *send_all(redisContext *context, const char *commands, size_t size,
                            int64_t deadline, char *why, size_t why_size) {
  int is_done = 0;
  if (redisAppendFormattedCommand(context, commands, size) != REDIS_OK) return "no memory";
  while (!is_done) {
    const char *wrong = limit(context, deadline);
    if (wrong != NULL) return wrong;
    if (redisBufferWrite(context, &is_done) != REDIS_OK) {
      og_hiredis_why(context, why, why_size);
      return why;
    }
  }
  return NULL;
}

static int is_push(const redisReply *reply) {
#ifdef REDIS_REPLY_PUSH
  return reply->type == REDIS_REPLY_PUSH; /* what a connection of version 3 is told unasked */
#else
  (void)reply;
  return 0;
#endif
}

static const char *receive(redisContext *context, redisReply **out, int64_t deadline, char *why,
                           size_t why_size) {
  for (;;) {
    void *reply = NULL;
    const char *wrong;
    if (redisGetReplyFromReader(context, &reply) != REDIS_OK) break;
    if (reply != NULL && !is_push(reply)) {
      *out = reply;
      return NULL;
    }
    if (reply != NULL) {
      freeReplyObject(reply);
      continue;
    }
    wrong = limit(context, deadline);
    if (wrong != NULL) return wrong;
    if (redisBufferRead(context) != REDIS_OK) break;
  }
  og_hiredis_why(context, why, why_size);
  return why;
}

static int is_kind(const char *text, const char *kind) {
  size_t size = strlen(kind);
  return strncmp(text, kind, size) == 0 && (text[size] == ' ' || text[size] == '\0');
}

/* Whoever answers so is not, or no longer, the server to ask: the next connection is made to who is
 * it then. */
static int is_of_wrong_server(const redisReply *reply, int is_info) {
  if (reply->type == REDIS_REPLY_ERROR)
    return is_kind(reply->str, "READONLY") || is_kind(reply->str, "MASTERDOWN") ||
           is_kind(reply->str, "CLUSTERDOWN") || is_kind(reply->str, "LOADING");
  return is_info && reply->str != NULL && strstr(reply->str, "\nrole:slave") != NULL;
}

/* NULL, or what failed. */
static const char *hand(struct og_carrier *carrier, int64_t number, const redisReply *reply) {
  struct og_resp_text text;
  int is_lost;
  memset(&text, 0, sizeof text);
  if (reply->type == REDIS_REPLY_ERROR && is_kind(reply->str, "MOVED")) {
    og_resp_append(&text, "-MOVED\r\n", 8); /* the rest is an address */
  } else if (reply->type == REDIS_REPLY_ERROR && is_kind(reply->str, "ASK")) {
    og_resp_append(&text, "-ASK\r\n", 6);
  } else {
    og_resp_write(&text, reply);
  }
  is_lost = text.is_lost;
  if (!is_lost) og_fleet_reply(carrier->fleet, number, text.data, (int64_t)text.size, NULL);
  og_resp_free(&text);
  return is_lost ? "no memory" : NULL;
}

/* How many commands there are, whole; -1 where they are no RESP. */
static int64_t count_of(const char *at, const char *end) {
  int64_t count = 0;
  int is_info;
  while (at != NULL && at < end) {
    at = og_resp_next(at, end, &is_info);
    ++count;
  }
  return at == NULL ? -1 : count;
}

static const char *exchange(struct og_carrier *carrier, int64_t number, const char *at,
                            const char *end, char *why, size_t size) {
  int64_t deadline = og_carrier_now() + carrier->timeout_ns;
  int is_wrong_server = 0, is_info = 0;
  const char *wrong = connected(carrier, deadline, why, size);
  if (wrong == NULL)
    wrong = send_all(carrier->context, at, (size_t)(end - at), deadline, why, size);
  for (; wrong == NULL && at < end; ++number) {
    redisReply *reply = NULL;
    at = og_resp_next(at, end, &is_info);
    wrong = receive(carrier->context, &reply, deadline, why, size);
    if (wrong != NULL) return wrong;
    is_wrong_server |= is_of_wrong_server(reply, is_info);
    wrong = hand(carrier, number, reply);
    freeReplyObject(reply);
  }
  if (is_wrong_server) og_carrier_close(carrier);
  return wrong;
}

int64_t og_carrier_carry(struct og_carrier *carrier, const char *taken) {
  const char *end = taken + strlen(taken), *at = strchr(taken, '\n');
  const char *wrong = "a fleet's commands are no RESP";
  char why[128];
  int64_t count = *taken == ':' && at != NULL ? count_of(at + 1, end) : -1;
  sigset_t pipe, before, pending;
  if (*taken == '\0') return 0;
  /* hiredis writes to a connection that the server may have closed. */
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  __atomic_store_n(&carrier->is_busy, 1, __ATOMIC_SEQ_CST);
  if (count >= 0)
    wrong = exchange(carrier, strtoll(taken + 1, NULL, 10), at + 1, end, why, sizeof why);
  if (wrong != NULL) {
    og_carrier_close(carrier);
    og_fleet_broken(carrier->fleet, wrong, NULL);
  }
  __atomic_store_n(&carrier->is_busy, 0, __ATOMIC_SEQ_CST);
  if (!sigismember(&pending, SIGPIPE)) {
    const struct timespec none = {0, 0};
    while (sigtimedwait(&pipe, NULL, &none) < 0 && errno == EINTR) continue;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return count < 0 ? 0 : count;
}
