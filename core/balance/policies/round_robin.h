// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/balance/policy.h"
#include "core/balance/policy_turn.h"
#include "core/balance/rotation.h"

namespace og {

// Each of the healthy in turn, whatever its weight. The turn outlives the plan, so that a set that
// changes often does not favour those at its head.
class RoundRobin final : public PickPolicy {
 public:
  static Result<std::unique_ptr<PickPolicy>> make(const PickPolicySetup& setup) {
    auto turn = PolicyTurn::of(setup.endpoints, "round_robin");
    if (!turn) return tl::unexpected(std::move(turn.error()));
    turn->begin(setup.chance.start);
    return std::make_unique<RoundRobin>(std::move(*turn), setup.chance);
  }
  RoundRobin(PolicyTurn turn, Chance chance) : turn_(std::move(turn)), chance_(chance) {}

  std::unique_ptr<const Plan> plan(Draft& draft) override {
    return std::make_unique<Order>(draft.members(), *turn_, chance_);
  }

 private:
  class Order final : public Plan {
   public:
    Order(std::span<const Member> members, Turn& turn, Chance chance)
        : turn_(turn), rest_(chance.start) {
      for (const Member& m : members) {
        if (m.healthy && m.weight > 0) order_.push_back(m.endpoint->index);
      }
    }

    int32_t pick(const PickContext&) const noexcept override { return next_in(order_, turn_); }
    int32_t pick_other(const PickContext&, const Admits& admits) const noexcept override {
      return next_admitted_in(order_, rest_, admits);
    }

   private:
    std::vector<int32_t> order_;
    Turn& turn_;
    mutable Turn rest_;
  };

  const PolicyTurn turn_;
  const Chance chance_;
};

inline constexpr PickPolicyRow kRoundRobin{.word = "round_robin", .make = &RoundRobin::make};

}  // namespace og
