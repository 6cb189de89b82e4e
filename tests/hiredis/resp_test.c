/* SPDX-License-Identifier: Apache-2.0 */
#include "bindings/hiredis/src/resp.h"

#include <errno.h>
#include <string.h>

#include "bindings/hiredis/src/why.h"
#include "tests/capi/check.h"

/* What hiredis makes of a reply, written again. */
static void check_reply(const char *given, const char *wanted) {
  struct og_resp_text text;
  void *reply = NULL;
  redisReader *reader = redisReaderCreate();
  memset(&text, 0, sizeof text);
  CHECK_EQ(redisReaderFeed(reader, given, strlen(given)), REDIS_OK);
  CHECK_EQ(redisReaderGetReply(reader, &reply), REDIS_OK);
  CHECK(reply != NULL);
  og_resp_write(&text, reply);
  if (strcmp(text.data, wanted) != 0) fprintf(stderr, "%s is written as %s\n", given, text.data);
  CHECK(strcmp(text.data, wanted) == 0 && text.size == strlen(wanted) && !text.is_lost);
  og_resp_free(&text);
  freeReplyObject(reply);
  redisReaderFree(reader);
}

static void check_same(const char *reply) { check_reply(reply, reply); }

static void check_commands(const char *text, int wanted, int wanted_infos) {
  const char *at = text, *end = text + strlen(text);
  int count = 0, infos = 0, is_info = 0;
  while (at != NULL && at < end) {
    at = og_resp_next(at, end, &is_info);
    ++count;
    infos += is_info;
  }
  if (wanted < 0)
    CHECK(at == NULL);
  else
    CHECK(at == end && count == wanted && infos == wanted_infos);
}

/* Whatever stands in an error's text, no more is told than what is known to be harmless. */
static void check_why(int error, const char *text, const char *wanted) {
  redisContext context;
  char why[64];
  memset(&context, 0, sizeof context);
  context.err = error;
  snprintf(context.errstr, sizeof context.errstr, "%s", text);
  og_hiredis_why(&context, why, sizeof why);
  if (strcmp(why, wanted) != 0) fprintf(stderr, "%s is told as %s\n", text, why);
  CHECK(strcmp(why, wanted) == 0);
}

int main(void) {
  check_why(REDIS_ERR_IO, strerror(ECONNREFUSED), "Connection refused");
  check_why(REDIS_ERR_IO, strerror(EAGAIN), "timeout");
  check_why(REDIS_ERR_IO, "of user:password@10.1.2.3", "input or output failed");
  check_why(REDIS_ERR_OTHER, "Can't resolve: redis.internal", "client failed");
  check_why(REDIS_ERR_EOF, "of 10.1.2.3", "connection closed");
  check_why(REDIS_ERR_PROTOCOL, "of 10.1.2.3", "protocol error");
  check_why(REDIS_ERR_OOM, "of 10.1.2.3", "no memory");
  check_same(":-7\r\n");
  check_same("+OK\r\n");
  check_same("-NOSCRIPT No matching script\r\n");
  check_same("$-1\r\n");
  check_same("$0\r\n\r\n");
  check_same("$4\r\na\r\nb\r\n");
  check_same("*0\r\n");
  check_same("*4\r\n:1\r\n*2\r\n$1\r\nx\r\n-ERR y\r\n$-1\r\n:0\r\n");
#ifdef REDIS_REPLY_MAP /* version 3 of the protocol, of hiredis 1.0 or later */
  check_reply("_\r\n", "$-1\r\n");
  check_reply("#t\r\n", ":1\r\n");
  check_reply(",1.5\r\n", "$3\r\n1.5\r\n");
  check_reply("=8\r\ntxt:role\r\n", "$4\r\nrole\r\n");
  check_reply("%1\r\n+a\r\n:1\r\n", "*2\r\n+a\r\n:1\r\n");
  check_reply("~2\r\n:1\r\n:2\r\n", "*2\r\n:1\r\n:2\r\n");
#endif
  check_commands("", 0, 0);
  check_commands("*1\r\n$4\r\nINFO\r\n*2\r\n$0\r\n\r\n$3\r\n\r\n*\r\n*1\r\n$4\r\nINFO\r\n", 3, 2);
  check_commands("*2\r\n$4\r\nEVAL\r\n$4\r\nINFO\r\n", 1, 0);
  check_commands("*1\r\n$5\r\nINFOX\r\n", 1, 0);
  check_commands("*1\r\n$9\r\nINFO\r\n", -1, 0);
  check_commands("*1\r\n$-1\r\n", -1, 0);
  check_commands("*2\r\n$4\r\nINFO\r\n", -1, 0);
  check_commands("*x\r\n", -1, 0);
  check_commands("$4\r\nINFO\r\n", -1, 0);
  puts("ok");
  return 0;
}
