// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include "core/cache/cache_options.h"
#include "core/guard/breaker.h"
#include "core/scale/autoscaler.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static constexpr const OptionTable* kTables[] = {
      &kBreakerOptions,
      &kCacheOptions,
      &kAutoscalerOptions,
  };
  return kTables;
}

}  // namespace og::capi
