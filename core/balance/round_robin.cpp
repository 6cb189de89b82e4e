// SPDX-License-Identifier: Apache-2.0
#include "core/balance/rotation.h"

namespace og {
namespace {

// Each of the healthy in turn, whatever its weight. The turn outlives the plan, so that a set that
// changes often does not favour those at its head.
class RoundRobin final : public Plan {
 public:
  RoundRobin(std::span<const Member> members, Turn& turn, Chance chance)
      : turn_(turn), rest_(chance.start) {
    for (const Member& m : members) {
      if (m.healthy && m.weight > 0) order_.push_back(m.endpoint->index);
    }
  }

  int32_t pick(std::string_view) const noexcept override { return next_in(order_, turn_); }
  int32_t pick_other(std::string_view, const Admits& admits) const noexcept override {
    return next_admitted_in(order_, rest_, admits);
  }

 private:
  std::vector<int32_t> order_;
  Turn& turn_;
  mutable Turn rest_;
};

}  // namespace

std::unique_ptr<const Plan> plan_round_robin(std::span<const Member> members, Turn& turn,
                                             Chance chance) {
  return std::make_unique<RoundRobin>(members, turn, chance);
}

}  // namespace og
