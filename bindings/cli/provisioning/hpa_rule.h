// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

namespace og::cli {

// The options of Kubernetes' HorizontalPodAutoscaler, autoscaling/v2, with its defaults.
struct HpaOptions {
  double target_percent = 70;  // of CPU, in the mean of the ready instances
  double tolerance = 0.1;      // of the target, both ways
  int32_t min_instances = 1;
  int32_t max_instances = 20;
  int64_t down_window_s = 300;  // scaleDown.stabilizationWindowSeconds
  int64_t period_s = 15;        // of the policies: the most to change within it
  int32_t up_instances = 4;     // scaleUp: this many, or
  double up_percent = 100;      // so much of the number, whichever is more
};

/*
 * The rule of the HorizontalPodAutoscaler for CPU utilization, as its documentation has it
 * (kubernetes.io, "Horizontal Pod Autoscaling": Algorithm details, Default behavior):
 *
 *   desired = ceil(ready * utilization / target), and no change while utilization / target is
 *   within the tolerance of 1. Instances that do not serve yet count as idle when there is to be
 *   more, and not at all when there is to be fewer; where that turns the direction, no change.
 *   Scaling down takes the most that was desired within the stabilization window, scaling up is
 *   bounded within each period.
 */
class HpaRule {
 public:
  explicit HpaRule(const HpaOptions& options) : options_(options) {}

  // What to have, with `ordered` instances of which `ready` serve at `percent` of CPU in the mean.
  // Times do not step back.
  int32_t decide(int64_t now_s, int32_t ordered, int32_t ready, double percent);

  // The formula alone: before windows, periods and bounds.
  static int32_t desired(const HpaOptions& options, int32_t ordered, int32_t ready, double percent);

 private:
  struct At {
    int64_t time_s;
    int32_t instances;
  };

  int32_t stabilized(int64_t now_s, int32_t ordered, int32_t desired);
  int32_t bounded(int64_t now_s, int32_t ordered, int32_t desired);

  HpaOptions options_;
  std::deque<At> recommended_;  // within the window, each greater than all after it
  std::deque<At> added_;        // within the period
};

}  // namespace og::cli
