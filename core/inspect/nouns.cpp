// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/nouns.h"

#include <vector>

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/base/made_once.h"
#include "core/cache/cache_options.h"
#include "core/cache/cached_store_options.h"
#include "core/data/gather.h"
#include "core/data/replicas.h"
#include "core/data/shard_map.h"
#include "core/fleet/fleet_scope.h"
#include "core/guard/breaker.h"
#include "core/guard/concurrency.h"
#include "core/inspect/open_fleet.h"
#include "core/inspect/open_noun.h"
#include "core/limit/http_limit.h"
#include "core/limit/limiter.h"
#include "core/observe/metrics.h"
#include "core/observe/slo.h"
#include "core/scale/autoscaler.h"
#include "core/scale/capacity.h"
#include "core/scale/sizer.h"
#include "core/scope/host_scope.h"
#include "core/service/service_options.h"
#include "core/stores/open_store.h"

namespace og {

std::span<const NounRow> nouns() {
  static constinit MadeOnce<const std::vector<NounRow>> rows;
  return rows.get([] {
    return new std::vector<NounRow>{
        {&kScopeOptions},
        fleet_row(kFleetOptions),
        in_fleet<EndpointSet>(in_scope<EndpointSet>(kEndpointsOptions, CellKind::kEndpoints),
                              CellKind::kFleetEndpoints, "fleet_endpoints"),
        options_in_scope(kBalancerOptions, CellKind::kBalancer),
        in_fleet<Breaker>(in_scope<Breaker>(kBreakerOptions, CellKind::kBreaker),
                          CellKind::kFleetBreaker, "fleet_breaker"),
        in_fleet<ConcurrencyLimiter>(
            in_scope<ConcurrencyLimiter>(kConcurrencyOptions, CellKind::kConcurrency),
            CellKind::kFleetConcurrency, "fleet_concurrency"),
        in_fleet<Limiter>(in_scope<Limiter>(kLimiterOptions, CellKind::kLimiter),
                          CellKind::kFleetLimiter, "fleet_limiter"),
        {&kHttpOptions},
        {&kReplicasOptions},
        {&kShardsOptions},
        {&kGatherOptions},
        {&kCacheOptions},
        {&kAutoscalerOptions},
        {&kCapacityOptions},
        {&kSizerOptions},
        in_scope<Slo>(kSloOptions, CellKind::kSlo),
        in_scope<Metrics>(kMetricsOptions, CellKind::kMetrics),
        {&store_options()},
        {&kCachedStoreOptions},
        {&service_options()},
    };
  });
}

}  // namespace og
