// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/hpa_rule.h"

#include <algorithm>
#include <cmath>

namespace og::cli {
namespace {

int32_t whole(double instances) {
  return static_cast<int32_t>(std::clamp(std::ceil(instances - 1e-9), 0.0, 1e9));
}

}  // namespace

int32_t HpaRule::desired(const HpaOptions& options, int32_t ordered, int32_t ready,
                         double percent) {
  if (ready <= 0 || ordered <= 0) return ordered;
  const double ratio = percent / options.target_percent;
  const auto is_tolerated = [&](double of) {
    return std::abs(of - 1) <= options.tolerance + 1e-12;
  };
  if (ready >= ordered) return is_tolerated(ratio) ? ordered : whole(ratio * ordered);
  if (ratio <= 1) {
    // An idle rest does not speak for even fewer: the ready ones alone are asked.
    if (is_tolerated(ratio)) return ordered;
    return std::min(ordered, whole(ratio * ready));
  }
  const double diluted = ratio * ready / ordered;
  if (is_tolerated(diluted) || diluted < 1) return ordered;
  return std::max(ordered, whole(diluted * ordered));
}

int32_t HpaRule::stabilized(int64_t now_s, int32_t ordered, int32_t desired) {
  // The number found at first counts as recommended: a start does not scale down at once.
  if (recommended_.empty()) recommended_.push_back({now_s, ordered});
  while (!recommended_.empty() && recommended_.back().instances <= desired) recommended_.pop_back();
  recommended_.push_back({now_s, desired});
  while (recommended_.front().time_s <= now_s - options_.down_window_s && recommended_.size() > 1) {
    recommended_.pop_front();
  }
  if (desired >= ordered) return desired;
  return std::min(ordered, recommended_.front().instances);
}

int32_t HpaRule::bounded(int64_t now_s, int32_t ordered, int32_t desired) {
  while (!added_.empty() && added_.front().time_s + options_.period_s <= now_s) added_.pop_front();
  int32_t before = ordered;
  for (const At& at : added_) before -= at.instances;
  const int32_t most =
      std::max(before + options_.up_instances, whole(before * (1 + options_.up_percent / 100)));
  return std::min({desired, options_.max_instances, std::max(most, ordered)});
}

int32_t HpaRule::decide(int64_t now_s, int32_t ordered, int32_t ready, double percent) {
  int32_t next = stabilized(now_s, ordered, desired(options_, ordered, ready, percent));
  next = std::max(bounded(now_s, ordered, next), options_.min_instances);
  if (next > ordered) added_.push_back({now_s, next - ordered});
  return next;
}

}  // namespace og::cli
