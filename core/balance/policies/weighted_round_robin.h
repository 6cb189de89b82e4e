// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "core/balance/plan.h"
#include "core/balance/policy.h"
#include "core/balance/policy_turn.h"
#include "core/balance/weighted_plan.h"

namespace og {

// Each of the healthy as often as its weight says, in the smooth order. Its turn begins anew with
// each plan, but for that of a set in a segment, whose processes draw the same plan.
class WeightedRoundRobin final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup& setup) {
    std::optional<PolicyTurn> shared;
    if (setup.endpoints.want_cycle()) {
      auto turn = PolicyTurn::of(setup.endpoints, "weighted_round_robin");
      if (!turn) return tl::unexpected(std::move(turn.error()));
      shared.emplace(std::move(*turn));
    }
    return std::make_unique<WeightedRoundRobin>(std::move(shared), setup.chance);
  }
  WeightedRoundRobin(std::optional<PolicyTurn> shared, Chance chance)
      : shared_(std::move(shared)), chance_(chance) {}

  std::unique_ptr<const Plan> plan(Draft& draft) override {
    return std::make_unique<WeightedPlan>(draft.cycle(), shared_ ? &**shared_ : nullptr,
                                          chance_.start);
  }

 private:
  const std::optional<PolicyTurn> shared_;
  const Chance chance_;
};

inline constexpr PickPolicyRow kWeightedRoundRobin{.word = "weighted_round_robin",
                                                   .make = &WeightedRoundRobin::make};

}  // namespace og
