/* SPDX-License-Identifier: Apache-2.0 */
/* A redis-server of a test's own, on a Unix socket in a folder of its own and on a free port of the
 * loopback. It ends with the thread that started it. */
#ifndef OUTGROW_TESTS_HIREDIS_SERVER_H
#define OUTGROW_TESTS_HIREDIS_SERVER_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/capi/check.h"

#define SECRET "correct-horse-battery"

struct server {
  char folder[64], socket[80], port[8];
  const char *option, *value; /* one of its settings */
  pid_t process;
};

static inline int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void pause_ms(int ms) { poll(NULL, 0, ms); }

/* Waits until it holds. */
#define WITHIN_MS(limit, condition)                                                        \
  do {                                                                                     \
    int64_t within_end = now_ms() + (limit);                                               \
    while (!(condition)) {                                                                 \
      if (now_ms() > within_end) {                                                         \
        fprintf(stderr, "%s:%d: not within %d ms: %s\n", __FILE__, __LINE__, (int)(limit), \
                #condition);                                                               \
        exit(1);                                                                           \
      }                                                                                    \
      pause_ms(10);                                                                        \
    }                                                                                      \
  } while (0)

static inline int free_port(void) {
  struct sockaddr_in at;
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&at, 0, sizeof at);
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, size) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &size) == 0);
  close(fd);
  return ntohs(at.sin_port);
}

/* Asks it over a connection of the test's own: what an integer or a text of it says, or NULL.
 * Static. */
static inline const char *server_ask(const struct server *server, const char *command) {
  static char answer[16384];
  struct timeval limit = {10, 0};
  redisContext *context = redisConnectUnixWithTimeout(server->socket, limit);
  redisReply *reply = NULL;
  const char *found = NULL;
  if (context != NULL && !context->err) {
    redisSetTimeout(context, limit);
    if (server->option != NULL && strcmp(server->option, "--requirepass") == 0)
      freeReplyObject(redisCommand(context, "AUTH %s", server->value));
    reply = redisCommand(context, command);
  }
  if (reply != NULL && reply->type == REDIS_REPLY_INTEGER) {
    snprintf(answer, sizeof answer, "%lld", reply->integer);
    found = answer;
  } else if (reply != NULL && reply->str != NULL) {
    snprintf(answer, sizeof answer, "%s", reply->str);
    found = answer;
  }
  if (reply != NULL) freeReplyObject(reply);
  if (context != NULL) redisFree(context);
  return found;
}

static inline int server_answers(const struct server *server) {
  const char *answer = server_ask(server, "PING");
  return answer != NULL && strcmp(answer, "PONG") == 0;
}

/* Also after server_kill: the same, with nothing in it. */
static inline void server_run(struct server *server) {
  server->process = fork();
  CHECK(server->process >= 0);
  if (server->process == 0) {
    int log = open("/dev/null", O_WRONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(log, 1);
    dup2(log, 2);
    execlp("redis-server", "redis-server", "--port", server->port, "--bind", "127.0.0.1", "--save",
           "", "--appendonly", "no", "--unixsocket", server->socket, "--dir", server->folder,
           server->option ? server->option : "--databases", server->value ? server->value : "16",
           (char *)NULL);
    _exit(127);
  }
  WITHIN_MS(15000, server_answers(server));
}

/* Ends the test as skipped where there is no redis-server. */
static inline void server_start(struct server *server, const char *option, const char *value) {
  if (system("command -v redis-server >/dev/null") != 0) {
    puts("SKIPPED: no redis-server");
    exit(0);
  }
  memset(server, 0, sizeof *server);
  snprintf(server->folder, sizeof server->folder, "/tmp/outgrow-XXXXXX");
  CHECK(mkdtemp(server->folder) != NULL);
  snprintf(server->socket, sizeof server->socket, "%s/socket", server->folder);
  snprintf(server->port, sizeof server->port, "%d", free_port());
  server->option = option;
  server->value = value;
  server_run(server);
}

static inline void server_kill(struct server *server) {
  kill(server->process, SIGKILL);
  waitpid(server->process, NULL, 0);
}

static inline void server_end(struct server *server) {
  server_kill(server);
  unlink(server->socket);
  rmdir(server->folder);
}

/* A connection as a program makes it. */
static inline redisContext *server_connect(const struct server *server, int is_unix,
                                           struct timeval timeout) {
  redisContext *context = is_unix
                              ? redisConnectUnixWithTimeout(server->socket, timeout)
                              : redisConnectWithTimeout("127.0.0.1", atoi(server->port), timeout);
  if (context != NULL && !context->err) redisSetTimeout(context, timeout);
  return context;
}

#endif
