// SPDX-License-Identifier: Apache-2.0
#include "core/scale/reactive_policy.h"

namespace og {
namespace {

// The tutorial's AutoScaler: one more when any metric is over its upper threshold, one fewer when
// all four are under their lower ones, whatever the load. A missing or stale metric compares as
// NaN does there: it neither asks for more nor agrees to fewer.
class StepPolicy final : public ReactivePolicy {
 public:
  explicit StepPolicy(const Thresholds& thresholds) : thresholds_(thresholds) {}

  ReactiveProposal propose(const Readings& readings, int32_t current, int64_t) override {
    bool any = false;
    bool all_low = true;
    for (Metric m : kThresholdMetrics) {
      const Reading& reading = readings[m];
      if (reading.fresh() && reading.value > thresholds_.up[m]) {
        return {current + 1, ScaleReason::kOverThreshold, m, reading.value, thresholds_.up[m]};
      }
      any = any || reading.fresh();
      all_low = all_low && reading.fresh() && reading.value < thresholds_.down[m];
    }
    if (!any) return {current, ScaleReason::kNoData};
    if (all_low) {
      constexpr Metric kFirst = Metric::kCpuUtilization;
      return {current - 1, ScaleReason::kUnderThresholds, kFirst, readings[kFirst].value,
              thresholds_.down[kFirst]};
    }
    return {current, ScaleReason::kSteady};
  }

  void use(const Thresholds& thresholds, const Options&) override { thresholds_ = thresholds; }
  void state(StateArchive&) override {}  // it goes by this moment alone

 private:
  Thresholds thresholds_;
};

}  // namespace

std::unique_ptr<ReactivePolicy> make_step_policy(const Thresholds& thresholds, const Options&) {
  return std::make_unique<StepPolicy>(thresholds);
}

}  // namespace og
