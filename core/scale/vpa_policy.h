// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/scale/sizing_policy.h"

namespace og {

// The estimator of Kubernetes' Vertical Pod Autoscaler (kubernetes/autoscaler, release 1.7,
// vertical-pod-autoscaler/pkg/recommender: model/container.go, model/aggregate_container_state.go,
// logic/recommender.go).
//
// CPU is compressible: each sample counts, and a percentile of them may be throttled. Memory is
// not: of each interval (24 h) only the peak counts, so that a percentile is one of days, and a
// peak that is passed within the interval is taken back. An interval's peak is dated to its end. An
// out-of-memory is a peak of more than was used; a second one in the interval does not build on the
// first, as what it builds on is what was used.
class VpaPolicy final : public SizingPolicy {
 public:
  explicit VpaPolicy(const SizingRules& rules);

  void cpu(double cores, double weight, int64_t at) override;
  void memory(double bytes, double weight, int64_t at) override;
  void out_of_memory(double bytes, double weight, int64_t at) override;
  UseBounds cpu_bounds(int64_t now) const override;
  UseBounds memory_bounds(int64_t now) const override;
  void state(StateArchive& archive) override;

 private:
  void peak(double bytes, bool killed, double weight, int64_t at);
  UseBounds bounds(const UsageHistogram& use) const;

  const SizingRules rules_;
  UsageHistogram cpu_, memory_;
  // Of the interval that is under way. The weight is that of the peak that is in the histogram.
  std::optional<int64_t> interval_end_;
  double used_ = 0, killed_ = 0, weight_ = 0;
};

}  // namespace og
