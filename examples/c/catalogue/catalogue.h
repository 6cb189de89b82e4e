/* SPDX-License-Identifier: Apache-2.0 */
/* Items by id: a limit per client, a cache, and a breaker before the database. */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"

typedef struct catalogue catalogue;

/* rate is what a client may ask, as "100/s". The database is borrowed. NULL after saying why on
 * stderr. */
catalogue *catalogue_open(database *items, const char *rate);
void catalogue_close(catalogue *self);

/* The client is any bytes. Safe from every thread, as is the next. */
enum MHD_Result catalogue_item(catalogue *self, struct MHD_Connection *to, const void *client,
                               size_t client_len, const char *id);
enum MHD_Result catalogue_metrics(catalogue *self, struct MHD_Connection *to);

#endif
