/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One connection, one caller at a time: behind the cache there are few. */
struct database {
  pthread_mutex_t mutex;
  sqlite3 *connection;
  sqlite3_stmt *select;
};

static int make_items(sqlite3 *connection) {
  if (sqlite3_table_column_metadata(connection, NULL, "items", NULL, NULL, NULL, NULL, NULL,
                                    NULL) == SQLITE_OK) {
    return SQLITE_OK;
  }
  return sqlite3_exec(connection,
                      "BEGIN IMMEDIATE;"
                      "CREATE TABLE items(id INTEGER PRIMARY KEY, name TEXT, price INTEGER);"
                      "WITH RECURSIVE ids(id) AS"
                      " (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < 1000)"
                      " INSERT INTO items SELECT id, 'item ' || id, id * 10 FROM ids;"
                      "COMMIT",
                      NULL, NULL, NULL);
}

database *database_open(const char *path) {
  database *self = calloc(1, sizeof *self);
  if (!self) return NULL;
  pthread_mutex_init(&self->mutex, NULL);
  if (sqlite3_open(path, &self->connection) != SQLITE_OK ||
      sqlite3_busy_timeout(self->connection, 50) != SQLITE_OK ||
      sqlite3_exec(self->connection, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) !=
          SQLITE_OK ||
      make_items(self->connection) != SQLITE_OK ||
      sqlite3_prepare_v2(self->connection,
                         "SELECT json_object('id', id, 'name', name, 'price', price)"
                         " FROM items WHERE id = ?1",
                         -1, &self->select, NULL) != SQLITE_OK) {
    fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(self->connection));
    database_close(self);
    return NULL;
  }
  return self;
}

void database_close(database *self) {
  if (!self) return;
  sqlite3_finalize(self->select);
  sqlite3_close(self->connection);
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

item_result database_item(database *self, int64_t id, char **json) {
  item_result result = ITEM_FAILED;
  int stepped;
  pthread_mutex_lock(&self->mutex);
  sqlite3_bind_int64(self->select, 1, id);
  stepped = sqlite3_step(self->select);
  if (stepped == SQLITE_ROW) {
    *json = strdup((const char *)sqlite3_column_text(self->select, 0));
    if (*json) result = ITEM_FOUND;
  } else if (stepped == SQLITE_DONE) {
    result = ITEM_UNKNOWN;
  }
  sqlite3_reset(self->select);
  pthread_mutex_unlock(&self->mutex);
  return result;
}
