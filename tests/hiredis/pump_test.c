/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <outgrow/hiredis.h>
#include <sys/resource.h>

#include "tests/hiredis/scripted.h"

#define ADD "EVAL|return redis.call('INCRBY', KEYS[1], 1)|1|k"

static struct server g_server;
static int g_connections, g_is_tcp;

static redisContext *connect_to(void *user, struct timeval timeout) {
  CHECK(user == &g_server);
  __atomic_add_fetch(&g_connections, 1, __ATOMIC_SEQ_CST);
  return server_connect(user, !g_is_tcp, timeout);
}

/* A pump that runs. */
static og_hiredis_pump *pumped(og_fleet *fleet, int timeout_ms) {
  og_hiredis_pump *pump = NULL;
  fleet_init(fleet);
  g_connections = 0;
  CHECK_EQ(
      og_hiredis_pump_create(fleet, connect_to, &g_server, timeout_ms * INT64_C(1000000), &pump),
      OG_OK);
  CHECK_EQ(og_hiredis_pump_start(pump), OG_OK);
  return pump;
}

static int entries(const char *folder) {
  int count = 0;
  DIR *opened = opendir(folder);
  while (readdir(opened) != NULL) ++count;
  closedir(opened);
  return count;
}

static int threads(void) { return entries("/proc/self/task"); }

static int starts_with(const char *text, const char *beginning) {
  return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void check_said(const char *said, const char *wanted, int line) {
  if (strcmp(said, wanted) != 0) fprintf(stderr, "line %d: %s instead of %s\n", line, said, wanted);
  CHECK(strcmp(said, wanted) == 0);
}
#define SAID(said, wanted) check_said(said, wanted, __LINE__)

static void test_replies(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump = pumped(&fleet, 0);
  SAID(fleet_one(&fleet, ADD), ":1\r\n");
  CHECK(strstr(fleet_one(&fleet, "INFO"), "\r\nrole:master\r\n") != NULL);
  SAID(fleet_one(&fleet, "EVAL|return {7, {2, 'x'}}|1|k"), "*2\r\n:7\r\n*2\r\n:2\r\n$1\r\nx\r\n");
  SAID(fleet_one(&fleet, "EVAL|return false|1|k"), "$-1\r\n");
  CHECK(starts_with(fleet_one(&fleet, "EVALSHA|1234567890123456789012345678901234567890|1|k"),
                    "-NOSCRIPT "));
  CHECK(starts_with(fleet_one(&fleet, "EVAL|return nonsense(|1|k"), "-ERR "));
  SAID(fleet_one(&fleet, "EVAL|return redis.error_reply('MOVED 1 10.0.0.1:6379')|1|k"),
       "-MOVED\r\n");
  SAID(fleet_one(&fleet, "EVAL|return redis.error_reply('ASK 1 10.0.0.1:6379')|1|k"), "-ASK\r\n");
  SAID(fleet_one(&fleet, "EVAL|return redis.error_reply('MOVEDON 1')|1|k"), "-MOVEDON 1\r\n");
  CHECK_EQ(g_connections, 1);
  server_ask(&g_server, "REPLICAOF 127.0.0.1 1");
  CHECK(starts_with(fleet_one(&fleet, ADD), "-READONLY ") || g_connections > 1);
  CHECK(strstr(fleet_one(&fleet, "INFO"), "\nrole:slave") != NULL);
  CHECK_EQ(g_connections, 2); /* made anew after READONLY */
  server_ask(&g_server, "REPLICAOF NO ONE");
  SAID(fleet_one(&fleet, ADD), ":2\r\n");
  CHECK_EQ(g_connections, 3); /* and after INFO had told of a replica */
  server_ask(&g_server, "CLIENT KILL TYPE normal SKIPME yes");
  pause_ms(50);
  SAID(fleet_one(&fleet, ADD), ":3\r\n"); /* closed while idle: seen before anything is sent */
  CHECK_EQ(fleet_failures(&fleet), 0);
  og_hiredis_pump_destroy(&pump);
  CHECK(pump == NULL);
  og_hiredis_pump_destroy(&pump);
  fleet_free(&fleet);
}

/* Commands go on being taken; what is stale by the time that the server answers is not sent. */
static void test_silence(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump = pumped(&fleet, 500);
  int64_t began = now_ms(), stale;
  server_ask(&g_server, "FLUSHALL");
  SAID(fleet_one(&fleet, ADD), ":1\r\n");
  kill(g_server.process, SIGSTOP);
  fleet_give(&fleet, ADD); /* done, without a reply in time */
  WITHIN_MS(400, fleet_is_taken(&fleet));
  pause_ms(50);
  stale = fleet_give(&fleet, ADD);
  WITHIN_MS(400, fleet_is_taken(&fleet));
  CHECK_EQ(fleet_failures(&fleet), 0);
  WITHIN_MS(2000, fleet_failures(&fleet) == 1);
  SAID(fleet.why[0], "timeout");
  CHECK(now_ms() - began < 2000);
  kill(g_server.process, SIGCONT);
  SAID(fleet_one(&fleet, ADD), ":3\r\n");
  CHECK(fleet.replies[stale] == NULL);
  og_hiredis_pump_destroy(&pump);
  fleet_free(&fleet);
}

static void test_restart(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump;
  const char *why;
  for (g_is_tcp = 1; g_is_tcp >= 0; --g_is_tcp) {
    pump = pumped(&fleet, 0);
    CHECK(starts_with(fleet_one(&fleet, ADD), ":"));
    server_kill(&g_server);
    why = fleet_one(&fleet, ADD);
    CHECK(strcmp(why, "Connection refused") == 0 || strcmp(why, "Connection reset by peer") == 0 ||
          strcmp(why, "connection closed") == 0);
    SAID(fleet_one(&fleet, ADD), "Connection refused");
    server_run(&g_server);
    WITHIN_MS(10000, strcmp(fleet_one(&fleet, "EVAL|return 1|1|k"), ":1\r\n") == 0);
    og_hiredis_pump_destroy(&pump);
    fleet_free(&fleet);
  }
  g_is_tcp = 0;
}

/* No thread and no connection is left, what is due at the end is carried, and it may go on. */
static void test_stop(void) {
  static og_fleet fleet;
  int before = threads();
  int64_t last;
  char clients[64];
  og_hiredis_pump *pump;
  struct rusage used;
  double cpu;
  snprintf(clients, sizeof clients, "%.60s", server_ask(&g_server, "INFO clients"));
  pump = pumped(&fleet, 0);
  CHECK_EQ(og_hiredis_pump_start(pump), OG_OK);
  CHECK_EQ(threads(), before + 2);
  fleet_one(&fleet, "INFO");
  CHECK_EQ(og_hiredis_pump_is_running(pump), 1);
  CHECK_EQ(og_hiredis_pump_step(pump, 0), OG_INVALID_ARGUMENT);

  getrusage(RUSAGE_SELF, &used);
  cpu = (double)used.ru_utime.tv_sec + 1e-6 * (double)used.ru_utime.tv_usec;
  last = fleet_waits(&fleet);
  pause_ms(1000); /* with nothing to do it looks four times a second */
  CHECK(fleet_waits(&fleet) - last < 10);
  getrusage(RUSAGE_SELF, &used);
  CHECK((double)used.ru_utime.tv_sec + 1e-6 * (double)used.ru_utime.tv_usec - cpu < 0.2);

  pthread_mutex_lock(&fleet.mutex);
  fleet.spins = 1; /* and no more than once a millisecond, whatever the fleet says */
  pthread_cond_broadcast(&fleet.changed);
  pthread_mutex_unlock(&fleet.mutex);
  last = fleet_waits(&fleet);
  pause_ms(300);
  CHECK(fleet_waits(&fleet) - last < 400);

  last = fleet_give(&fleet, "EVAL|return 5|1|k");
  CHECK_EQ(og_hiredis_pump_stop(pump), OG_OK);
  SAID(fleet.replies[last], ":5\r\n");
  CHECK_EQ(og_hiredis_pump_is_running(pump), 0);
  CHECK_EQ(threads(), before);
  WITHIN_MS(2000, strncmp(clients, server_ask(&g_server, "INFO clients"), strlen(clients)) == 0);

  fleet_give(&fleet, "INFO");
  last = fleet_give(&fleet, "EVAL|return 6|1|k");
  CHECK_EQ(og_hiredis_pump_step(pump, 1000000000), 2);
  SAID(fleet.replies[last], ":6\r\n");
  fleet.spins = 0;
  CHECK_EQ(og_hiredis_pump_step(pump, 1000000), 0);
  CHECK_EQ(og_hiredis_pump_start(pump), OG_OK);
  SAID(fleet_one(&fleet, "EVAL|return 7|1|k"), ":7\r\n");
  og_hiredis_pump_destroy(&pump);
  fleet_free(&fleet);
}

/* A child has no part in the parent's pump, and may have one of its own. */
static void test_fork(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump = pumped(&fleet, 0);
  int status;
  pid_t child;
  CHECK(starts_with(fleet_one(&fleet, ADD), ":"));
  child = fork();
  if (child == 0) {
    if (og_hiredis_pump_is_running(pump) != 0) _exit(1);
    fleet_init(&fleet); /* whose lock a thread of the parent may have had */
    if (og_hiredis_pump_start(pump) != OG_OK || g_connections != 1) _exit(2);
    if (strcmp(fleet_one(&fleet, "EVAL|return 8|1|k"), ":8\r\n") != 0 || g_connections != 2)
      _exit(3);
    og_hiredis_pump_destroy(&pump);
    _exit(0);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK_EQ(status, 0);
  kill(g_server.process, SIGSTOP); /* also while the parent's thread waits for a reply */
  fleet_give(&fleet, ADD);
  WITHIN_MS(400, fleet_is_taken(&fleet));
  pause_ms(50);
  child = fork();
  if (child == 0) {
    int open_files = entries("/proc/self/fd");
    og_hiredis_pump_stop(pump);
    _exit(entries("/proc/self/fd") == open_files - 1 ? 0 : 4);
  }
  CHECK(waitpid(child, &status, 0) == child);
  CHECK_EQ(status, 0);
  kill(g_server.process, SIGCONT);
  CHECK(starts_with(fleet_one(&fleet, ADD), ":"));
  CHECK_EQ(g_connections, 1); /* the parent's is as it was */
  CHECK_EQ(fleet_failures(&fleet), 0);
  og_hiredis_pump_destroy(&pump);
  fleet_free(&fleet);
}

static redisContext *no_connection(void *user, struct timeval timeout) {
  (void)user;
  (void)timeout;
  return NULL;
}

static redisContext *no_name(void *user, struct timeval timeout) {
  (void)user;
  return redisConnectWithTimeout("redis.invalid", 1, timeout);
}

static redisContext *not_blocking(void *user, struct timeval timeout) {
  (void)timeout;
  return redisConnectUnixNonBlock(((struct server *)user)->socket);
}

/* One whose other end is closed: who writes to it gets a signal. */
static redisContext *half_closed(void *user, struct timeval timeout) {
  int ends[2];
  (void)user;
  (void)timeout;
  CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  close(ends[1]);
  return redisConnectFd(ends[0]);
}

static void *trickle(void *context) {
  int fd = *(int *)context, i;
  for (i = 0; i < 100 && send(fd, i == 0 ? "+" : "x", 1, MSG_NOSIGNAL) == 1; ++i) pause_ms(50);
  close(fd);
  return NULL;
}

static redisContext *connected_to_fd(void *user, struct timeval timeout) {
  redisContext *context = redisConnectFd(*(int *)user);
  (void)timeout;
  return context;
}

/* A batch has its time, however often there is a byte of a reply. */
static void test_trickle(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump = NULL;
  pthread_t thread;
  int ends[2];
  int64_t began = now_ms();
  fleet_init(&fleet);
  CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  CHECK_EQ(og_hiredis_pump_create(&fleet, connected_to_fd, ends, 300000000, &pump), OG_OK);
  CHECK_EQ(pthread_create(&thread, NULL, trickle, &ends[1]), 0);
  fleet_give(&fleet, "INFO");
  CHECK_EQ(og_hiredis_pump_step(pump, 0), 1);
  CHECK_EQ(fleet.failures, 1);
  SAID(fleet.why[0], "timeout");
  CHECK(now_ms() - began < 2000);
  og_hiredis_pump_destroy(&pump);
  pthread_join(thread, NULL);
  fleet_free(&fleet);
}

static void test_failures(void) {
  static og_fleet fleet;
  static const struct {
    og_hiredis_connect connect;
    const char *why;
  } kCases[] = {{no_connection, "not connected"},
                {no_name, "client failed"},
                {not_blocking, "the connection does not block"},
                {half_closed, "Broken pipe"}};
  size_t i;
  sigset_t set;
  for (i = 0; i < sizeof kCases / sizeof *kCases; ++i) {
    og_hiredis_pump *pump = NULL;
    fleet_init(&fleet);
    CHECK_EQ(og_hiredis_pump_create(&fleet, kCases[i].connect, &g_server, 0, &pump), OG_OK);
    fleet_give(&fleet, "INFO");
    CHECK_EQ(og_hiredis_pump_step(pump, 0), 1);
    CHECK_EQ(fleet.failures, 1);
    SAID(fleet.why[0], kCases[i].why);
    og_hiredis_pump_destroy(&pump);
    fleet_free(&fleet);
  }
  sigpending(&set);
  CHECK(!sigismember(&set, SIGPIPE));
  pthread_sigmask(SIG_BLOCK, NULL, &set);
  CHECK(!sigismember(&set, SIGPIPE));
}

static void test_arguments(void) {
  static og_fleet fleet;
  og_hiredis_pump *pump = NULL;
  CHECK_EQ(og_hiredis_pump_create(NULL, connect_to, NULL, 0, &pump), OG_NULL_HANDLE);
  CHECK_EQ(og_hiredis_pump_create(&fleet, NULL, NULL, 0, &pump), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_hiredis_pump_create(&fleet, connect_to, NULL, -1, &pump), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_hiredis_pump_create(&fleet, connect_to, NULL, 0, NULL), OG_INVALID_ARGUMENT);
  CHECK(pump == NULL);
  CHECK_EQ(og_hiredis_pump_start(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_hiredis_pump_stop(NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_hiredis_pump_step(NULL, 0), OG_NULL_HANDLE);
  CHECK_EQ(og_hiredis_pump_is_running(NULL), 0);
  og_hiredis_pump_destroy(NULL);
}

int main(void) {
  test_arguments();
  server_start(&g_server, NULL, NULL);
  test_failures();
  test_trickle();
  test_replies();
  test_silence();
  test_restart();
  test_stop();
  test_fork();
  server_end(&g_server);
  puts("ok");
  return 0;
}
