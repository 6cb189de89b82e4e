// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/scale/recent_changes.h"

namespace og {

// How fast the count may move one way: bounds, each so many instances or so many per cent of those
// that there were a period ago, and whether the widest of them counts or the narrowest. That is the
// behaviour of Kubernetes' autoscaler (autoscaling/v2, HPAScalingRules), whose words and rounding
// they have: per cent are rounded up on the way up and on the way down in favour of fewer.
//
//   "4/15s, 100%/15s"        the widest
//   "min: 4/15s, 100%/15s"   the narrowest
//   "disabled"               it does not move
//
// Where it says nothing, it bounds nothing (given() is false).
class Velocity {
 public:
  static Result<Velocity> parse(std::string_view option, std::string_view text);

  struct Limit {
    int32_t count = 0;  // the highest, or the lowest, that there may be; never beyond `current`
    int64_t made = 0;   // how many its period has changed already
    double most = 0;    // how many its period may change
  };
  Limit highest(int32_t current, int64_t now, const RecentChanges& changes) const;
  Limit lowest(int32_t current, int64_t now, const RecentChanges& changes) const;

  bool given() const { return disabled_ || !bounds_.empty(); }
  int64_t longest_period_ns() const;

  static constexpr std::size_t kMostBounds = 8;

 private:
  struct Bound {
    double amount;
    bool percent;
    int64_t period_ns;
  };
  template <class Moved>
  Limit limit(int32_t current, int64_t now, const RecentChanges& changes, int sign,
              Moved&& moved) const;

  std::vector<Bound> bounds_;
  bool narrowest_ = false, disabled_ = false;
};

}  // namespace og
