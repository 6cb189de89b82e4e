// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include "core/cache/cache_options.h"
#include "core/guard/breaker.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static constexpr const OptionTable* kTables[] = {
      &kBreakerOptions,
      &kCacheOptions,
  };
  return kTables;
}

}  // namespace og::capi
