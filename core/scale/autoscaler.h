// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scale/decision.h"
#include "core/scale/forecaster.h"
#include "core/scale/metrics.h"
#include "core/scale/named_metrics.h"
#include "core/scale/policies.h"
#include "core/scale/rate_bins.h"
#include "core/scale/reactive_policy.h"
#include "core/scale/recent_changes.h"
#include "core/scale/state_archive.h"
#include "core/scale/upstream.h"
#include "core/scale/velocity.h"

namespace og {

extern const OptionTable kAutoscalerOptions;

// How many instances a service should run, and why. It decides; the program starts and stops.
//
// The program feeds metrics as it gets them, together or one by one, and asks for a decision as
// often as it likes. A decision is the larger of two proposals: what the latest metrics ask for
// (policy `step` or `proportional`), and, with a predictor, what the load forecast one start-up
// time ahead needs. Limits, cooldowns and step bounds then apply. Each decision says which of these
// spoke.
//
// A value that is NaN is missing, not zero; one not renewed within stale_ms is stale. Neither
// counts as low: while a metric that used to come is silent, be it one that no threshold or vote
// looks at, nothing is scaled down. So it is when the predictor's rates, also those that it
// learned, have been silent for a horizon.
//
// Errors say that what is seen is no measure: of the load while a dependency is out, and just
// before its retries come. While they are over their threshold, and for five minutes after, nothing
// shrinks and nothing is learned (error_rate_role freeze), whatever the policy but for `step`,
// which answers errors by itself. So it is, whatever the policy, in an outage of what calls the
// service (upstream.h).
//
// The count moves when a decision is made: the program is taken to act on it. Where that did not
// happen, or somebody else scaled, set_instances() says so. A sample speaks for the instances that
// serve (set_ready()), which trail the count while new ones start. Until the program has said how
// many run, nothing is decided: a count is an order, and one made up is an order to shrink.
//
// Beside the five it has metrics of any name, whose kinds say what their values mean
// (named_metrics.h): the larger of what they and the policy ask for is the reactive proposal.
//
// Safe from every thread: a mutex, since decisions come a few times a minute at most. observe() and
// decide() do not allocate.
class Autoscaler {
 public:
  static Result<std::unique_ptr<Autoscaler>> create(const Config& config, ClockPtr clock);

  // kInvalidArgument, and nothing is taken, when a value is negative, infinite or beyond kHighest.
  Status observe(const ScalingMetrics& metrics) { return observe_at(metrics, clock_->now()); }
  Status observe_at(const ScalingMetrics& metrics, int64_t now);
  Status observe_at(Metric metric, double value, int64_t now);
  // One of the five or of those that the option `metrics` names; kInvalidArgument for another.
  Status observe_named(std::string_view name, double value) {
    return observe_named_at(name, value, clock_->now());
  }
  Status observe_named_at(std::string_view name, double value, int64_t now);

  // Past request rates, oldest first, for the predictor alone: warm from the first decision. Times
  // are the clock's; those before its start are negative. Returns how many were taken: not missing
  // values, nor those in the future or older than what is known.
  Result<int64_t> learn(std::span<const int64_t> at, std::span<const double> rates);

  // kNone while the count is unknown.
  Result<ScaleDecision> decide() { return decide_at(clock_->now()); }
  Result<ScaleDecision> decide_at(int64_t now);

  std::optional<int32_t> instances() const;
  Status set_instances(int32_t count);
  // How many of them serve; until told, all do.
  Status set_ready(int32_t count);

  // What decide would answer now. Nothing comes of it: neither count nor memory changes, nor is it
  // in the history. Allocates.
  Result<ScaleDecision> advise() { return advise_at(clock_->now()); }
  Result<ScaleDecision> advise_at(int64_t now);

  // All that decisions go by, as a line of text that an autoscaler of the same options goes on
  // with: after a restart, also on another machine, it decides as this one would have. A few KiB,
  // with a predictor 20 bytes more for each bin of a day; with pool 20 KiB at most. Times are told
  // by the wall clock, so that what is old is old. Options and history are not in it; of another
  // policy or predictor that part is left out. Versioned, and with a checksum.
  std::string save() const;
  // kBadValue, and nothing is taken, of what is damaged or of another version.
  Result<void> restore(std::string_view saved);

  // Changes what options it names, from the next decision on: bounds, thresholds, cooldowns, steps
  // and what turns a forecast into a count. What it has seen and decided stays.
  Result<void> reconfigure(const Config& config);

  // What the predictor expects one horizon from now, in requests a minute, and what to provide for;
  // nullopt without one, or
  // until it is warm.
  std::optional<Forecast> forecast() const { return forecast_at(clock_->now()); }
  std::optional<Forecast> forecast_at(int64_t now) const;

  // Decisions are numbered from 0; those in [first, end) are kept.
  int64_t history_first() const;
  int64_t history_end() const;
  std::optional<ScaleDecision> history(int64_t sequence) const;

  const ClockPtr& clock() const { return clock_; }
  void collect(MetricSink& sink) const;

  static constexpr double kHighest = 1e15;
  static constexpr int32_t kMostInstances = 1'000'000;

 private:
  static constexpr int64_t kFrozenNs = 5 * kMinuteNs;  // after the last high error rate

  struct Settings {
    int32_t min_instances, max_instances, initial_instances;  // the last 0: unknown
    Thresholds thresholds;
    std::vector<MetricRule> metrics;
    NamedSettings named;
    const ReactivePolicyRow* policy;
    const ForecasterRow* predictor;
    int64_t up_cooldown_ns, down_cooldown_ns, stale_ns;
    int32_t max_step_up, max_step_down;
    double step_up_share, step_down_share;
    int64_t step_period_ns;
    Velocity up_velocity, down_velocity;  // where they say nothing the steps bound
    int64_t outage_hold_ns;
    int64_t clock_began;  // in UTC, as local time is told by
    double instance_capacity, forecast_margin, forecast_quantile;
    bool forecast_only;
    BinLayout bins;
    int64_t warmup_bins;
    std::size_t history;
    std::string meaning;  // of the options
    std::shared_ptr<const Options> options;

    int64_t kept_ns() const {  // for which changes count
      return std::max(
          {step_period_ns, up_velocity.longest_period_ns(), down_velocity.longest_period_ns()});
    }
  };

  static Result<Settings> read(const Config& config, const Clock& clock);
  Autoscaler(Settings settings, ClockPtr clock);

  ScaleDecision decide_locked(int64_t now, int32_t current) OG_REQUIRES(mutex_);
  void state(StateArchive& archive) OG_REQUIRES(mutex_);
  Readings readings_at(int64_t now) const OG_REQUIRES(mutex_);
  std::optional<Forecast> forecast_locked(int64_t now) const OG_REQUIRES(mutex_);
  int32_t instances_for(const Forecast& forecast) const OG_REQUIRES(mutex_);
  void settle(ScaleDecision& decision, const ReactiveProposal& reactive) const OG_REQUIRES(mutex_);
  bool cooling(ScaleDecision& decision, std::optional<int64_t> since, int64_t cooldown) const;
  int32_t left(ScaleDecision& decision, const Velocity::Limit& limit) const;
  int32_t up_left(ScaleDecision& decision) const OG_REQUIRES(mutex_);
  int32_t down_left(ScaleDecision& decision) const OG_REQUIRES(mutex_);
  int32_t step_left(ScaleDecision& decision, int64_t before, int64_t made, int32_t step,
                    double share) const;
  bool frozen_by_errors(int64_t now) const OG_REQUIRES(mutex_);
  bool frozen_by_metrics(int64_t now) const OG_REQUIRES(mutex_) {
    return frozen_by_errors(now) || named_.sick(now, kFrozenNs);
  }
  bool frozen(int64_t now) const OG_REQUIRES(mutex_) {
    return frozen_by_metrics(now) || upstream_.out(now);
  }
  ReactiveProposal with_named(ReactiveProposal reactive, int32_t current, int64_t now)
      OG_REQUIRES(mutex_);
  void hold_frozen(ReactiveProposal& reactive, int64_t now) const OG_REQUIRES(mutex_);
  void hold_in_silence(ReactiveProposal& reactive, const Readings& readings, int64_t now) const
      OG_REQUIRES(mutex_);

  const ClockPtr clock_;
  const std::unique_ptr<ReactivePolicy> policy_;
  const std::unique_ptr<Forecaster> forecaster_;  // null: reactive alone

  mutable ForkMutex mutex_;
  Settings settings_ OG_GUARDED_BY(mutex_);
  std::optional<RateBins> bins_ OG_GUARDED_BY(mutex_);
  Readings latest_ OG_GUARDED_BY(mutex_);
  NamedMetrics named_ OG_GUARDED_BY(mutex_);
  // The latest time seen: callers' clocks may not step back.
  int64_t now_ OG_GUARDED_BY(mutex_) = 0;
  std::optional<int32_t> instances_ OG_GUARDED_BY(mutex_);
  std::optional<int32_t> ready_ OG_GUARDED_BY(mutex_);
  std::optional<int64_t> last_errors_ OG_GUARDED_BY(mutex_);  // over their threshold
  std::optional<int64_t> last_up_ OG_GUARDED_BY(mutex_), last_change_ OG_GUARDED_BY(mutex_);
  Upstream upstream_ OG_GUARDED_BY(mutex_);
  RecentChanges steps_ OG_GUARDED_BY(mutex_);
  DecisionLog log_ OG_GUARDED_BY(mutex_);
  int64_t ups_ OG_GUARDED_BY(mutex_) = 0, downs_ OG_GUARDED_BY(mutex_) = 0,
               holds_ OG_GUARDED_BY(mutex_) = 0, rejected_ OG_GUARDED_BY(mutex_) = 0;
};

}  // namespace og
