/* SPDX-License-Identifier: Apache-2.0 */
/* What given_times.py's calls are made on: a noun of each kind over one manual clock, at 0. */
#ifndef OUTGROW_TESTS_GIVEN_TIMES_H
#define OUTGROW_TESTS_GIVEN_TIMES_H

#include <outgrow.h>

#include "tests/capi/check.h"

static const void *const kTexts[] = {"k"};
static const int64_t kLengths[] = {1};
static const int32_t kShards[] = {0};
static int64_t scratch[8][8];

struct nouns {
  og_clock *clock;
  og_autoscaler *autoscaler;
  og_endpoints *endpoints;
  og_balancer *balancer;
  og_breaker *breaker;
  og_cache *cache;
  og_store *store;
  og_cached_store *cached_store;
  og_batch *batch; /* of the cached store's */
  og_concurrency *concurrency;
  og_gather *gather;
  og_query *query;
  og_limiter *limiter;
  og_replicas *replicas;
  og_service *service;
};

/* "name=value name=value" */
static og_config *config_of(const char *options) {
  og_config *config = NULL;
  char name[64], value[64];
  int used = 0;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (; sscanf(options, " %63[^=]=%63s%n", name, value, &used) == 2; options += used) {
    CHECK_EQ(og_config_set(config, name, value), OG_OK);
  }
  return config;
}

#define MAKE(noun, options, ...)                                                 \
  do {                                                                           \
    og_config *config = config_of(options);                                      \
    CHECK_EQ(og_##noun##_create(config, __VA_ARGS__, &nouns.noun, NULL), OG_OK); \
    og_config_destroy(&config);                                                  \
  } while (0)

static struct nouns make(void) {
  struct nouns nouns = {0};
  CHECK_EQ(og_clock_create_manual(0, &nouns.clock, NULL), OG_OK);
  MAKE(autoscaler, "predictor=seasonal", nouns.clock);
  CHECK_EQ(og_endpoints_create(NULL, &nouns.endpoints, NULL), OG_OK);
  CHECK(og_endpoints_add(nouns.endpoints, "a", 1, NULL, NULL) >= 0);
  MAKE(balancer, "policy=least_connections", nouns.endpoints, nouns.clock);
  MAKE(breaker, "failure_threshold=1", nouns.clock);
  MAKE(cache, "ttl_ms=1000", nouns.clock);
  MAKE(store, "kind=memory", nouns.clock);
  MAKE(cached_store, "mode=behind batch_size=1", nouns.cache, nouns.store, nouns.clock);
  CHECK_EQ(og_cached_store_set(nouns.cached_store, "b", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_take_batch(nouns.cached_store, &nouns.batch, NULL), 1);
  MAKE(concurrency, "limit=2", nouns.clock);
  MAKE(gather, "deadline_ms=1000", nouns.clock);
  CHECK_EQ(og_gather_start(nouns.gather, kShards, 1, &nouns.query, NULL), OG_OK);
  MAKE(limiter, "rate=100/s reservations=8", nouns.clock);
  MAKE(replicas, "policy=least_in_flight", nouns.clock);
  MAKE(service, "limiter.rate=100/s servers=a breaker.failure_threshold=1 cache.ttl_ms=1000",
       nouns.clock);
  return nouns;
}

static void destroy(struct nouns *nouns) {
  og_service_destroy(&nouns->service);
  og_replicas_destroy(&nouns->replicas);
  og_limiter_destroy(&nouns->limiter);
  og_query_destroy(&nouns->query);
  og_gather_destroy(&nouns->gather);
  og_concurrency_destroy(&nouns->concurrency);
  og_batch_destroy(&nouns->batch);
  og_cached_store_destroy(&nouns->cached_store);
  og_store_destroy(&nouns->store);
  og_cache_destroy(&nouns->cache);
  og_breaker_destroy(&nouns->breaker);
  og_balancer_destroy(&nouns->balancer);
  og_endpoints_destroy(&nouns->endpoints);
  og_autoscaler_destroy(&nouns->autoscaler);
  og_clock_destroy(&nouns->clock);
}

/* A lease on "k". */
static int64_t lease_of(og_cache *cache) {
  og_value *none = NULL;
  return og_cache_get_or_lease(cache, "k", 1, &none, NULL);
}

static void check(const char *name, const char *time, double result, int is_time) {
  if ((result != OG_INVALID_ARGUMENT) == is_time) return;
  fprintf(stderr, "%s at %s is %g\n", name, time, result);
  exit(1);
}

#endif
