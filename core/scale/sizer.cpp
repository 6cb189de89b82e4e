// SPDX-License-Identifier: Apache-2.0
#include "core/scale/sizer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/scale/autopilot_policy.h"
#include "core/scale/forecaster.h"
#include "core/scale/vpa_policy.h"

namespace og {
namespace {

constexpr double kNever = std::numeric_limits<double>::quiet_NaN();

bool is_use(double value) { return value >= 0 && value <= Sizer::kHighest; }  // NaN is not

// Saturday is the epoch's third day, a Thursday being its first.
bool is_weekend(int64_t local_ns) {
  const int64_t day = local_ns / kDayNs - (local_ns % kDayNs < 0);
  const int64_t weekday = ((day + 4) % 7 + 7) % 7;
  return weekday == 0 || weekday == 6;
}

}  // namespace

Result<std::unique_ptr<Sizer>> Sizer::create(const Config& config, ClockPtr clock) {
  auto settings = read(config, *clock);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  return std::unique_ptr<Sizer>(new Sizer(*settings, std::move(clock)));
}

Sizer::Sizer(const Settings& settings, ClockPtr clock)
    : settings_(settings), clock_(std::move(clock)), policy_(make_policy(settings)) {}

std::unique_ptr<SizingPolicy> Sizer::make_policy(const Settings& settings) {
  if (settings.policy == SizerPolicy::kVpa) return std::make_unique<VpaPolicy>(settings.rules);
  return std::make_unique<AutopilotPolicy>(settings.rules);
}

int64_t Sizer::seen(History& history) {
  now_ = std::max(now_, clock_->now());
  ++history.samples;
  if (!history.first) history.first = now_;
  history.last = now_;
  return now_;
}

double Sizer::weight_at(int64_t at) const {
  if (settings_.weekend == 1) return 1;
  int64_t local = 0;
  if (__builtin_add_overflow(at, settings_.clock_began + settings_.utc_offset_ns, &local)) return 1;
  return is_weekend(local) ? settings_.weekend : 1;
}

template <class Take>
Status Sizer::take(double value, History& history, Take&& take) {
  if (!is_use(value)) {
    ++rejected_;
    return Status::kInvalidArgument;
  }
  const int64_t at = seen(history);
  take(at, weight_at(at));
  return Status::kOk;
}

Status Sizer::observe_cpu(double cores) {
  ForkLock lock(mutex_);
  SizingPolicy& policy = *policy_;
  return take(cores, cpu_, [&](int64_t at, double weight) { policy.cpu(cores, weight, at); });
}

Status Sizer::observe_memory(double bytes) {
  ForkLock lock(mutex_);
  SizingPolicy& policy = *policy_;
  return take(bytes, memory_, [&](int64_t at, double weight) { policy.memory(bytes, weight, at); });
}

// A kill is one on any day: its weight is whole.
Status Sizer::observe_oom(double bytes) {
  ForkLock lock(mutex_);
  SizingPolicy& policy = *policy_;
  const Status taken =
      take(bytes, memory_, [&](int64_t at, double) { policy.out_of_memory(bytes, 1, at); });
  if (taken == Status::kOk) {
    last_oom_ = now_;
    ++ooms_;
  }
  return taken;
}

double Sizer::confidence(const History& history) const {
  if (!history.first) return 0;
  const auto interval = static_cast<double>(settings_.confidence_ns);
  const double lifespan = static_cast<double>(*history.last - *history.first) / interval;
  const double samples =
      static_cast<double>(history.samples) / (interval / static_cast<double>(kMinuteNs));
  return std::min(lifespan, samples);
}

// Whether the target is what the policy says of it.
bool Sizer::sized(UseBounds& bounds, const History& history, const UseBounds& allowed,
                  SizingReason& reason) const {
  if (!history.first) {
    bounds = {kNever, kNever, kNever};
    return true;
  }
  const double known = confidence(history);
  bounds.lower *= settings_.margin * std::pow(1 + 0.001 / known, -2);
  bounds.target *= settings_.margin;
  bounds.upper *= settings_.margin;
  // Nothing used, and no history: not a number.
  if (bounds.upper > 0) bounds.upper *= 1 + 1 / known;
  const double said = bounds.target;
  for (double* each : {&bounds.lower, &bounds.target, &bounds.upper}) {
    *each = std::clamp(*each, allowed.lower, allowed.upper);
  }
  if (said < allowed.lower) reason = SizingReason::kMinimum;
  if (said > allowed.upper) reason = SizingReason::kMaximum;
  return said == bounds.target;
}

Result<Sizing> Sizer::recommend() const {
  ForkLock lock(mutex_);
  if (!cpu_.first && !memory_.first) {
    return fail(Status::kUnsupported, "nothing was observed: there is nothing to recommend by");
  }
  const int64_t now = std::max(now_, clock_->now());
  Sizing sizing;
  sizing.cpu = policy_->cpu_bounds(now);
  sizing.memory = policy_->memory_bounds(now);
  sizing.confidence = cpu_.first ? confidence(cpu_) : confidence(memory_);
  if (cpu_.first && memory_.first) {
    sizing.confidence = std::min(sizing.confidence, confidence(memory_));
  }
  if (sizing.confidence < 1) sizing.reason = SizingReason::kLittleHistory;
  SizingReason held = sizing.reason;
  const bool cpu_as_said = sized(sizing.cpu, cpu_, settings_.cpu, held);
  const bool memory_as_said = sized(sizing.memory, memory_, settings_.memory, held);
  sizing.cpu_startup = std::min(sizing.cpu.target * settings_.startup, settings_.cpu.upper);
  if (!cpu_.first) sizing.cpu_startup = kNever;
  const bool killed = last_oom_ && now - *last_oom_ < settings_.rules.interval_ns;
  if (!cpu_as_said || !memory_as_said) {
    sizing.reason = held;
  } else if (killed) {
    sizing.reason = SizingReason::kOutOfMemory;
  }
  return sizing;
}

void Sizer::collect(MetricSink& sink) const {
  {
    ForkLock lock(mutex_);
    constexpr const char* kSamples = "outgrow_sizer_observations_total";
    constexpr const char* kHelp = "Observations taken.";
    sink.counter(kSamples, kHelp, {{"resource", "cpu"}}, cpu_.samples);
    sink.counter(kSamples, kHelp, {{"resource", "memory"}}, memory_.samples);
    sink.counter("outgrow_sizer_out_of_memory_total", "Processes killed for memory.", {}, ooms_);
    sink.counter("outgrow_sizer_rejected_observations_total",
                 "Observations refused for a value that none can have.", {}, rejected_);
  }
  const auto sizing = recommend();
  if (!sizing) return;
  if (!std::isnan(sizing->cpu.target)) {
    sink.level("outgrow_sizer_cpu_target_cores", "Cores recommended.", {}, sizing->cpu.target);
  }
  if (!std::isnan(sizing->memory.target)) {
    sink.level("outgrow_sizer_memory_target_bytes", "Bytes recommended.", {},
               sizing->memory.target);
  }
}

}  // namespace og
