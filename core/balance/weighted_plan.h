// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "core/balance/rotation.h"
#include "core/balance/weighted_cycle.h"

namespace og {

// Picks by a cycle. It is written down once and a pick is one atomic add, whatever the number of
// servers. A plan begins at the cycle's start, or where chance has it.
class WeightedPlan final : public Plan {
 public:
  // shared: the turn; null: a turn of its own.
  WeightedPlan(std::shared_ptr<const Cycle> cycle, Turn* shared, uint64_t start)
      : cycle_(std::move(cycle)), start_(start), rest_(start), turn_(shared ? *shared : own_) {}

  int32_t pick(const PickContext&) const noexcept override {
    return next_in(*cycle_, turn_, start_);
  }
  int32_t pick_other(const PickContext&, const Admits& admits) const noexcept override {
    return next_admitted_in(*cycle_, rest_, admits);
  }

 private:
  const std::shared_ptr<const Cycle> cycle_;  // of all plans over the set
  const uint64_t start_;
  Turn own_;
  mutable Turn rest_;
  Turn& turn_;
};

}  // namespace og
