// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/cache/cache_options.h"
#include "core/cache/cached_store_options.h"
#include "core/data/gather.h"
#include "core/data/replicas.h"
#include "core/data/shard_map.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/scale/autoscaler.h"
#include "core/scope/host_scope.h"
#include "core/service/service_options.h"
#include "core/stores/open_store.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static const OptionTable* const kTables[] = {
      &kScopeOptions,       &kEndpointsOptions,   &kBalancerOptions,   &kBreakerOptions,
      &kConcurrencyOptions, &kLimiterOptions,     &kReplicasOptions,   &kShardsOptions,
      &kGatherOptions,      &kCacheOptions,       &kAutoscalerOptions, &kMetricsOptions,
      &kStoreOptions,       &kCachedStoreOptions, &service_options(),
  };
  return kTables;
}

}  // namespace og::capi
