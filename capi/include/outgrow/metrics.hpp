// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/metrics.h>

#include <cstdint>
#include <outgrow/autoscaler.hpp>
#include <outgrow/balancer.hpp>
#include <outgrow/breaker.hpp>
#include <outgrow/cached_store.hpp>
#include <outgrow/concurrency.hpp>
#include <outgrow/gather.hpp>
#include <outgrow/limiter.hpp>
#include <outgrow/replicas.hpp>
#include <outgrow/scope.hpp>
#include <outgrow/series.hpp>
#include <outgrow/service.hpp>
#include <outgrow/shards.hpp>
#include <string>

namespace outgrow {

// What the nouns count, and the program's own series, as Prometheus text: metrics.h has the rules.
// Safe from every thread.
class Metrics : public detail::Handle<og_metrics, og_metrics_destroy> {
 public:
  // What to serve render() as.
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  using Handle::Handle;
  explicit Metrics(const Options& options = {})
      : Handle(detail::make<og_metrics>(og_metrics_create, detail::given(options))) {}

  // In a scope: the program's own series are those of every process that makes it under this name.
  Metrics(const Scope& scope, const std::string& name, const Options& options = {})
      : Handle(detail::make<og_metrics>(og_metrics_create_in, detail::given(scope),
                                        detail::c_text(name), detail::given(options))) {}

  // The registry keeps what is added alive until it is removed. The name becomes the series' label
  // `name`: UTF-8, not empty, and one that no other instance of the kind has.
  void add(const std::string& name, const RateLimiter& noun) {
    add(og_metrics_add_limiter, name, noun);
  }
  void add(const std::string& name, const CircuitBreaker& noun) {
    add(og_metrics_add_breaker, name, noun);
  }
  void add(const std::string& name, const Cache& noun) { add(og_metrics_add_cache, name, noun); }
  void add(const std::string& name, const Store& noun) { add(og_metrics_add_store, name, noun); }
  void add(const std::string& name, const CachedStore& noun) {
    add(og_metrics_add_cached_store, name, noun);
  }
  void add(const std::string& name, const AutoScaler& noun) {
    add(og_metrics_add_autoscaler, name, noun);
  }
  void add(const std::string& name, const Endpoints& noun) {
    add(og_metrics_add_endpoints, name, noun);
  }
  void add(const std::string& name, const Balancer& noun) {
    add(og_metrics_add_balancer, name, noun);
  }
  void add(const std::string& name, const ReplicaRouter& noun) {
    add(og_metrics_add_replicas, name, noun);
  }
  void add(const std::string& name, const ShardMap& noun) {
    add(og_metrics_add_shards, name, noun);
  }
  void add(const std::string& name, const Gather& noun) { add(og_metrics_add_gather, name, noun); }
  void add(const std::string& name, const ConcurrencyLimiter& noun) {
    add(og_metrics_add_concurrency, name, noun);
  }
  void add(const std::string& name, const Scope& noun) { add(og_metrics_add_scope, name, noun); }
  void add(const std::string& name, const Service& noun) {
    add(og_metrics_add_service, name, noun);
  }

  // What was added under the name, of whatever kinds: how many.
  std::int64_t remove(const std::string& name) {
    return detail::checked(og_metrics_remove(handle(), detail::c_text(name)), "og_metrics_remove");
  }

  // The program's own, up to the option `series`. Counters' names end in "_total", histograms' best
  // in "_seconds". The instance becomes the label `name`, "" for a series without it. The same name
  // and instance give the same series.
  Counter counter(const std::string& name, const std::string& help,
                  const std::string& instance = {}) {
    return Counter(handle(), series(og_metrics_counter, name, help, instance));
  }
  Gauge gauge(const std::string& name, const std::string& help, const std::string& instance = {}) {
    return Gauge(handle(), series(og_metrics_gauge, name, help, instance));
  }
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::string& instance = {}) {
    return Histogram(handle(), series(og_metrics_histogram, name, help, instance));
  }

  // The text exposition format 0.0.4.
  std::string render() const {
    return detail::take_text(detail::make<og_text>(og_metrics_render, handle()));
  }

 private:
  template <class Function, class Noun>
  void add(Function function, const std::string& name, const Noun& noun) {
    detail::call(function, handle(), detail::c_text(name), detail::given(noun));
  }
  template <class Function>
  std::int32_t series(Function function, const std::string& name, const std::string& help,
                      const std::string& instance) {
    detail::ErrorOut error;
    std::int32_t id = function(handle(), detail::c_text(name), detail::c_text(help),
                               detail::c_text(instance), error.out());
    if (id < 0) error.raise(id);  // a full registry too
    return id;
  }
};

}  // namespace outgrow
