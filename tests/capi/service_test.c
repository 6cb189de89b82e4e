/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>

#include "tests/capi/check.h"

static og_service *make(const char *const *options, const og_clock *clock) {
  og_config *config = NULL;
  og_service *service = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (; *options; options += 2) CHECK_EQ(og_config_set(config, options[0], options[1]), OG_OK);
  if (og_service_create(config, clock, &service, &error) != OG_OK) {
    fprintf(stderr, "%s\n", og_error_message(error));
    exit(1);
  }
  og_config_destroy(&config);
  return service;
}

static void wrong(const char *name, const char *value, og_status status, const char *option,
                  const char *text) {
  og_config *config = NULL;
  og_service *service = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, name, value), OG_OK);
  CHECK_EQ(og_service_create(config, NULL, &service, &error), status);
  CHECK(service == NULL);
  if (strcmp(og_error_option(error), option) != 0 || !strstr(og_error_message(error), text)) {
    fprintf(stderr, "%s=%s: '%s' at '%s'\n", name, value, og_error_message(error),
            og_error_option(error));
    exit(1);
  }
  og_error_destroy(&error);
  og_config_destroy(&config);
}

static void options_are_named_in_full(void) {
  og_config *config = NULL;
  og_text *text = NULL;
  wrong("limiter.rte", "5/s", OG_UNKNOWN_OPTION, "limiter.rte", "did you mean 'limiter.rate'?");
  wrong("limitr.rate", "5/s", OG_UNKNOWN_OPTION, "limitr.rate", "did you mean 'limiter.rate'?");
  wrong("limiter.rate", "often", OG_BAD_VALUE, "limiter.rate", "'limiter.rate'");
  wrong("limiter.burst", "5", OG_BAD_VALUE, "limiter.rate", "must be given");
  wrong("breaker.open_ms", "soon", OG_BAD_VALUE, "breaker.open_ms", "milliseconds");
  wrong("cache.shards", "3", OG_BAD_VALUE, "cache.shards", "cache.shards is 3");
  wrong("replicas.replicas", "64", OG_BAD_VALUE, "replicas.replicas", "0 to 63");
  wrong("max_in_flight", "0", OG_BAD_VALUE, "max_in_flight", "1 to");
  wrong("servers", "a=x", OG_BAD_VALUE, "servers", "'a=x'");
  wrong("servers", "a,,b", OG_BAD_VALUE, "servers", "name=weight");
  wrong("servers", "a, b, a", OG_BAD_VALUE, "servers", "'a'");
  wrong("servers", "a=-1", OG_BAD_VALUE, "servers", "weight");

  /* Described and checked as any noun's. */
  CHECK_EQ(og_config_describe("service", &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text), "\"cache.capacity_bytes\"") != NULL);
  CHECK(strstr(og_text_data(text), "\"max_in_flight\"") != NULL);
  og_text_destroy(&text);
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "cache.ttl_ms", "5s"), OG_OK);
  CHECK_EQ(og_config_check(config, "service", NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "cache.ttl", "5s"), OG_OK);
  CHECK_EQ(og_config_check(config, "service", NULL), OG_UNKNOWN_OPTION);
  og_config_destroy(&config);
}

static const char *const kAll[] = {"servers",
                                   "a, b",
                                   "balancer.seed",
                                   "1",
                                   "replicas.seed",
                                   "1",
                                   "limiter.rate",
                                   "1000000/s",
                                   "breaker.failure_threshold",
                                   "1",
                                   "cache.capacity_bytes",
                                   "64MiB",
                                   "replicas.replicas",
                                   "2",
                                   NULL};

static void layers_are_handed_out(void) {
  static const char *const kNone[] = {NULL};
  og_service *all = make(kAll, NULL), *none = make(kNone, NULL);
  og_limiter *limiter = NULL;
  og_endpoints *endpoints = NULL;
  og_balancer *balancer = NULL;
  og_breaker *breaker = NULL;
  og_cache *cache = NULL;
  og_replicas *replicas = NULL;
  og_error *error = NULL;

  CHECK_EQ(og_service_limiter(none, &limiter, &error), OG_NONE);
  CHECK(strstr(og_error_message(error), "limiter.*") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_service_endpoints(none, &endpoints, NULL), OG_NONE);
  CHECK_EQ(og_service_balancer(none, &balancer, NULL), OG_NONE);
  CHECK_EQ(og_service_breaker(none, 0, &breaker, NULL), OG_NONE);
  CHECK_EQ(og_service_cache(none, &cache, NULL), OG_NONE);
  CHECK_EQ(og_service_replicas(none, &replicas, NULL), OG_NONE);
  CHECK(!limiter && !endpoints && !balancer && !breaker && !cache && !replicas);
  CHECK_EQ(og_service_limiter(NULL, &limiter, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_service_cache(all, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_breaker(all, 2, &breaker, NULL), OG_NONE);
  CHECK_EQ(og_service_breaker(all, -1, &breaker, NULL), OG_NONE);
  CHECK_EQ(og_service_breaker(all, INT32_MAX, &breaker, NULL), OG_NONE);

  CHECK_EQ(og_service_limiter(all, &limiter, NULL), OG_OK);
  CHECK_EQ(og_service_endpoints(all, &endpoints, NULL), OG_OK);
  CHECK_EQ(og_service_balancer(all, &balancer, NULL), OG_OK);
  CHECK_EQ(og_service_breaker(all, 1, &breaker, NULL), OG_OK);
  CHECK_EQ(og_service_cache(all, &cache, NULL), OG_OK);
  CHECK_EQ(og_service_replicas(all, &replicas, NULL), OG_OK);
  /* They are the service's own: a forced breaker is not entered, a cached value is hit. */
  CHECK_EQ(og_breaker_force_open(breaker), OG_OK);
  CHECK_EQ(og_cache_set(cache, "k", 1, "value", 5, 0), OG_OK);
  CHECK_EQ(og_service_begin(all, OG_SERVICE_READ, "c", 1, "k", 1, NULL, NULL), OG_OK);
  {
    int64_t call = og_service_begin(all, OG_SERVICE_READ, "c", 1, "m", 1, NULL, NULL);
    CHECK(call > 0);
    CHECK_EQ(og_service_server(all, call), 0);
    CHECK_EQ(og_service_node(all, call), 1);
    CHECK_EQ(og_endpoints_in_flight(endpoints, 0), 1);
    CHECK_EQ(og_replicas_in_flight(replicas, 1), 1);
    CHECK_EQ(og_service_stat(all, OG_SERVICE_REROUTED), 1);
    /* They outlive it, and its calls are given up with it. */
    og_service_destroy(&all);
    CHECK(all == NULL);
    CHECK_EQ(og_endpoints_in_flight(endpoints, 0), 0);
    CHECK_EQ(og_replicas_in_flight(replicas, 1), 0);
  }
  CHECK_EQ(og_endpoints_remove(endpoints, 0, NULL), OG_OK);
  CHECK(og_endpoints_add(endpoints, "late", 1, "", NULL) == 2);
  CHECK_EQ(og_balancer_picks(balancer, 0), 2); /* with its breaker open the other is no candidate */
  CHECK_EQ(og_balancer_picks(balancer, 1), 0);
  CHECK_EQ(og_limiter_acquire(limiter, "c", 1, 1), 0);
  CHECK_EQ(og_breaker_state(breaker), OG_BREAKER_FORCED_OPEN);
  og_breaker_destroy(&breaker);
  og_limiter_destroy(&limiter);
  og_balancer_destroy(&balancer);
  og_endpoints_destroy(&endpoints);
  og_cache_destroy(&cache);
  og_replicas_destroy(&replicas);
  og_service_destroy(&none);
}

static void arguments_are_checked(void) {
  og_service *service = make(kAll, NULL);
  og_value *value = NULL;
  int64_t wait = 0, call;
  CHECK_EQ(og_service_create(NULL, NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_begin(NULL, 0, NULL, 0, NULL, 0, &value, &wait), OG_NULL_HANDLE);
  CHECK_EQ(og_service_begin(service, 2, NULL, 0, NULL, 0, &value, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_begin(service, -1, NULL, 0, NULL, 0, &value, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_begin(service, 0, NULL, 1, NULL, 0, &value, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_begin(service, 0, NULL, 0, "k", -1, &value, &wait), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_begin_at(service, 0, NULL, 0, NULL, 1, 0, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK(value == NULL);
  CHECK_EQ(og_service_stat(service, OG_SERVICE_BEGUN), 0);
  CHECK_EQ(og_service_stat(service, 99), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_stat(NULL, OG_SERVICE_BEGUN), OG_NULL_HANDLE);
  CHECK_EQ(og_service_server(service, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_server(service, INT64_MIN), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_server(service, INT64_MAX), OG_LAPSED);
  CHECK_EQ(og_service_node(service, INT64_MAX), OG_LAPSED);
  CHECK_EQ(og_service_end(service, INT64_MAX, 1, -1, NULL, OG_SERVICE_KEEP_NOTHING, 0), OG_LAPSED);
  CHECK_EQ(og_service_end(service, 0, 1, -1, NULL, 0, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_cancel(service, -5), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_cancel(NULL, 1), OG_NULL_HANDLE);

  /* A bad value is refused before anything is settled. */
  call = og_service_begin(service, OG_SERVICE_READ, "c", 1, "k", 1, &value, &wait);
  CHECK(call > 0);
  CHECK_EQ(og_service_end(service, call, 1, -1, NULL, 5, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_end(service, call, 1, -1, "v", -3, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_stat(service, OG_SERVICE_IN_FLIGHT), 1);
  CHECK_EQ(og_service_end(service, call, 1, INT64_MIN, NULL, 0, 0), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_end(service, call, 1, -1, NULL, 0, -2), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_end(service, call, 1, -1, NULL, 0, 0), OG_OK);
  CHECK_EQ(og_service_begin(service, OG_SERVICE_READ, "c", 1, "k", 1, &value, NULL), OG_OK);
  CHECK_EQ(og_value_size(value), 0);
  og_value_destroy(&value);
  og_service_destroy(&service);
  og_service_destroy(&service);
  og_service_destroy(NULL);
}

static void large_keys_and_absurd_times(void) {
  enum { BIG = 10 << 20 };
  og_service *service = make(kAll, NULL);
  char *big = malloc(BIG);
  og_value *value = NULL;
  int64_t call;
  CHECK(big != NULL);
  memset(big, 'k', BIG);
  call = og_service_begin(service, OG_SERVICE_READ, big, BIG, big, BIG, NULL, NULL);
  CHECK(call > 0);
  CHECK_EQ(og_service_end(service, call, 1, -1, "v", 1, 0), OG_OK);
  call = og_service_begin(service, OG_SERVICE_WRITE, big, BIG, big, BIG, NULL, NULL);
  CHECK(call > 0);
  CHECK_EQ(og_service_cancel(service, call), OG_OK);
  /* A value larger than the cache is not cached, and that is all. */
  call = og_service_begin(service, OG_SERVICE_READ, "c", 1, "x", 1, &value, NULL);
  CHECK(call > 0);
  CHECK_EQ(og_service_end(service, call, 1, -1, big, BIG, 0), OG_OK);
  free(big);
  og_service_destroy(&service);

  service = make(kAll, NULL);
  CHECK_EQ(og_service_begin_at(service, OG_SERVICE_READ, "c", 1, "k", 1, INT64_MIN, NULL, NULL),
           OG_INVALID_ARGUMENT);
  call = og_service_begin_at(service, OG_SERVICE_READ, "c", 1, "k", 1, 0, NULL, NULL);
  CHECK(call > 0);
  CHECK_EQ(og_service_end_at(service, call, 1, INT64_MAX, "v", 1, INT64_MAX, INT64_MIN),
           OG_INVALID_ARGUMENT);
  CHECK_EQ(og_service_end_at(service, call, 1, INT64_MAX, "v", 1, INT64_MAX, 0), OG_OK);
  call = og_service_begin_at(service, OG_SERVICE_WRITE, "c", 1, "k", 1, 1, NULL, NULL);
  CHECK(call > 0);
  CHECK_EQ(og_service_cancel_at(service, call, INT64_MAX), OG_LAPSED);
  CHECK_EQ(og_service_stat(service, OG_SERVICE_EXPIRED), 1);
  CHECK_EQ(og_service_stat(service, OG_SERVICE_IN_FLIGHT), 0);
  og_service_destroy(&service);
}

static void times_are_given(void) {
  static const char *const kOptions[] = {"limiter.rate", "1/s", "cache.ttl_ms", "1000", "call_ms",
                                         "500",          NULL};
  const int64_t ms = 1000000;
  og_service *service = make(kOptions, NULL);
  og_value *value = NULL;
  int64_t wait = 0, call;
  call = og_service_begin_at(service, OG_SERVICE_READ, "a", 1, "k", 1, 0, &value, &wait);
  CHECK(call > 0);
  CHECK_EQ(og_service_end_at(service, call, 1, -1, "v", 1, OG_CACHE_DEFAULT_TTL, 499 * ms), OG_OK);
  CHECK_EQ(og_service_begin_at(service, OG_SERVICE_READ, "a", 1, "k", 1, 600 * ms, &value, &wait),
           OG_DENIED);
  CHECK_EQ(wait, 400 * ms);
  CHECK_EQ(og_service_begin_at(service, OG_SERVICE_READ, "b", 1, "k", 1, 1498 * ms, &value, &wait),
           OG_OK);
  CHECK_EQ(wait, 0);
  og_value_destroy(&value);
  call = og_service_begin_at(service, OG_SERVICE_READ, "d", 1, "k", 1, 1499 * ms, &value, &wait);
  CHECK(call > 0);
  CHECK_EQ(og_service_end_at(service, call, 1, -1, "v", 1, 0, 1999 * ms), OG_LAPSED);
  call = og_service_begin_at(service, OG_SERVICE_READ, "d", 1, "k", 1, 2500 * ms, &value, &wait);
  CHECK(call > 0);
  CHECK_EQ(og_service_cancel_at(service, call, 2501 * ms), OG_OK);
  og_service_destroy(&service);
}

static void its_numbers_are_metrics(void) {
  og_service *service = make(kAll, NULL);
  og_metrics *metrics = NULL;
  og_text *text = NULL;
  int64_t call = og_service_begin(service, OG_SERVICE_READ, "c", 1, "k", 1, NULL, NULL);
  CHECK_EQ(og_service_end(service, call, 1, -1, "v", 1, 0), OG_OK);
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_service(metrics, "shop", service, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_service(metrics, "shop", service, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_add_service(metrics, "shop", NULL, NULL), OG_NULL_HANDLE);
  og_service_destroy(&service);
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text),
               "\noutgrow_service_requests_total{name=\"shop\",layer=\"service\","
               "outcome=\"begun\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text),
               "\noutgrow_service_calls_total{name=\"shop\",outcome=\"success\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text), "\noutgrow_service_in_flight{name=\"shop\"} 0\n") != NULL);
  /* The layers under the service's name, the breakers by endpoint. */
  CHECK(strstr(og_text_data(text),
               "\noutgrow_breaker_calls_total{name=\"shop\",endpoint=\"a\","
               "outcome=\"success\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text), "\noutgrow_breaker_state{name=\"shop\",endpoint=\"b\"} 0\n") !=
        NULL);
  CHECK(strstr(og_text_data(text), "\noutgrow_cache_entries{name=\"shop\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text), "outgrow_limiter_decisions_total{name=\"shop\"") != NULL);
  CHECK(strstr(og_text_data(text), "outgrow_replicas_reads_total{name=\"shop\"") != NULL);
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
}

int main(void) {
  options_are_named_in_full();
  layers_are_handed_out();
  arguments_are_checked();
  large_keys_and_absurd_times();
  times_are_given();
  its_numbers_are_metrics();
  return 0;
}
