// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/scale/metrics.h"

namespace og {

enum class ScaleAction : int32_t { kDown = -1, kHold = 0, kUp = 1 };

// Why the count is what it is. `metric`, `value` and `threshold` of the decision say the rest.
enum class ScaleReason : int32_t {
  kSteady,           // hold: nothing calls for a change
  kOverThreshold,    // up: a metric is over its upper threshold
  kUnderThresholds,  // down: every metric that votes is under its lower threshold
  kForecast,         // up, or no scale-down: the predicted load needs it
  kPending,          // hold: over a threshold, but enough instances are already starting
  kCooldown,         // hold: too soon after the last change; value and threshold in seconds
  kWindow,           // hold: within the window, more were needed; value: how many
  kAtMaximum,        // hold: would be more, but for max_instances
  kAtMinimum,        // hold: would be fewer, but for min_instances
  kNoData,           // hold: no metric has a fresh value
  kStale,            // hold: no scale-down while a metric that used to come is silent
  kOutOfRange,       // the count was set outside min_instances..max_instances
  kStepBound,        // hold: the period's steps are made; value: how many, threshold: the most
  kErrors,           // hold: no scale-down while errors are high, nor for minutes after
  kDemand,           // up or down: the load's level and its scatter; value and threshold, instances
  kOutage,           // hold: far fewer requests come than usual at this time of day
  kTarget,           // up or down: a named metric asks for so many; value and target
  kHealth,           // hold: no scale-down while a named metric of health is out of bounds
};

const char* action_name(ScaleAction action);
const char* reason_name(ScaleReason reason);

struct ScaleDecision {
  int64_t sequence = 0;
  int64_t at = 0;
  int32_t previous = 0;
  int32_t desired = 0;
  ScaleReason reason = ScaleReason::kSteady;
  std::optional<Metric> metric;
  std::array<char, 32> name{};  // of the named metric that decided; empty: none did
  double value = kMissing;
  double threshold = kMissing;
  int32_t reactive = 0;        // what the metrics alone ask for, before limits
  int32_t predicted = -1;      // what the forecast asks for, before limits; -1 without one
  double forecast = kMissing;  // requests a minute at the horizon

  ScaleAction action() const {
    return desired > previous   ? ScaleAction::kUp
           : desired < previous ? ScaleAction::kDown
                                : ScaleAction::kHold;
  }
  // One line: "up 2 -> 4: cpu_utilization 93 is over 70". print() allocates nothing.
  void print(std::span<char> line) const;
  std::string text() const;
  // The metric that decided, one of the five or a named one; "" where none did.
  const char* metric_text() const { return metric ? metric_name(*metric) : name.data(); }
  static constexpr std::size_t kTextSize = 192;
};

// The last `capacity` decisions. A hold for the same reason as the one before adds nothing to what
// is known and is not kept, so that quiet hours do not push the changes out.
class DecisionLog {
 public:
  explicit DecisionLog(std::size_t capacity) : ring_(capacity) {}

  // The number under which it, or the hold that it repeats, is kept.
  int64_t add(ScaleDecision decision);
  int64_t first() const { return end_ - static_cast<int64_t>(size_); }
  int64_t end() const { return end_; }
  const ScaleDecision* find(int64_t sequence) const;

 private:
  std::vector<ScaleDecision> ring_;
  std::size_t size_ = 0;
  int64_t end_ = 0;
};

}  // namespace og
