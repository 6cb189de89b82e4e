// SPDX-License-Identifier: Apache-2.0
#include "core/balance/rotation.h"

namespace og {
namespace {

// A cycle is written down once and a pick is one atomic add, whatever the number of servers. A plan
// begins at the cycle's start, or where chance has it.
class WeightedRoundRobin final : public Plan {
 public:
  WeightedRoundRobin(std::shared_ptr<const Cycle> cycle, Turn* shared, Chance chance)
      : cycle_(std::move(cycle)),
        start_(chance.start),
        rest_(chance.start),
        turn_(shared ? *shared : own_) {}

  int32_t pick(std::string_view) const noexcept override { return next_in(*cycle_, turn_, start_); }
  int32_t pick_other(std::string_view, const Admits& admits) const noexcept override {
    return next_admitted_in(*cycle_, rest_, admits);
  }

 private:
  const std::shared_ptr<const Cycle> cycle_;  // of all plans over the set
  const uint64_t start_;
  Turn own_;
  mutable Turn rest_;
  Turn& turn_;
};

}  // namespace

std::unique_ptr<const Plan> plan_weighted_round_robin(std::shared_ptr<const Cycle> cycle,
                                                      Turn* shared, Chance chance) {
  return std::make_unique<WeightedRoundRobin>(std::move(cycle), shared, chance);
}

}  // namespace og
