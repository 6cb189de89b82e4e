/* SPDX-License-Identifier: Apache-2.0 */
/* The items, in SQLite. */
#ifndef CATALOGUE_DATABASE_H
#define CATALOGUE_DATABASE_H

#include <stdint.h>

typedef struct database database;

/* Opens the file and, where it has no table of items, makes one of a thousand. NULL after saying
 * why on stderr. */
database *database_open(const char *path);
void database_close(database *self);

typedef enum { ITEM_FOUND, ITEM_UNKNOWN, ITEM_FAILED } item_result;

/* The item as JSON, in *json, which is the caller's to free when found. Safe from every thread. */
item_result database_item(database *self, int64_t id, char **json);

#endif
