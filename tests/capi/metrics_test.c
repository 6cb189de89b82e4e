/* SPDX-License-Identifier: Apache-2.0 */
#include <outgrow.h>
#include <string.h>
#include <unistd.h>

#include "tests/capi/check.h"

static void nulls_are_statuses(void) {
  og_metrics *metrics = NULL;
  og_breaker *breaker = NULL;
  og_cache *cache = NULL;
  og_text *text = NULL;
  og_error *error = NULL;
  CHECK_EQ(og_metrics_create(NULL, NULL, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
  CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);

  CHECK_EQ(og_metrics_add_breaker(NULL, "a", breaker, &error), OG_NULL_HANDLE);
  CHECK(error != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_metrics_add_breaker(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_breaker(metrics, NULL, breaker, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_add_breaker(metrics, "", breaker, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_add_cache(NULL, "a", cache, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_cache(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_autoscaler(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_balancer(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_endpoints(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_limiter(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_replicas(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_add_store(metrics, "a", NULL, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_balancer_cancel(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_replicas_cancel(NULL, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_remove(NULL, "a"), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_remove(metrics, NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_remove(metrics, "a"), 0);

  CHECK_EQ(og_metrics_counter(NULL, "a_total", "", "", NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_counter(metrics, NULL, "", "", NULL), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_gauge(NULL, "a", "", "", NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_histogram(NULL, "a", "", "", NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_counter(metrics, "not a name", "", "", &error), OG_INVALID_ARGUMENT);
  CHECK(strstr(og_error_message(error), "'not a name'") != NULL);
  og_error_destroy(&error);
  CHECK_EQ(og_metrics_counter(metrics, "a_total", "", "caf\xe9", &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "instance") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_metrics_gauge(metrics, "a", "caf\xe9", "", &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "help") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_metrics_add_breaker(metrics, "caf\xe9", breaker, &error), OG_INVALID_ARGUMENT);
  CHECK(strcmp(og_error_option(error), "name") == 0);
  og_error_destroy(&error);
  CHECK_EQ(og_metrics_increment(NULL, 0, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_set(NULL, 0, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_observe(NULL, 0, 1), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_increment(metrics, 0, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_set(metrics, INT32_MAX, 1), OG_INVALID_ARGUMENT);
  CHECK_EQ(og_metrics_observe(metrics, INT32_MIN, 1), OG_INVALID_ARGUMENT);

  CHECK_EQ(og_metrics_render(NULL, &text, NULL), OG_NULL_HANDLE);
  CHECK_EQ(og_metrics_render(metrics, NULL, NULL), OG_INVALID_ARGUMENT);
  og_metrics_destroy(NULL);
  og_metrics_destroy(&metrics);
  CHECK(metrics == NULL);
  og_breaker_destroy(&breaker);
  og_cache_destroy(&cache);
}

static void options_are_checked(void) {
  og_config *config = NULL;
  og_metrics *metrics = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "buckets_per_octave", 3), OG_OK);
  CHECK_EQ(og_metrics_create(config, &metrics, NULL), OG_BAD_VALUE);
  CHECK_EQ(og_config_set_int(config, "buckets_per_octave", 4), OG_OK);
  CHECK_EQ(og_metrics_create(config, &metrics, NULL), OG_OK);
  og_metrics_destroy(&metrics);
  og_config_destroy(&config);
}

static void add_a_cached_store(og_metrics *metrics, const char *name, const og_store *store) {
  og_config *config = NULL;
  og_cache *cache = NULL;
  og_cached_store *cached = NULL;
  og_value *value = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "mode", "behind"), OG_OK);
  CHECK_EQ(og_config_set(config, "thread", "none"), OG_OK);
  CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
  CHECK_EQ(og_cached_store_create(config, cache, store, NULL, &cached, NULL), OG_OK);
  CHECK_EQ(og_cached_store_get(cached, "absent", 6, &value, NULL, NULL), OG_ABSENT);
  CHECK_EQ(og_cached_store_set(cached, "k", 1, "v", 1, NULL), OG_OK);
  CHECK_EQ(og_cached_store_flush(cached, INT64_MAX), 0);
  CHECK_EQ(og_metrics_add_cached_store(metrics, name, cached, NULL), OG_OK);
  og_cached_store_destroy(&cached);
  og_cache_destroy(&cache);
  og_config_destroy(&config);
}

static void add_the_rest(og_metrics *metrics, const char *name) {
  og_config *config = NULL;
  og_limiter *limiter = NULL;
  og_http *http = NULL;
  og_text *client = NULL;
  og_endpoints *endpoints = NULL;
  og_balancer *balancer = NULL;
  og_replicas *replicas = NULL;
  og_autoscaler *autoscaler = NULL;
  og_capacity *capacity = NULL;
  og_sizer *sizer = NULL;
  og_slo *slo = NULL;
  og_store *store = NULL;
  og_shards *shards = NULL;
  og_gather *gather = NULL;
  int32_t index;
  int64_t ticket;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set(config, "rate", "1/h"), OG_OK);
  CHECK_EQ(og_limiter_create(config, NULL, &limiter, NULL), OG_OK);
  CHECK_EQ(og_limiter_acquire(limiter, "k", 1, 1), 0);
  CHECK_EQ(og_metrics_add_limiter(metrics, name, limiter, NULL), OG_OK);
  CHECK_EQ(og_http_create(NULL, limiter, &http, NULL), OG_OK);
  CHECK_EQ(og_http_client(http, "::1", 3, NULL, 0, &client, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_http(metrics, name, http, NULL), OG_OK);
  og_text_destroy(&client);
  og_http_destroy(&http);

  CHECK_EQ(og_endpoints_create(NULL, &endpoints, NULL), OG_OK);
  CHECK_EQ(og_endpoints_add(endpoints, "a", 1, "", NULL), 0);
  CHECK_EQ(og_endpoints_add(endpoints, name, 2, name, NULL), 1);
  CHECK_EQ(og_metrics_add_endpoints(metrics, name, endpoints, NULL), OG_OK);
  CHECK_EQ(og_balancer_create(NULL, endpoints, NULL, &balancer, NULL), OG_OK);
  ticket = og_balancer_acquire(balancer, NULL, 0, &index);
  CHECK(ticket > 0);
  CHECK_EQ(og_balancer_cancel(balancer, ticket), OG_OK);
  CHECK_EQ(og_balancer_cancel(balancer, ticket), OG_LAPSED);
  CHECK_EQ(og_metrics_add_balancer(metrics, name, balancer, NULL), OG_OK);

  CHECK_EQ(og_replicas_create(NULL, NULL, &replicas, NULL), OG_OK);
  ticket = og_replicas_acquire(replicas, 0, &index);
  CHECK(ticket > 0);
  CHECK_EQ(og_replicas_in_flight(replicas, index), 1);
  CHECK_EQ(og_replicas_cancel(replicas, ticket), OG_OK);
  CHECK_EQ(og_replicas_in_flight(replicas, index), 0);
  CHECK_EQ(og_replicas_cancel(replicas, ticket), OG_LAPSED);
  CHECK_EQ(og_metrics_add_replicas(metrics, name, replicas, NULL), OG_OK);

  CHECK_EQ(og_autoscaler_create(NULL, NULL, &autoscaler, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_autoscaler(metrics, name, autoscaler, NULL), OG_OK);

  CHECK_EQ(og_capacity_create(NULL, &capacity, NULL), OG_OK);
  for (index = 1; index <= 6; ++index) {
    CHECK_EQ(og_capacity_observe(capacity, index, 10.0 * index / (1 + 0.1 * index * (index - 1))),
             OG_OK);
  }
  CHECK_EQ(og_metrics_add_capacity(metrics, name, capacity, NULL), OG_OK);
  CHECK_EQ(og_slo_create(NULL, NULL, &slo, NULL), OG_OK);
  CHECK_EQ(og_slo_good(slo, 999), OG_OK);
  CHECK_EQ(og_slo_bad(slo, 1), OG_OK);
  CHECK_EQ(og_metrics_add_slo(metrics, name, slo, NULL), OG_OK);
  og_slo_destroy(&slo);

  CHECK_EQ(og_sizer_create(NULL, NULL, &sizer, NULL), OG_OK);
  CHECK_EQ(og_sizer_observe_cpu(sizer, 1.5), OG_OK);
  CHECK_EQ(og_sizer_observe_memory(sizer, 1e9), OG_OK);
  CHECK_EQ(og_metrics_add_sizer(metrics, name, sizer, NULL), OG_OK);

  CHECK_EQ(og_store_create(NULL, NULL, &store, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_store(metrics, name, store, NULL), OG_OK);
  add_a_cached_store(metrics, name, store);

  CHECK_EQ(og_shards_create(NULL, NULL, NULL, 0, &shards, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_shards(metrics, name, shards, NULL), OG_OK);

  CHECK_EQ(og_gather_create(NULL, NULL, &gather, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_gather(metrics, name, gather, NULL), OG_OK);

  og_gather_destroy(&gather);
  og_capacity_destroy(&capacity);
  og_sizer_destroy(&sizer);
  og_shards_destroy(&shards);
  og_store_destroy(&store);
  og_autoscaler_destroy(&autoscaler);
  og_replicas_destroy(&replicas);
  og_balancer_destroy(&balancer);
  og_endpoints_destroy(&endpoints);
  og_limiter_destroy(&limiter);
  og_config_destroy(&config);
}

/* A whole path. Its layers show under its name, which is therefore one of its own. Its clock
 * stands: within 40 ms its limiter's keys would be idle. */
static void add_a_service(og_metrics *metrics, const char *name) {
  static const char *const kOptions[][2] = {{"servers", "a, b=2"},
                                            {"limiter.rate", "100/s"},
                                            {"breaker.failure_threshold", "5"},
                                            {"cache.capacity_bytes", "1MiB"},
                                            {"replicas.replicas", "2"}};
  char own_name[64];
  og_clock *clock = NULL;
  og_config *config = NULL;
  og_service *service = NULL;
  og_endpoints *endpoints = NULL;
  int64_t call;
  size_t i;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  for (i = 0; i < sizeof kOptions / sizeof *kOptions; ++i) {
    CHECK_EQ(og_config_set(config, kOptions[i][0], kOptions[i][1]), OG_OK);
  }
  CHECK_EQ(og_clock_create_manual(0, &clock, NULL), OG_OK);
  CHECK_EQ(og_service_create(config, clock, &service, NULL), OG_OK);
  CHECK_EQ(og_service_endpoints(service, &endpoints, NULL), OG_OK);
  CHECK_EQ(og_endpoints_add(endpoints, "c \" \n", 1, "", NULL), 2);
  for (i = 0; i < 4; ++i) {
    call = og_service_begin(service, OG_SERVICE_READ, name, 1, name, (int64_t)i, NULL, NULL);
    CHECK(call > 0);
    CHECK_EQ(og_service_end(service, call, i % 2 == 0, -1, "v", 1, OG_CACHE_DEFAULT_TTL), OG_OK);
  }
  snprintf(own_name, sizeof own_name, "path of %s", name);
  CHECK_EQ(og_metrics_add_service(metrics, own_name, service, NULL), OG_OK);
  og_endpoints_destroy(&endpoints);
  og_service_destroy(&service);
  og_clock_destroy(&clock);
  og_config_destroy(&config);
}

static void add_a_scope(og_metrics *metrics, const char *name) {
  char segment[64];
  og_scope *scope = NULL;
  snprintf(segment, sizeof segment, "/outgrow-metrics-test-%d", (int)getpid());
  CHECK_EQ(og_scope_create_host(segment, NULL, &scope, NULL), OG_OK);
  CHECK_EQ(og_scope_remove(segment, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_scope(metrics, name, scope, NULL), OG_OK);
  og_scope_destroy(&scope);
}

static void add_a_fleet(og_metrics *metrics, const char *name) {
  char segment[64];
  og_scope *host = NULL;
  og_fleet *fleet = NULL;
  snprintf(segment, sizeof segment, "/outgrow-metrics-fleet-%d", (int)getpid());
  CHECK_EQ(og_scope_create_host(segment, NULL, &host, NULL), OG_OK);
  CHECK_EQ(og_scope_remove(segment, NULL), OG_OK);
  CHECK_EQ(og_fleet_create_in(host, "shop", NULL, NULL, &fleet, NULL), OG_OK);
  CHECK_EQ(og_metrics_add_fleet(metrics, name, fleet, NULL), OG_OK);
  og_fleet_destroy(&fleet);
  og_scope_destroy(&host);
}

static void add_a_concurrency_limiter(og_metrics *metrics, const char *name) {
  og_config *config = NULL;
  og_concurrency *limiter = NULL;
  CHECK_EQ(og_config_create(&config, NULL), OG_OK);
  CHECK_EQ(og_config_set_int(config, "limit", 2), OG_OK);
  CHECK_EQ(og_concurrency_create(config, NULL, &limiter, NULL), OG_OK);
  CHECK(og_concurrency_enter(limiter) > 0);
  CHECK_EQ(og_metrics_add_concurrency(metrics, name, limiter, NULL), OG_OK);
  og_concurrency_destroy(&limiter);
  og_config_destroy(&config);
}

/* Every noun under two names, one of them hostile, each used a little. */
static og_metrics *full_registry(void) {
  static const char *const kNames[] = {"plain", "quote \" back\\slash \n and \xc3\xbf"};
  og_metrics *metrics = NULL;
  size_t i;
  CHECK_EQ(og_metrics_create(NULL, &metrics, NULL), OG_OK);
  for (i = 0; i < 2; ++i) {
    og_breaker *breaker = NULL;
    og_cache *cache = NULL;
    CHECK_EQ(og_breaker_create(NULL, NULL, &breaker, NULL), OG_OK);
    CHECK_EQ(og_breaker_exit(breaker, og_breaker_enter(breaker), 1), OG_OK);
    CHECK_EQ(og_metrics_add_breaker(metrics, kNames[i], breaker, NULL), OG_OK);
    CHECK_EQ(og_metrics_add_breaker(metrics, kNames[i], breaker, NULL), OG_INVALID_ARGUMENT);
    og_breaker_destroy(&breaker); /* the registry keeps it */

    CHECK_EQ(og_cache_create(NULL, NULL, &cache, NULL), OG_OK);
    CHECK_EQ(og_cache_set(cache, "k", 1, "v", 1, OG_CACHE_DEFAULT_TTL), OG_OK);
    CHECK_EQ(og_metrics_add_cache(metrics, kNames[i], cache, NULL), OG_OK);
    og_cache_destroy(&cache);
    add_the_rest(metrics, kNames[i]);
    add_a_concurrency_limiter(metrics, kNames[i]);
    add_a_fleet(metrics, kNames[i]);
    add_a_scope(metrics, kNames[i]);
    add_a_service(metrics, kNames[i]);
  }
  CHECK_EQ(og_metrics_increment(metrics,
                                og_metrics_counter(metrics, "jobs_total", "Jobs.", "x", NULL), 2),
           OG_OK);
  CHECK_EQ(og_metrics_set(metrics, og_metrics_gauge(metrics, "queue_length", "Length.", NULL, NULL),
                          2.5),
           OG_OK);
  CHECK_EQ(og_metrics_observe(
               metrics, og_metrics_histogram(metrics, "job_seconds", "Time.", NULL, NULL), 1000000),
           OG_OK);
  return metrics;
}

static void the_text_is_the_format(void) {
  og_metrics *metrics = full_registry();
  og_text *text = NULL, *again = NULL;
  const char *line;
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  CHECK(strstr(og_text_data(text),
               "outgrow_breaker_calls_total{name=\"plain\",outcome=\"success\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text), "outgrow_concurrency_in_flight{name=\"plain\"} 1\n") != NULL);
  CHECK(strstr(og_text_data(text), "name=\"quote \\\" back\\\\slash \\n and \xc3\xbf\"") != NULL);
  CHECK(strstr(og_text_data(text), "\noutgrow_metrics_left_out 0\n") != NULL);
  CHECK(strstr(og_text_data(text), "\njobs_total{name=\"x\"} 2\n") != NULL);
  for (line = og_text_data(text); *line; line = strchr(line, '\n') + 1) {
    CHECK(strchr(line, '\n') != NULL);
  }
  CHECK_EQ(og_metrics_render(metrics, &again, NULL), OG_OK);
  CHECK(strcmp(og_text_data(text), og_text_data(again)) == 0);
  CHECK_EQ(og_metrics_remove(metrics, "plain"), 18);
  og_text_destroy(&again);
  CHECK_EQ(og_metrics_render(metrics, &again, NULL), OG_OK);
  CHECK(strstr(og_text_data(again), "name=\"plain\"") == NULL);
  og_text_destroy(&text);
  og_text_destroy(&again);
  og_metrics_destroy(&metrics);
}

static void promtool_passes(void) {
  og_metrics *metrics = full_registry();
  og_text *text = NULL;
  FILE *promtool;
  if (system("command -v promtool >/dev/null") != 0) {
    printf("promtool is not installed: its check is left out\n");
    og_metrics_destroy(&metrics);
    return;
  }
  CHECK_EQ(og_metrics_render(metrics, &text, NULL), OG_OK);
  promtool = popen("promtool check metrics 2>&1", "w");
  CHECK(promtool != NULL);
  CHECK_EQ(fwrite(og_text_data(text), 1, (size_t)og_text_size(text), promtool), og_text_size(text));
  CHECK_EQ(pclose(promtool), 0);
  og_text_destroy(&text);
  og_metrics_destroy(&metrics);
}

int main(void) {
  nulls_are_statuses();
  options_are_checked();
  the_text_is_the_format();
  promtool_passes();
  return 0;
}
