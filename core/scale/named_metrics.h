// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/scale/metric_rules.h"
#include "core/scale/needed_window.h"
#include "core/scale/reactive_policy.h"

namespace og {

struct NamedSettings {
  int64_t stale_ns = 0;
  double tolerance_up = 0, tolerance_down = 0;
  int64_t up_window_ns = 0, down_window_ns = 0;
};

// The metrics that the option `metrics` names: their latest values, and how many instances they ask
// for. That is the most that any of them asks for (metric_rules.h); where one is missing or stale
// the others may ask for more than there are, and not for fewer.
//
// A metric within its tolerance asks for what there is, as with Kubernetes' autoscaler (KEP-4951
// has one a direction). What all ask for is then held by two windows, as its stabilization is:
// never more than the fewest, never fewer than the most of a window. What there was at the first
// look counts as asked for then. The same holds while the metric of a utilization is of other
// instances than there are: over its target it asks for no fewer, below it for no more.
//
// The autoscaler serializes. It allocates nothing but when it is made.
class NamedMetrics {
 public:
  explicit NamedMetrics(std::vector<MetricRule> rules) : rules_(std::move(rules)) {}

  bool empty() const { return rules_.empty(); }
  std::optional<std::size_t> find(std::string_view name) const;
  std::optional<Metric> known(std::size_t at) const { return rules_[at].known; }

  void observe(std::size_t at, double value, int64_t now, int32_t ready, int32_t count);
  // One of the five, where a rule is for it.
  void observe(Metric metric, double value, int64_t now, int32_t ready, int32_t count);
  // What was read before the count was known is of these.
  void count_is(int32_t count);

  // Nothing, where no metric that demands has a fresh value.
  std::optional<ReactiveProposal> propose(int32_t current, int64_t now, const NamedSettings& s);

  // The first demand that is missing, or other metric that is stale: no proposal for fewer holds.
  const MetricRule* silent(int64_t now, const NamedSettings& s) const;

  // The health metric that is out of bounds, or was so `hold_ns` ago or less.
  const MetricRule* sick(int64_t now, int64_t hold_ns) const;
  double last_value(const MetricRule& rule) const;

  void state(StateArchive& archive);

 private:
  struct Latest {
    double value = kMissing;
    int64_t at = -1;  // negative: none came
    int32_t ready = 0;
    int64_t sick_at = -1;
  };

  bool fresh(std::size_t at, int64_t now, int64_t stale_ns) const {
    return latest_[at].at >= 0 && now - latest_[at].at <= stale_ns;
  }
  std::size_t place(const MetricRule& rule) const {
    return static_cast<std::size_t>(&rule - rules_.data());
  }
  bool complete(std::size_t at, int64_t now, int64_t stale_ns) const;
  ReactiveProposal asked(std::size_t at, int32_t current, int64_t now,
                         const NamedSettings& s) const;

  const std::vector<MetricRule> rules_;
  std::array<Latest, MetricRule::kMost> latest_{};
  NeededWindow<true> most_;
  NeededWindow<false> fewest_;
  bool looked_ = false;
};

}  // namespace og
