/* SPDX-License-Identifier: Apache-2.0 */
#include "catalogue.h"

#include <errno.h>
#include <outgrow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reply.h"

struct catalogue {
  database *items;
  og_limiter *limiter;
  og_breaker *breaker;
  og_cache *cache;
  og_metrics *metrics;
};

static og_status open_nouns(catalogue *self, const char *rate, og_error **error) {
  og_config *limiter = NULL, *breaker = NULL, *cache = NULL;
  og_status status;
  og_config_create(&limiter, NULL);
  og_config_limiter_rate(limiter, rate);
  og_config_create(&breaker, NULL);
  og_config_breaker_failure_threshold(breaker, 3);
  og_config_breaker_open_ms(breaker, 1000);
  og_config_create(&cache, NULL);
  og_config_cache_ttl_ms(cache, 1000);
  og_config_cache_negative_ttl_ms(cache, 1000);
  (void)((status = og_limiter_create(limiter, NULL, &self->limiter, error)) ||
         (status = og_breaker_create(breaker, NULL, &self->breaker, error)) ||
         (status = og_cache_create(cache, NULL, &self->cache, error)) ||
         (status = og_metrics_create(NULL, &self->metrics, error)) ||
         (status = og_metrics_add_limiter(self->metrics, "clients", self->limiter, error)) ||
         (status = og_metrics_add_breaker(self->metrics, "database", self->breaker, error)) ||
         (status = og_metrics_add_cache(self->metrics, "items", self->cache, error)));
  og_config_destroy(&limiter);
  og_config_destroy(&breaker);
  og_config_destroy(&cache);
  return status;
}

catalogue *catalogue_open(database *items, const char *rate) {
  catalogue *self = calloc(1, sizeof *self);
  og_error *error = NULL;
  if (!self) return NULL;
  self->items = items;
  if (open_nouns(self, rate, &error) == OG_OK) return self;
  fprintf(stderr, "%s\n", og_error_message(error));
  og_error_destroy(&error);
  catalogue_close(self);
  return NULL;
}

void catalogue_close(catalogue *self) {
  if (!self) return;
  og_metrics_destroy(&self->metrics);
  og_cache_destroy(&self->cache);
  og_breaker_destroy(&self->breaker);
  og_limiter_destroy(&self->limiter);
  free(self);
}

/* A miss that is ours to load: through the breaker, under the lease. */
static enum MHD_Result load(catalogue *self, struct MHD_Connection *to, int64_t id, int64_t lease) {
  char *json = NULL;
  enum MHD_Result queued;
  item_result result;
  int64_t permit = og_breaker_enter(self->breaker);
  if (permit < 0) {
    og_cache_give_up(self->cache, &id, sizeof id, lease);
    return reply_later(to, MHD_HTTP_SERVICE_UNAVAILABLE, "the database is resting",
                       og_breaker_retry_after(self->breaker));
  }
  result = database_item(self->items, id, &json);
  og_breaker_exit(self->breaker, permit, result != ITEM_FAILED);
  if (result == ITEM_FAILED) {
    og_cache_give_up(self->cache, &id, sizeof id, lease);
    return reply_error(to, MHD_HTTP_BAD_GATEWAY, "the database failed");
  }
  if (result == ITEM_UNKNOWN) {
    og_cache_fill_absent(self->cache, &id, sizeof id, lease, OG_CACHE_DEFAULT_TTL);
    return reply_error(to, MHD_HTTP_NOT_FOUND, "no such item");
  }
  og_cache_fill(self->cache, &id, sizeof id, lease, json, (int64_t)strlen(json),
                OG_CACHE_DEFAULT_TTL);
  queued = reply_item(to, json, strlen(json), "miss");
  free(json);
  return queued;
}

/* While another thread loads the item, asks again a millisecond later: a load takes about that. */
static int64_t get_or_lease(catalogue *self, int64_t id, og_value **value) {
  const struct timespec millisecond = {0, 1000000};
  int64_t outcome;
  while ((outcome = og_cache_get_or_lease(self->cache, &id, sizeof id, value, NULL)) == OG_WAIT) {
    nanosleep(&millisecond, NULL);
  }
  return outcome;
}

/* Whether the text is a positive whole number, and which. */
static int parse_id(const char *text, int64_t *id) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || text[digits] != '\0') return 0;
  errno = 0;
  *id = strtoll(text, NULL, 10);
  return errno == 0;
}

enum MHD_Result catalogue_item(catalogue *self, struct MHD_Connection *to, const void *client,
                               size_t client_len, const char *text) {
  og_value *value = NULL;
  enum MHD_Result queued;
  int64_t id, outcome;
  int64_t wait = og_limiter_acquire(self->limiter, client, (int64_t)client_len, 1);
  if (og_denied(wait)) {
    return reply_later(to, MHD_HTTP_TOO_MANY_REQUESTS, "too many requests", wait);
  }
  if (!og_allowed(wait)) {
    return reply_error(to, MHD_HTTP_INTERNAL_SERVER_ERROR, og_status_text((og_status)wait));
  }
  if (!parse_id(text, &id)) return reply_error(to, MHD_HTTP_BAD_REQUEST, "an id is a whole number");
  outcome = get_or_lease(self, id, &value);
  if (og_leased(outcome)) return load(self, to, id, outcome);
  if (og_missing(outcome)) return reply_error(to, MHD_HTTP_NOT_FOUND, "no such item");
  if (outcome != OG_OK) {
    return reply_error(to, MHD_HTTP_INTERNAL_SERVER_ERROR, og_status_text((og_status)outcome));
  }
  queued = reply_item(to, og_value_data(value), (size_t)og_value_size(value), "hit");
  og_value_destroy(&value);
  return queued;
}

enum MHD_Result catalogue_metrics(catalogue *self, struct MHD_Connection *to) {
  og_text *text = NULL;
  enum MHD_Result queued;
  og_status status = og_metrics_render(self->metrics, &text, NULL);
  if (status != OG_OK) {
    return reply_error(to, MHD_HTTP_INTERNAL_SERVER_ERROR, og_status_text(status));
  }
  queued = reply_metrics(to, og_text_data(text), (size_t)og_text_size(text));
  og_text_destroy(&text);
  return queued;
}
