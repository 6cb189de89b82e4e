// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/base/visit_variant.h"
#include "core/limit/calendar_window.h"
#include "core/limit/fixed_window.h"
#include "core/limit/granted.h"
#include "core/limit/plans.h"
#include "core/limit/policy.h"
#include "core/limit/sliding_counter.h"
#include "core/limit/token_bucket_policy.h"
#include "core/limit/window_log.h"

namespace og {

// Policies by their place in a list. What holds one of them is a variant and not a base class, so
// that a decision is compiled into the limiter's own code.
template <LimitPolicy... kPolicies>
struct LimitPolicyList {
  using Any = std::variant<kPolicies...>;
  using AnyCells = std::variant<typename kPolicies::Cells..., Granted, Plans>;

  struct Row {
    const char* word;
    std::span<const OptionSpec> options;
  };
  static constexpr Row kRows[] = {{kPolicies::kWord, kPolicies::kOptions}...};

  static Result<Any> create(size_t chosen, const LimitSetup& setup) {
    static constexpr Result<Any> (*kCreate[])(const LimitSetup&) = {&create_one<kPolicies>...};
    return kCreate[chosen](setup);
  }
  // What the policy decides on: its cells, which may be of another's type. (In a fleet it is what
  // was granted, whatever the policy, and with plans those decide.)
  static AnyCells over(const Any& policy, const CellsAt<>& at) { return over_from<0>(policy, at); }
  // The configuration that its cells begin with.
  static LimitEpochs<>::Begun first(const Any& policy) {
    return visit_variant(policy, [](const auto& held) {
      return std::decay_t<decltype(held)>::Cells::first(held.kept());
    });
  }

 private:
  template <size_t kAt>
  static AnyCells over_from(const Any& policy, const CellsAt<>& at) {
    if (const auto* held = std::get_if<kAt>(&policy))
      return AnyCells(std::in_place_index<kAt>, held->over(at));
    if constexpr (kAt + 1 < sizeof...(kPolicies)) return over_from<kAt + 1>(policy, at);
    std::abort();
  }
  template <class P>
  static Result<Any> create_one(const LimitSetup& setup) {
    auto policy = P::create(setup);
    if (!policy) return tl::unexpected(std::move(policy.error()));
    return Any(std::in_place_type<P>, std::move(*policy));
  }
};

// The policies that a limiter can have, in the order in which their words are listed. The first is
// the default.
using LimitPolicies = LimitPolicyList<TokenBucketPolicy, SlidingWindowPolicy, FixedWindowPolicy,
                                      SlidingCounterPolicy, CalendarWindowPolicy>;

}  // namespace og
