// SPDX-License-Identifier: Apache-2.0
#include "capi/src/nouns.h"

#include "core/guard/breaker.h"

namespace og::capi {

std::span<const OptionTable* const> option_tables() {
  static constexpr const OptionTable* kTables[] = {
      &kBreakerOptions,
  };
  return kTables;
}

}  // namespace og::capi
