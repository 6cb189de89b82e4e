/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent back. Each answers as MHD_queue_response does. */
#ifndef CATALOGUE_REPLY_H
#define CATALOGUE_REPLY_H

#include <microhttpd.h>
#include <stdint.h>

/* 200, and whether the item came from the cache: "hit" or "miss". */
enum MHD_Result reply_item(struct MHD_Connection *to, const void *json, size_t size,
                           const char *cache);

/* Any other status, and why in one line. */
enum MHD_Result reply_error(struct MHD_Connection *to, unsigned status, const char *why);

/* The same, with how long to stay away: in HTTP whole seconds, rounded up. */
enum MHD_Result reply_later(struct MHD_Connection *to, unsigned status, const char *why,
                            int64_t wait_ns);

/* 200, in Prometheus' text format. */
enum MHD_Result reply_metrics(struct MHD_Connection *to, const char *text, size_t size);

#endif
