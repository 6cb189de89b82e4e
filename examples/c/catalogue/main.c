/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP service: GET /items/<id> out of an SQLite table, GET /metrics for Prometheus.
 * PORT (0: any that is free), DATABASE (a file, made if missing) and RATE ("100/s" for each client)
 * come from the environment. SIGTERM ends it.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "database.h"
#include "reply.h"

static const char *setting(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

/* A client is who it says it is, behind a gateway that knows; else its address. */
static enum MHD_Result item(catalogue *items, struct MHD_Connection *connection, const char *id) {
  const char *name = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Client");
  const union MHD_ConnectionInfo *peer;
  const struct in_addr *address;
  if (name) return catalogue_item(items, connection, name, strlen(name), id);
  peer = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  address = &((const struct sockaddr_in *)peer->client_addr)->sin_addr;
  return catalogue_item(items, connection, address, sizeof *address, id);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request) {
  static const char kItems[] = "/items/";
  (void)version, (void)upload;
  /* Called once for the header and again when all has come; answering before would end the
   * connection. */
  if (*request == NULL) {
    *request = context;
    return MHD_YES;
  }
  if (*upload_size != 0) {
    *upload_size = 0;
    return MHD_YES;
  }
  if (strcmp(method, MHD_HTTP_METHOD_GET) != 0) {
    return reply_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET alone");
  }
  if (strcmp(url, "/metrics") == 0) return catalogue_metrics(context, connection);
  if (strncmp(url, kItems, strlen(kItems)) == 0) {
    return item(context, connection, url + strlen(kItems));
  }
  return reply_error(connection, MHD_HTTP_NOT_FOUND, "/items/<id> or /metrics");
}

/* A thread for each connection, so that one may wait for the database. */
static int serve(catalogue *items, unsigned short port, const sigset_t *until) {
  struct sockaddr_in address;
  struct MHD_Daemon *daemon;
  int caught;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  daemon = MHD_start_daemon(
      MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ERROR_LOG, port,
      NULL, NULL, handle, items, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
  if (!daemon) return 1;
  printf("listening on http://127.0.0.1:%d\n",
         (int)MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  sigwait(until, &caught);
  MHD_stop_daemon(daemon);
  return 0;
}

int main(void) {
  sigset_t signals;
  database *table;
  catalogue *items = NULL;
  int failed = 1;
  /* Held back in every thread from the start, so that the one that waits for them gets them. */
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  table = database_open(setting("DATABASE", "catalogue.db"));
  if (table) items = catalogue_open(table, setting("RATE", "100/s"));
  if (items) failed = serve(items, (unsigned short)atoi(setting("PORT", "8080")), &signals);
  catalogue_close(items);
  database_close(table);
  return failed;
}
