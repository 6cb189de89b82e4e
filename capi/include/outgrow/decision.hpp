// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <outgrow/autoscaler.h>

#include <cstdint>
#include <optional>
#include <outgrow/clock.hpp>
#include <string>

namespace outgrow {

// "cpu_utilization", "over_threshold", "up".
inline std::string text(ScaleMetric metric) {
  return og_scale_metric_name(static_cast<std::int32_t>(metric));
}
inline std::string text(ScaleReason reason) {
  return og_scale_reason_name(static_cast<std::int32_t>(reason));
}
inline std::string text(ScaleAction action) {
  return og_scale_action_name(static_cast<std::int32_t>(action));
}

// One decision of an autoscaler. It never changes.
class Decision : public detail::Handle<og_decision, og_decision_destroy> {
 public:
  using Handle::Handle;

  // Its number; of a hold that repeats, the number of the one that is kept.
  std::int64_t sequence() const { return og_decision_sequence(some()); }
  Time at() const { return Time(Duration(og_decision_at(some()))); }
  std::int32_t previous() const { return og_decision_previous(some()); }
  std::int32_t desired() const { return og_decision_desired(some()); }
  ScaleAction action() const { return static_cast<ScaleAction>(og_decision_action(some())); }
  ScaleReason reason() const { return static_cast<ScaleReason>(og_decision_reason(some())); }
  // The metric that decided, if one did.
  std::optional<ScaleMetric> metric() const {
    std::int32_t metric = og_decision_metric(some());
    return metric >= 0 ? std::optional(static_cast<ScaleMetric>(metric)) : std::nullopt;
  }
  // What was seen and what it was held against; NaN where the reason has none.
  double value() const { return og_decision_value(some()); }
  double threshold() const { return og_decision_threshold(some()); }
  // What the metrics, and the forecast if there is one, asked for before limits.
  std::int32_t reactive() const { return og_decision_reactive(some()); }
  std::optional<std::int32_t> predicted() const {
    std::int32_t count = og_decision_predicted(some());
    return count >= 0 ? std::optional(count) : std::nullopt;
  }
  // Requests a minute expected, NaN without a forecast.
  double forecast() const { return og_decision_forecast(some()); }
  // One line, as "up 2 -> 4: cpu_utilization 93 is over 70".
  std::string text() const { return og_decision_text(some()); }

 private:
  const og_decision* some() const { return detail::given(*this); }
};

}  // namespace outgrow
