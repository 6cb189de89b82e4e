// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every handle holds a shared pointer, so that nouns keep what they were made from alive and
// programs may destroy handles in any order. All stand here: a service is made from nouns of many
// kinds, and the metrics registry takes every kind.
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/options.h"
#include "core/base/status.h"
#include "outgrow/base.h"

namespace og {
class Autoscaler;
class Balancer;
class Breaker;
class Cache;
class CachedStore;
class Capacity;
class ConcurrencyLimiter;
class EndpointSet;
class FleetScope;
class Gather;
class HttpLimit;
class Scope;
class Limiter;
class Metrics;
class ReplicaRouter;
class Service;
class ShardMap;
class Sizer;
class Slo;
class Store;
}  // namespace og

struct og_error {
  og::Error error;
};
struct og_text {
  std::string text;
};
struct og_config {
  og::Config config;
};
struct og_clock {
  std::shared_ptr<og::Clock> clock;
};
struct og_breaker {
  std::shared_ptr<og::Breaker> breaker;
};
struct og_concurrency {
  std::shared_ptr<og::ConcurrencyLimiter> limiter;
};
struct og_cache {
  std::shared_ptr<og::Cache> cache;
};
struct og_cached_store {
  std::shared_ptr<og::CachedStore> cached;
};
struct og_autoscaler {
  std::shared_ptr<og::Autoscaler> autoscaler;
};
struct og_capacity {
  std::shared_ptr<og::Capacity> capacity;
};
struct og_sizer {
  std::shared_ptr<og::Sizer> sizer;
};
struct og_endpoints {
  std::shared_ptr<og::EndpointSet> set;
};
struct og_fleet {
  std::shared_ptr<og::FleetScope> scope;
};
struct og_balancer {
  std::shared_ptr<og::Balancer> balancer;
};
struct og_replicas {
  std::shared_ptr<og::ReplicaRouter> router;
};
struct og_shards {
  std::shared_ptr<og::ShardMap> map;
};
struct og_gather {
  std::shared_ptr<og::Gather> gather;
};
struct og_limiter {
  std::shared_ptr<og::Limiter> limiter;
};
struct og_http {
  std::shared_ptr<og::HttpLimit> http;
};
struct og_metrics {
  std::shared_ptr<og::Metrics> metrics;
};
struct og_scope {
  std::shared_ptr<og::Scope> scope;
};
struct og_service {
  std::shared_ptr<og::Service> service;
};
struct og_slo {
  std::shared_ptr<og::Slo> slo;
};
struct og_store {
  std::shared_ptr<og::Store> store;
};
