// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <variant>

#include "core/base/visit_variant.h"
#include "core/guard/breaker_policy.h"
#include "core/guard/consecutive.h"

namespace og {

// Policies by their place in a list. As with the limiter's, what holds one of them is a variant, so
// that a judgement is compiled into the breaker's own code.
template <BreakerPolicy... kPolicies>
struct BreakerPolicyList {
  using Any = std::variant<kPolicies...>;

  struct Row {
    const char* word;
    std::span<const OptionSpec> options;
    std::function<void(char* cells)> (*writer)(const Options& options);
    Any (*over)(char* cells);
  };
  static constexpr Row kRows[] = {
      {kPolicies::kWord, kPolicies::kOptions, &kPolicies::writer,
       [](char* cells) { return Any(std::in_place_type<kPolicies>, cells); }}...};
  static constexpr uint64_t kMostBytes = std::max({uint64_t{kPolicies::kBytes}...});
};

// The policies that a breaker can have, in the order in which their words are listed. The first is
// the default.
using BreakerPolicies = BreakerPolicyList<Consecutive>;

}  // namespace og
