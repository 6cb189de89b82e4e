// SPDX-License-Identifier: Apache-2.0
#include "core/scale/decision.h"

#include <cmath>
#include <iterator>

#include "core/scale/text_line.h"

namespace og {
namespace {

constexpr const char* kReasonNames[] = {
    "steady",     "over_threshold", "under_thresholds", "forecast", "pending", "cooldown",
    "window",     "at_maximum",     "at_minimum",       "no_data",  "stale",   "out_of_range",
    "step_bound", "errors",         "demand",           "outage",   "target",  "health"};
static_assert(std::size(kReasonNames) == static_cast<std::size_t>(ScaleReason::kHealth) + 1);

void because(const ScaleDecision& d, TextLine& line) {
  const char* metric = d.metric_text();
  switch (d.reason) {
    case ScaleReason::kSteady:
      return line.add("within thresholds");
    case ScaleReason::kOverThreshold:
      return line.add("%s %.4g is over %.4g", metric, d.value, d.threshold);
    case ScaleReason::kUnderThresholds:
      return line.add("every metric is under its threshold, %s %.4g under %.4g", metric, d.value,
                      d.threshold);
    case ScaleReason::kForecast:
      return line.add("%.4g requests a minute are forecast, for %d instances", d.forecast,
                      d.predicted);
    case ScaleReason::kPending:
      return line.add("%s %.4g is over %.4g, instances are starting", metric, d.value, d.threshold);
    case ScaleReason::kCooldown:
      return line.add("%.4g s of the cooldown's %.4g s have passed", d.value, d.threshold);
    case ScaleReason::kWindow:
      return line.add("%.4g were needed within the window", d.value);
    case ScaleReason::kAtMaximum:
      return line.add("at max_instances");
    case ScaleReason::kAtMinimum:
      return line.add("at min_instances");
    case ScaleReason::kNoData:
      return line.add("no metric has a fresh value");
    case ScaleReason::kStale:
      return line.add("%s is silent", metric);
    case ScaleReason::kOutOfRange:
      return line.add("the count was outside min_instances to max_instances");
    case ScaleReason::kErrors:
      return line.add(
          "error_rate was over %.4g within the last minutes: what is seen is no measure",
          d.threshold);
    case ScaleReason::kDemand:
      if (std::isnan(d.threshold)) return line.add("the load fills %.4g instances now", d.value);
      return line.add("the load fills %.4g instances, and its scatter %.4g", d.value, d.threshold);
    case ScaleReason::kOutage:
      return line.add("%.4g requests a minute are an outage, as %.4g would be few at this time",
                      d.value, d.threshold);
    case ScaleReason::kTarget:
      return line.add("%s %.4g at a target of %.4g needs %d instances", metric, d.value,
                      d.threshold, d.reactive);
    case ScaleReason::kHealth:
      return line.add("%s was beyond %.4g within the last minutes: what is seen is no measure",
                      metric, d.threshold);
    case ScaleReason::kStepBound:
      return line.add("%.4g of the %.4g instances of a period are changed already", d.value,
                      d.threshold);
  }
}

}  // namespace

const char* reason_name(ScaleReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}

const char* action_name(ScaleAction action) {
  switch (action) {
    case ScaleAction::kUp:
      return "up";
    case ScaleAction::kDown:
      return "down";
    case ScaleAction::kHold:
      break;
  }
  return "hold";
}

void ScaleDecision::print(std::span<char> out) const {
  TextLine line(out);
  if (action() == ScaleAction::kHold) {
    line.add("hold %d: ", desired);
  } else {
    line.add("%s %d -> %d: ", action_name(action()), previous, desired);
  }
  because(*this, line);
}

std::string ScaleDecision::text() const {
  char line[kTextSize];
  print(line);
  return line;
}

int64_t DecisionLog::add(ScaleDecision decision) {
  if (const ScaleDecision* last = find(end_ - 1)) {
    const bool hold = decision.action() == ScaleAction::kHold;
    if (hold && decision.reason == last->reason && decision.metric == last->metric &&
        decision.name == last->name && decision.desired == last->desired) {
      return last->sequence;
    }
  }
  decision.sequence = end_;
  ring_[static_cast<std::size_t>(end_) % ring_.size()] = decision;
  ++end_;
  size_ = std::min(size_ + 1, ring_.size());
  return decision.sequence;
}

const ScaleDecision* DecisionLog::find(int64_t sequence) const {
  if (sequence < first() || sequence >= end_) return nullptr;
  return &ring_[static_cast<std::size_t>(sequence) % ring_.size()];
}

}  // namespace og
