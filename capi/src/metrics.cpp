// SPDX-License-Identifier: Apache-2.0
#include "outgrow/metrics.h"

#include "capi/src/guard.h"
#include "capi/src/place_in.h"
#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/base/store.h"
#include "core/cache/cache.h"
#include "core/cache/cached_store.h"
#include "core/data/gather.h"
#include "core/data/replicas.h"
#include "core/data/shard_map.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/scale/autoscaler.h"
#include "core/scope/host_scope.h"
#include "core/service/service.h"

using namespace og::capi;

namespace {

// `member` is the handle's shared pointer: og_breaker::breaker and so on.
template <class Handle, class Member>
og_status add(og_metrics* metrics, const char* kind, const char* name, const Handle* handle,
              Member member, og_error** error) {
  if (!metrics || !handle) return report(error, og::Status::kNullHandle, "a handle is NULL");
  if (!name) return report(error, og::Status::kInvalidArgument, "name is NULL");
  return guard(error, [&] { return metrics->metrics->add(kind, name, handle->*member); });
}

int32_t define(og_metrics* metrics, og::OwnSeries::Kind kind, const char* name, const char* help,
               const char* instance, og_error** error) {
  if (!metrics) return report(error, og::Status::kNullHandle, "metrics is NULL");
  if (!name) return report(error, og::Status::kInvalidArgument, "name is NULL");
  int32_t id = 0;
  og_status status = guard(error, [&]() -> og::Result<void> {
    auto made =
        metrics->metrics->own().define(kind, name, help ? help : "", instance ? instance : "");
    if (!made) return tl::unexpected(made.error());
    id = *made;
    return {};
  });
  return status == OG_OK ? id : status;
}

}  // namespace

og_status og_metrics_create(const og_config* config, og_metrics** out, og_error** error) {
  return og_metrics_create_in(nullptr, nullptr, config, out, error);
}

og_status og_metrics_create_in(const og_scope* scope, const char* name, const og_config* config,
                               og_metrics** out, og_error** error) {
  return guard_create_in(scope, name, out, error, [&](const og::Place& place) {
    return og::Metrics::create(config_or_empty(config), place);
  });
}

void og_metrics_destroy(og_metrics** metrics) { destroy(metrics); }

og_status og_metrics_add_breaker(og_metrics* metrics, const char* name, const og_breaker* breaker,
                                 og_error** error) {
  return add(metrics, "breaker", name, breaker, &og_breaker::breaker, error);
}

og_status og_metrics_add_cache(og_metrics* metrics, const char* name, const og_cache* cache,
                               og_error** error) {
  return add(metrics, "cache", name, cache, &og_cache::cache, error);
}

og_status og_metrics_add_store(og_metrics* metrics, const char* name, const og_store* store,
                               og_error** error) {
  return add(metrics, "store", name, store, &og_store::store, error);
}

og_status og_metrics_add_cached_store(og_metrics* metrics, const char* name,
                                      const og_cached_store* store, og_error** error) {
  return add(metrics, "cached store", name, store, &og_cached_store::cached, error);
}

og_status og_metrics_add_autoscaler(og_metrics* metrics, const char* name,
                                    const og_autoscaler* autoscaler, og_error** error) {
  return add(metrics, "autoscaler", name, autoscaler, &og_autoscaler::autoscaler, error);
}

og_status og_metrics_add_endpoints(og_metrics* metrics, const char* name,
                                   const og_endpoints* endpoints, og_error** error) {
  return add(metrics, "set of endpoints", name, endpoints, &og_endpoints::set, error);
}

og_status og_metrics_add_balancer(og_metrics* metrics, const char* name,
                                  const og_balancer* balancer, og_error** error) {
  return add(metrics, "balancer", name, balancer, &og_balancer::balancer, error);
}

og_status og_metrics_add_replicas(og_metrics* metrics, const char* name,
                                  const og_replicas* replicas, og_error** error) {
  return add(metrics, "replica router", name, replicas, &og_replicas::router, error);
}

og_status og_metrics_add_shards(og_metrics* metrics, const char* name, const og_shards* shards,
                                og_error** error) {
  return add(metrics, "shard map", name, shards, &og_shards::map, error);
}

og_status og_metrics_add_gather(og_metrics* metrics, const char* name, const og_gather* gather,
                                og_error** error) {
  return add(metrics, "gather", name, gather, &og_gather::gather, error);
}

og_status og_metrics_add_limiter(og_metrics* metrics, const char* name, const og_limiter* limiter,
                                 og_error** error) {
  return add(metrics, "limiter", name, limiter, &og_limiter::limiter, error);
}

og_status og_metrics_add_concurrency(og_metrics* metrics, const char* name,
                                     const og_concurrency* concurrency, og_error** error) {
  return add(metrics, "concurrency limiter", name, concurrency, &og_concurrency::limiter, error);
}

og_status og_metrics_add_scope(og_metrics* metrics, const char* name, const og_scope* scope,
                               og_error** error) {
  return add(metrics, "scope", name, scope, &og_scope::scope, error);
}

og_status og_metrics_add_service(og_metrics* metrics, const char* name, const og_service* service,
                                 og_error** error) {
  return add(metrics, "service", name, service, &og_service::service, error);
}

int64_t og_metrics_remove(og_metrics* metrics, const char* name) {
  return call<int64_t>(metrics, [&](og_metrics& m) -> int64_t {
    if (!name) return OG_INVALID_ARGUMENT;
    return m.metrics->remove(name);
  });
}

int32_t og_metrics_counter(og_metrics* metrics, const char* name, const char* help,
                           const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kCounter, name, help, instance, error);
}

int32_t og_metrics_gauge(og_metrics* metrics, const char* name, const char* help,
                         const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kGauge, name, help, instance, error);
}

int32_t og_metrics_histogram(og_metrics* metrics, const char* name, const char* help,
                             const char* instance, og_error** error) {
  return define(metrics, og::OwnSeries::Kind::kHistogram, name, help, instance, error);
}

og_status og_metrics_increment(og_metrics* metrics, int32_t counter, int64_t by) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().increment(counter, by); });
}

og_status og_metrics_set(og_metrics* metrics, int32_t gauge, double value) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().set(gauge, value); });
}

og_status og_metrics_observe(og_metrics* metrics, int32_t histogram, int64_t ns) {
  return call<og_status>(metrics,
                         [&](og_metrics& m) { return m.metrics->own().observe(histogram, ns); });
}

og_status og_metrics_render(const og_metrics* metrics, og_text** out, og_error** error) {
  return guard_create(out, error, [&]() -> og::Result<og_text> {
    if (!metrics) return og::fail(og::Status::kNullHandle, "metrics is NULL");
    return og_text{metrics->metrics->render()};
  });
}
