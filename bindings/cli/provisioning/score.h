// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "bindings/cli/provisioning/backlog.h"
#include "bindings/cli/provisioning/clairvoyant.h"
#include "bindings/cli/provisioning/elasticity.h"

namespace og::cli {

// What one way to choose the number of instances came to, over the whole log.
struct Provisioning {
  double instance_hours = 0;
  double overloaded_minutes = 0;
  int64_t peak = 0;
  double utilization_percent = 0;  // of what was paid for
  double lost_percent = 0;         // of the work: its clients gave up
  ElasticityFigures elasticity;
};

// The account of it, slice by slice.
class Score {
 public:
  Score(double width_s, double patience_s) : width_s_(width_s), backlog_(patience_s) {}

  // A slice that brings `load` instances' work, `paid` for and `serving`.
  SliceServed add(double load, int64_t paid, int64_t serving) {
    const SliceServed slice = backlog_.live_through(load, static_cast<double>(serving), width_s_);
    if (slice.overloaded) overloaded_s_ += width_s_;
    paid_s_ += static_cast<double>(paid) * width_s_;
    arrived_s_ += load * width_s_;
    served_s_ += slice.served;
    lost_s_ += slice.lost;
    peak_ = std::max(peak_, paid);
    elasticity_.add(instances_for(load), serving);
    return slice;
  }

  Provisioning result() const {
    return {paid_s_ / 3600,
            overloaded_s_ / 60,
            peak_,
            paid_s_ > 0 ? 100 * served_s_ / paid_s_ : 0,
            arrived_s_ > 0 ? 100 * lost_s_ / arrived_s_ : 0,
            elasticity_.figures()};
  }

 private:
  double width_s_;
  Backlog backlog_;
  Elasticity elasticity_;
  double paid_s_ = 0;
  double overloaded_s_ = 0;
  double arrived_s_ = 0;
  double served_s_ = 0;
  double lost_s_ = 0;
  int64_t peak_ = 0;
};

}  // namespace og::cli
