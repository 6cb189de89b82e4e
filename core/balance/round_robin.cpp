// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "core/balance/policy.h"

namespace og {
namespace {

// Each of the healthy in turn, whatever its weight. The turn outlives the plan, so that a set that
// changes often does not favour those at its head.
class RoundRobin final : public Plan {
 public:
  RoundRobin(std::span<const Member> members, Turn& turn) : turn_(turn) {
    for (const Member& m : members) {
      if (m.healthy && m.weight > 0) order_.push_back(m.endpoint->index);
    }
  }

  int32_t pick(std::string_view) const noexcept override {
    if (order_.empty()) return kNobody;
    return order_[turn_.take() % order_.size()];
  }

 private:
  std::vector<int32_t> order_;
  Turn& turn_;
};

}  // namespace

std::unique_ptr<const Plan> plan_round_robin(std::span<const Member> members, Turn& turn) {
  return std::make_unique<RoundRobin>(members, turn);
}

}  // namespace og
