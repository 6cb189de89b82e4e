/* SPDX-License-Identifier: Apache-2.0 */
/* Runs batches of commands over a connection of its own, in one thread at a time. */
#ifndef OUTGROW_HIREDIS_CARRIER_H
#define OUTGROW_HIREDIS_CARRIER_H

#include <outgrow/hiredis.h>

struct og_carrier {
  og_fleet *fleet;
  og_hiredis_connect connect;
  void *user;
  int64_t timeout_ns;
  struct redisContext *context;
  int is_busy; /* atomic: a child that was forked meanwhile has half of what is changing */
};

/* Of a monotonic clock. */
int64_t og_carrier_now(void);

/* Sends the commands of what og_fleet_take gave, and hands the replies over. A failure is told, and
 * ends nothing. How many commands they were. */
int64_t og_carrier_carry(struct og_carrier *carrier, const char *taken);

void og_carrier_close(struct og_carrier *carrier);

/* In a forked child: the connection is the parent's. */
void og_carrier_forget(struct og_carrier *carrier);

#endif
