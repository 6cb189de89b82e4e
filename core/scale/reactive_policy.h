// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/base/options.h"
#include "core/scale/decision.h"
#include "core/scale/metrics.h"
#include "core/scale/state_archive.h"

namespace og {

// The four metrics that thresholds are set for; request_rate serves the forecast alone.
inline constexpr Metric kThresholdMetrics[] = {Metric::kCpuUtilization, Metric::kMemoryUtilization,
                                               Metric::kResponseTime, Metric::kErrorRate};

// What errors say, where the policy has no answer of its own.
enum class ErrorRole : int32_t {
  kFreeze,  // that what is seen is no measure: nothing shrinks, nothing is learned
  kUp,      // that one more is needed, while CPU agrees
  kOff,     // nothing
};

struct Thresholds {
  ScalingMetrics up;
  ScalingMetrics down;
  double tolerance = 0;  // share by which a load may exceed `up` unanswered
  bool memory_votes_down = false;
  double memory_baseline = 0;  // per cent that an idle instance uses
  int64_t window_ns = 0;       // of the proportional policy's scale-down
  double landing = 0.5;        // of it, from `down` at 0 to `up` at 1
  ErrorRole error_role = ErrorRole::kFreeze;
};

struct ReactiveProposal {
  int32_t instances = 0;  // against the current count: more, fewer or the same
  ScaleReason reason = ScaleReason::kSteady;
  std::optional<Metric> metric = std::nullopt;
  double value = kMissing;
  double threshold = kMissing;
  bool at_once = false;        // max_step_up does not hold what it asks for
  const char* name = nullptr;  // of the named metric that asks
};

// How many instances the metrics of this moment ask for. Limits, cooldowns, step bounds, the
// forecast and that nothing shrinks while a metric is silent are the autoscaler's, not the
// policy's.
class ReactivePolicy {
 public:
  ReactivePolicy() = default;
  ReactivePolicy(const ReactivePolicy&) = delete;
  ReactivePolicy& operator=(const ReactivePolicy&) = delete;
  virtual ~ReactivePolicy() = default;
  virtual ReactiveProposal propose(const Readings& readings, int32_t current, int64_t now) = 0;
  // Others from now on, but for the window, which stays.
  virtual void use(const Thresholds& thresholds, const Options& options) = 0;
  // What it knows, so that another with the same options goes on as it would.
  virtual void state(StateArchive& archive) = 0;
};

// What a policy's file tells of it: a row of kReactivePolicies (policies.h).
struct ReactivePolicyRow {
  const char* word;
  std::span<const OptionSpec> options{};  // its own, beside the autoscaler's
  bool answers_errors = false;            // by itself: error_rate_role is not for it
  // `options` are the autoscaler's, the policy's own among them.
  std::unique_ptr<ReactivePolicy> (*make)(const Thresholds& thresholds, const Options& options);
};

std::unique_ptr<ReactivePolicy> make_step_policy(const Thresholds& thresholds, const Options&);
std::unique_ptr<ReactivePolicy> make_proportional_policy(const Thresholds& thresholds,
                                                         const Options&);

}  // namespace og
