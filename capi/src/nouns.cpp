// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include "core/balance/balancer.h"
#include "core/balance/endpoints.h"
#include "core/cache/cache_options.h"
#include "core/data/replicas.h"
#include "core/guard/breaker.h"
#include "core/scale/autoscaler.h"
#include "core/observe/metrics.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static constexpr const OptionTable* kTables[] = {
      &kEndpointsOptions,
      &kBalancerOptions,
      &kBreakerOptions,
      &kReplicasOptions,
      &kCacheOptions,
      &kAutoscalerOptions,
      &kMetricsOptions,
  };
  return kTables;
}

}  // namespace og::capi
