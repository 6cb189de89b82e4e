/* SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One header besides the type, or NULL. */
static enum MHD_Result reply(struct MHD_Connection *to, unsigned status, const char *type,
                             const void *body, size_t size, const char *header, const char *value) {
  struct MHD_Response *response =
      MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result queued;
  if (!response) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
  if (header) MHD_add_response_header(response, header, value);
  queued = MHD_queue_response(to, status, response);
  MHD_destroy_response(response);
  return queued;
}

enum MHD_Result reply_item(struct MHD_Connection *to, const void *json, size_t size,
                           const char *cache) {
  return reply(to, MHD_HTTP_OK, "application/json", json, size, "X-Cache", cache);
}

enum MHD_Result reply_error(struct MHD_Connection *to, unsigned status, const char *why) {
  return reply(to, status, "text/plain", why, strlen(why), NULL, NULL);
}

enum MHD_Result reply_later(struct MHD_Connection *to, unsigned status, const char *why,
                            int64_t wait_ns) {
  const int64_t second = 1000000000;
  char seconds[24];
  /* Divided first: OG_NEVER is the largest there is. At least 1, as 0 is an invitation to spin. */
  int64_t whole = wait_ns / second + (wait_ns % second > 0);
  snprintf(seconds, sizeof seconds, "%" PRId64, whole > 0 ? whole : 1);
  return reply(to, status, "text/plain", why, strlen(why), MHD_HTTP_HEADER_RETRY_AFTER, seconds);
}

enum MHD_Result reply_metrics(struct MHD_Connection *to, const char *text, size_t size) {
  return reply(to, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text, size, NULL, NULL);
}
