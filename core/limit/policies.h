// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/base/visit_variant.h"
#include "core/limit/bands.h"
#include "core/limit/calendar_window.h"
#include "core/limit/count_min_policy.h"
#include "core/limit/fixed_window.h"
#include "core/limit/granted.h"
#include "core/limit/plans.h"
#include "core/limit/policy.h"
#include "core/limit/sliding_counter.h"
#include "core/limit/token_bucket_policy.h"
#include "core/limit/warm_up.h"
#include "core/limit/window_log.h"

namespace og {

// Policies by their place in a list. What holds one of them is a variant and not a base class, so
// that a decision is compiled into the limiter's own code.
template <LimitPolicy... kPolicies>
struct LimitPolicyList {
  template <LimitPolicy P>
  static consteval bool holds_burst() {
    return requires { P::kHoldsBurst; };
  }
  template <LimitPolicy P>
  static consteval bool gives_nothing_back() {
    return requires { P::Cells::kGivesNothingBack; };
  }

  using Any = std::variant<kPolicies...>;
  using OneCells = std::variant<typename kPolicies::Cells...>;
  using AnyCells = std::variant<typename kPolicies::Cells..., Granted, Plans, Bands<OneCells>>;

  static constexpr size_t kMostBands = Bands<OneCells>::kMost;

  struct Row {
    const char* word;
    std::span<const OptionSpec> options;
  };
  static constexpr Row kRows[] = {{kPolicies::kWord, kPolicies::kOptions}...};
  // Which hold a burst of their own beside the rate.
  static constexpr bool kHoldsBurst[] = {holds_burst<kPolicies>()...};
  // Of which what was taken stays taken.
  static constexpr bool kGivesNothingBack[] = {gives_nothing_back<kPolicies>()...};

  static Result<Any> create(size_t chosen, const LimitSetup& setup) {
    static constexpr Result<Any> (*kCreate[])(const LimitSetup&) = {&create_one<kPolicies>...};
    return kCreate[chosen](setup);
  }
  // What the policy decides on: its cells, which may be of another's type. Into is AnyCells, or
  // OneCells where there are several rates. (In a fleet it is what was granted, whatever the
  // policy, and with plans those decide.)
  template <class Into = AnyCells>
  static Into over(const Any& policy, const CellsAt<>& at) {
    return over_from<Into, 0>(policy, at);
  }
  // The configuration that its cells begin with.
  static LimitEpochs<>::Begun first(const Any& policy) {
    return visit_variant(policy, [](const auto& held) {
      return std::decay_t<decltype(held)>::Cells::first(held.kept());
    });
  }

 private:
  template <class Into, size_t kAt>
  static Into over_from(const Any& policy, const CellsAt<>& at) {
    if (const auto* held = std::get_if<kAt>(&policy))
      return Into(std::in_place_index<kAt>, held->over(at));
    if constexpr (kAt + 1 < sizeof...(kPolicies)) return over_from<Into, kAt + 1>(policy, at);
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
using LimitPolicies =
    LimitPolicyList<TokenBucketPolicy, SlidingWindowPolicy, FixedWindowPolicy, SlidingCounterPolicy,
                    CalendarWindowPolicy, WarmUpPolicy, CountMinPolicy>;

}  // namespace og
