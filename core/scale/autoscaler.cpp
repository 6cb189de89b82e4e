// SPDX-License-Identifier: Apache-2.0
#include "core/scale/autoscaler.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace og {
namespace {

tl::unexpected<Error> unknown_count() {
  return fail(Status::kNone,
              "how many instances run is unknown: tell the autoscaler before it decides, by "
              "initial_instances or by setting the count",
              "initial_instances");
}

bool acceptable(double value) {
  return std::isnan(value) || (value >= 0 && value <= Autoscaler::kHighest);
}

// Says that it is no metric that the decision goes by.
void hold(ScaleDecision& d, ScaleReason reason, double value, double threshold) {
  d.reason = reason;
  d.metric = std::nullopt;
  d.name = {};
  d.value = value;
  d.threshold = threshold;
}

}  // namespace

Result<std::unique_ptr<Autoscaler>> Autoscaler::create(const Config& config, ClockPtr clock) {
  auto settings = read(config, *clock);
  if (!settings) return tl::unexpected(settings.error());
  return std::unique_ptr<Autoscaler>(new Autoscaler(*settings, std::move(clock)));
}

Autoscaler::Autoscaler(Settings settings, ClockPtr clock)
    : clock_(std::move(clock)),
      policy_(settings.policy->make(settings.thresholds, *settings.options)),
      forecaster_(settings.predictor->make(settings.bins, settings.warmup_bins,
                                           settings.forecast_quantile)),
      settings_(settings),
      named_(settings.metrics),
      upstream_(settings.outage_hold_ns),
      steps_(settings.kept_ns()),
      log_(settings.history) {
  if (settings_.initial_instances > 0) instances_ = settings_.initial_instances;
  if (forecaster_) bins_.emplace(settings_.bins, *forecaster_, settings_.forecast_margin);
}

Status Autoscaler::observe_at(const ScalingMetrics& metrics, int64_t now) {
  ForkLock lock(mutex_);
  if (!std::all_of(metrics.values.begin(), metrics.values.end(), acceptable) || now < 0) {
    ++rejected_;
    return Status::kInvalidArgument;
  }
  now_ = std::max(now_, now);
  const int32_t count = instances_.value_or(Reading::kUnknownCount);
  for (std::size_t i = 0; i < kMetrics; ++i) {
    if (std::isnan(metrics.values[i])) continue;
    latest_.values[i] = {metrics.values[i], now_, ready_.value_or(count), count,
                         Reading::Age::kFresh};
    named_.observe(static_cast<Metric>(i), metrics.values[i], now_, ready_.value_or(count), count);
  }
  if (metrics[Metric::kErrorRate] > settings_.thresholds.up[Metric::kErrorRate]) {
    last_errors_ = now_;
  }
  const double rate = metrics[Metric::kRequestRate];
  if (bins_ && !std::isnan(rate)) {
    if (!frozen_by_errors(now_)) upstream_.add(now_, rate, bins_->usual(now_));
    if (!frozen(now_) && !upstream_.doubtful(rate, now_)) bins_->add(now_, rate);
  }
  return Status::kOk;
}

Status Autoscaler::observe_at(Metric metric, double value, int64_t now) {
  ScalingMetrics metrics;
  metrics[metric] = value;
  return observe_at(metrics, now);
}

Status Autoscaler::observe_named_at(std::string_view name, double value, int64_t now) {
  for (std::size_t i = 0; i < kMetrics; ++i) {
    const auto metric = static_cast<Metric>(i);
    if (name == metric_name(metric)) return observe_at(metric, value, now);
  }
  ForkLock lock(mutex_);
  const auto at = named_.find(name);
  if (!at || !acceptable(value) || now < 0) {
    ++rejected_;
    return Status::kInvalidArgument;
  }
  now_ = std::max(now_, now);
  const int32_t count = instances_.value_or(Reading::kUnknownCount);
  if (!std::isnan(value)) named_.observe(*at, value, now_, ready_.value_or(count), count);
  return Status::kOk;
}

Result<int64_t> Autoscaler::learn(std::span<const int64_t> at, std::span<const double> rates) {
  if (!forecaster_)
    return fail(Status::kUnsupported, "predictor is none: nothing to learn", "predictor");
  if (at.size() != rates.size()) {
    return fail(Status::kInvalidArgument, "as many times as rates are needed");
  }
  ForkLock lock(mutex_);
  const int64_t now = std::max(now_, clock_->now());
  int64_t taken = 0;
  for (std::size_t i = 0; i < at.size(); ++i) {
    if (at[i] < -settings_.bins.offset_ns || at[i] > now) continue;
    if (std::isnan(rates[i]) || !acceptable(rates[i])) continue;
    if (bins_->add(at[i], rates[i])) ++taken;
  }
  return taken;
}

Readings Autoscaler::readings_at(int64_t now) const {
  Readings readings = latest_;
  for (Reading& r : readings.values) {
    if (r.fresh() && now - r.at > settings_.stale_ns) r.age = Reading::Age::kStale;
  }
  return readings;
}

std::optional<Forecast> Autoscaler::forecast_locked(int64_t now) const {
  return bins_ ? bins_->forecast(now) : std::nullopt;
}

int32_t Autoscaler::instances_for(const Forecast& forecast) const {
  const double count = std::floor(*forecast.bound / settings_.instance_capacity) + 1;
  return static_cast<int32_t>(std::min(count, static_cast<double>(kMostInstances)));
}

bool Autoscaler::cooling(ScaleDecision& decision, std::optional<int64_t> since,
                         int64_t cooldown) const {
  if (cooldown == 0 || !since || decision.at - *since > cooldown) return false;
  hold(decision, ScaleReason::kCooldown, static_cast<double>(decision.at - *since) / 1e9,
       static_cast<double>(cooldown) / 1e9);
  return true;
}

// How many more may be added, or removed: of a period's `step`, or `share` of the `before` that it
// began with, what is not `made` yet.
int32_t Autoscaler::step_left(ScaleDecision& d, int64_t before, int64_t made, int32_t step,
                              double share) const {
  const double part = std::min(static_cast<double>(before) * share, 1.0 * kMostInstances);
  const int64_t most = std::max<int64_t>(step, static_cast<int64_t>(part));
  if (made < most) return static_cast<int32_t>(most - made);
  hold(d, ScaleReason::kStepBound, static_cast<double>(made), static_cast<double>(most));
  return 0;
}

int32_t Autoscaler::left(ScaleDecision& d, const Velocity::Limit& limit) const {
  if (limit.count != d.previous) return std::abs(limit.count - d.previous);
  hold(d, ScaleReason::kStepBound, static_cast<double>(limit.made), limit.most);
  return 0;
}

int32_t Autoscaler::up_left(ScaleDecision& d) const {
  const Settings& s = settings_;
  if (s.up_velocity.given()) return left(d, s.up_velocity.highest(d.previous, d.at, steps_));
  const int64_t made = std::max<int64_t>(steps_.net(d.at, s.step_period_ns), 0);
  return step_left(d, d.previous - made, made, s.max_step_up, s.step_up_share);
}

int32_t Autoscaler::down_left(ScaleDecision& d) const {
  const Settings& s = settings_;
  if (s.down_velocity.given()) return left(d, s.down_velocity.lowest(d.previous, d.at, steps_));
  const int64_t made = std::max<int64_t>(-steps_.net(d.at, s.step_period_ns), 0);
  return step_left(d, d.previous + made, made, s.max_step_down, s.step_down_share);
}

// From proposals to a count: the larger proposal, held by limits, cooldowns and step bounds.
void Autoscaler::settle(ScaleDecision& d, const ReactiveProposal& reactive) const {
  const int32_t current = d.previous;
  const int32_t predicted = settings_.forecast_only ? 0 : d.predicted;
  const int32_t want = std::max(d.reactive, predicted);
  d.reason = reactive.reason;
  d.metric = reactive.metric;
  if (reactive.name) std::snprintf(d.name.data(), d.name.size(), "%s", reactive.name);
  d.value = reactive.value;
  d.threshold = reactive.threshold;
  if (predicted > d.reactive && (want > current || d.reactive < current)) {
    d.reason = ScaleReason::kForecast;
    d.metric = Metric::kRequestRate;
    d.name = {};
    d.value = d.forecast;
    d.threshold = kMissing;
  }
  if (current < settings_.min_instances || current > settings_.max_instances) {
    d.desired = std::clamp(current, settings_.min_instances, settings_.max_instances);
    d.reason = ScaleReason::kOutOfRange;
  } else if (want > current) {
    if (current == settings_.max_instances) {
      d.reason = ScaleReason::kAtMaximum;
    } else if (!cooling(d, last_up_, settings_.up_cooldown_ns)) {
      const bool at_its_word = reactive.at_once && !settings_.up_velocity.given();
      const int32_t at_once = at_its_word ? reactive.instances : current;
      ScaleDecision held = d;
      const int32_t left = up_left(held);
      if (left == 0 && at_once == current) d = held;
      d.desired = std::min({want, settings_.max_instances, std::max(current + left, at_once)});
    }
  } else if (want < current) {
    if (current == settings_.min_instances) {
      d.reason = ScaleReason::kAtMinimum;
    } else if (!cooling(d, last_change_, settings_.down_cooldown_ns)) {
      d.desired = std::max({want, settings_.min_instances, current - down_left(d)});
    }
  }
}

bool Autoscaler::frozen_by_errors(int64_t now) const {
  const bool freezes = settings_.thresholds.error_role == ErrorRole::kFreeze;
  return freezes && !settings_.policy->answers_errors && last_errors_ &&
         now - *last_errors_ <= kFrozenNs;
}

// No fewer than now, by what is seen while errors are high or few can call.
void Autoscaler::hold_frozen(ReactiveProposal& reactive, int64_t now) const {
  if (reactive.instances > *instances_ || reactive.reason == ScaleReason::kPending) return;
  if (const MetricRule* sick = named_.sick(now, kFrozenNs); sick && !frozen_by_errors(now)) {
    const double value = named_.last_value(*sick);
    reactive = {*instances_, ScaleReason::kHealth, std::nullopt, value,
                value < sick->down || std::isnan(sick->up) ? sick->down : sick->up};
    reactive.name = sick->name.c_str();
    return;
  }
  if (!frozen_by_errors(now)) {
    reactive = {*instances_, ScaleReason::kOutage, Metric::kRequestRate, upstream_.rate(),
                upstream_.bound()};
    return;
  }
  reactive = {*instances_, ScaleReason::kErrors, Metric::kErrorRate,
              latest_[Metric::kErrorRate].value, settings_.thresholds.up[Metric::kErrorRate]};
}

// While a metric is silent its silence may be what makes the rest look low: no fewer than now.
void Autoscaler::hold_in_silence(ReactiveProposal& reactive, const Readings& readings,
                                 int64_t now) const {
  const bool over = reactive.instances > *instances_ || reactive.reason == ScaleReason::kPending;
  if (over || reactive.reason == ScaleReason::kNoData) return;
  std::optional<Metric> silent = readings.silent();
  if (!silent && bins_ && !settings_.forecast_only && bins_->silent(now)) {
    silent = Metric::kRequestRate;
  }
  if (silent) {
    reactive = {*instances_, ScaleReason::kStale, silent};
  } else if (const MetricRule* named = named_.silent(now, settings_.named)) {
    reactive = {*instances_, ScaleReason::kStale};
    reactive.name = named->name.c_str();
  }
}

// The larger of what the policy and the named metrics ask for; a policy that has seen none of its
// own metrics has no part in it.
ReactiveProposal Autoscaler::with_named(ReactiveProposal reactive, int32_t current, int64_t now) {
  const auto named = named_.propose(current, now, settings_.named);
  if (!named) return reactive;
  const bool larger = named->instances > reactive.instances;
  return larger || reactive.reason == ScaleReason::kNoData ? *named : reactive;
}

ScaleDecision Autoscaler::decide_locked(int64_t now, int32_t current) {
  ScaleDecision d;
  d.at = now;
  d.previous = d.desired = current;
  Readings readings = readings_at(now);
  // What the predictor knows of the usual is of no account where it only forecasts.
  readings.frozen = settings_.forecast_only ? frozen_by_metrics(now) : frozen(now);
  ReactiveProposal reactive = with_named(policy_->propose(readings, current, now), current, now);
  if (readings.frozen) {
    hold_frozen(reactive, now);
  } else {
    hold_in_silence(reactive, readings, now);
  }
  d.reactive = reactive.instances;
  if (const auto forecast = forecast_locked(now)) {
    d.forecast = forecast->rate;
    d.predicted = instances_for(*forecast);
  }
  settle(d, reactive);
  return d;
}

Result<ScaleDecision> Autoscaler::decide_at(int64_t now) {
  ForkLock lock(mutex_);
  now_ = now = std::max(now_, now);
  if (bins_) bins_->advance(now);
  if (!instances_) return unknown_count();
  ScaleDecision d = decide_locked(now, *instances_);

  if (d.desired != d.previous) {
    last_change_ = now;
    if (d.desired > d.previous) last_up_ = now;
    // A count set out of range is put right at once, which is no step.
    if (d.reason != ScaleReason::kOutOfRange) steps_.add(now, d.desired - d.previous);
    instances_ = d.desired;
    if (ready_) ready_ = std::min(*ready_, d.desired);
  }
  switch (d.action()) {
    case ScaleAction::kUp:
      ++ups_;
      break;
    case ScaleAction::kDown:
      ++downs_;
      break;
    case ScaleAction::kHold:
      ++holds_;
      break;
  }
  d.sequence = log_.add(d);
  return d;
}

Result<ScaleDecision> Autoscaler::advise_at(int64_t now) {
  ForkLock lock(mutex_);
  if (!instances_) return unknown_count();
  std::string before;
  StateArchive keeps = StateArchive::writing(before);
  state(keeps);
  now_ = now = std::max(now_, now);
  if (bins_) bins_->advance(now);
  ScaleDecision d = decide_locked(now, *instances_);
  d.sequence = log_.end();
  // Which allocates nothing, and so cannot fail.
  StateArchive as_before = StateArchive::reading(before, 0);
  state(as_before);
  return d;
}

std::optional<int32_t> Autoscaler::instances() const {
  ForkLock lock(mutex_);
  return instances_;
}

Status Autoscaler::set_instances(int32_t count) {
  if (count < 0 || count > kMostInstances) return Status::kInvalidArgument;
  ForkLock lock(mutex_);
  if (!instances_) {  // what was read before then is of these
    for (Reading& reading : latest_.values) {
      if (reading.ready == Reading::kUnknownCount) reading.ready = count;
      if (reading.desired == Reading::kUnknownCount) reading.desired = count;
    }
  }
  instances_ = count;
  named_.count_is(count);
  if (ready_) ready_ = std::min(*ready_, count);
  return Status::kOk;
}

Status Autoscaler::set_ready(int32_t count) {
  if (count < 0 || count > kMostInstances) return Status::kInvalidArgument;
  ForkLock lock(mutex_);
  ready_ = count;
  return Status::kOk;
}

std::optional<Forecast> Autoscaler::forecast_at(int64_t now) const {
  ForkLock lock(mutex_);
  return forecast_locked(std::max(now, now_));
}

int64_t Autoscaler::history_first() const {
  ForkLock lock(mutex_);
  return log_.first();
}

int64_t Autoscaler::history_end() const {
  ForkLock lock(mutex_);
  return log_.end();
}

std::optional<ScaleDecision> Autoscaler::history(int64_t sequence) const {
  ForkLock lock(mutex_);
  const ScaleDecision* found = log_.find(sequence);
  return found ? std::optional(*found) : std::nullopt;
}

void Autoscaler::collect(MetricSink& sink) const {
  ForkLock lock(mutex_);
  constexpr const char* kDecisions = "outgrow_autoscaler_decisions_total";
  constexpr const char* kHelp = "Decisions by what they did.";
  sink.counter(kDecisions, kHelp, {{"action", "up"}}, ups_);
  sink.counter(kDecisions, kHelp, {{"action", "down"}}, downs_);
  sink.counter(kDecisions, kHelp, {{"action", "hold"}}, holds_);
  sink.counter("outgrow_autoscaler_rejected_samples_total",
               "Samples refused for a negative or infinite value.", {}, rejected_);
  if (instances_) sink.level("outgrow_autoscaler_instances", "Instances wanted.", {}, *instances_);
  if (const auto forecast = forecast_locked(now_)) {
    sink.level("outgrow_autoscaler_forecast_requests_per_second",
               "Request rate expected one horizon ahead.", {}, forecast->rate / 60);
    sink.level("outgrow_autoscaler_forecast_bound_requests_per_second",
               "Request rate that the forecast provides for.", {}, *forecast->bound / 60);
  }
  if (const auto accuracy = bins_ ? bins_->accuracy() : std::nullopt) {
    sink.level("outgrow_autoscaler_forecast_rmse_requests_per_second",
               "Root of the mean squared error of a week's forecasts.", {},
               accuracy->root_mean_square / 60);
    if (!std::isnan(accuracy->error_share)) {
      sink.level("outgrow_autoscaler_forecast_wape_ratio",
                 "Mean absolute error of a week's forecasts, as a share of the mean rate.", {},
                 accuracy->error_share);
    }
    sink.level("outgrow_autoscaler_forecast_coverage_ratio",
               "Share of a week's forecasts that provided for no less than came.", {},
               accuracy->coverage);
  }
}

}  // namespace og
