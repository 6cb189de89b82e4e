// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scale/sizing.h"
#include "core/scale/sizing_policy.h"

namespace og {

extern const OptionTable kSizerOptions;

enum class SizerPolicy { kVpa, kAutopilot };

// Right-sizing: how many cores and bytes a process is to be given, by what it used. A policy says
// what its use asks for (vpa_policy.h, autopilot_policy.h); on top come the margin, what history is
// too short for, and the bounds that the options set.
//
// Confidence is the Vertical Pod Autoscaler's: the days from the first sample to the last, or the
// days that so many samples would take at one a minute, whichever is less. The upper bound is
// 1 + 1 / confidence times as much, the lower (1 + .001 / confidence)^-2. Of each resource by its
// own samples.
//
// Safe from every thread: a mutex, as questions are rare.
class Sizer {
 public:
  static Result<std::unique_ptr<Sizer>> create(const Config& config, ClockPtr clock);

  // kInvalidArgument, and nothing is taken, for what is negative, no number or above kHighest.
  Status observe_cpu(double cores);
  Status observe_memory(double bytes);
  Status observe_oom(double bytes);

  // kUnsupported before anything was observed.
  Result<Sizing> recommend() const;

  // What another of the same options recommends alike by; for restore, also by another clock.
  std::string save() const;
  Result<void> restore(std::string_view saved);

  void collect(MetricSink& sink) const;

  static constexpr double kHighest = 1e15;

 private:
  struct Settings {
    SizerPolicy policy;
    SizingRules rules;
    double margin, weekend, startup;
    UseBounds cpu, memory;  // lower: the least, upper: the most
    int64_t confidence_ns, utc_offset_ns, clock_began;
  };
  // Of one resource.
  struct History {
    int64_t samples = 0;
    std::optional<int64_t> first, last;
  };
  static Result<Settings> read(const Config& config, const Clock& clock);
  Sizer(const Settings& settings, ClockPtr clock);

  static std::unique_ptr<SizingPolicy> make_policy(const Settings& settings);
  // Counts it. The clock may not step back.
  int64_t seen(History& history) OG_REQUIRES(mutex_);
  double weight_at(int64_t at) const;
  double confidence(const History& history) const;
  bool sized(UseBounds& bounds, const History& history, const UseBounds& allowed,
             SizingReason& reason) const;
  void state(StateArchive& archive, SizingPolicy& policy) OG_REQUIRES(mutex_);
  template <class Take>
  Status take(double value, History& history, Take&& take) OG_REQUIRES(mutex_);

  const Settings settings_;
  const ClockPtr clock_;
  mutable ForkMutex mutex_;
  std::unique_ptr<SizingPolicy> policy_ OG_GUARDED_BY(mutex_);
  History cpu_ OG_GUARDED_BY(mutex_), memory_ OG_GUARDED_BY(mutex_);
  int64_t now_ OG_GUARDED_BY(mutex_) = 0;
  std::optional<int64_t> last_oom_ OG_GUARDED_BY(mutex_);
  int64_t ooms_ OG_GUARDED_BY(mutex_) = 0, rejected_ OG_GUARDED_BY(mutex_) = 0;
};

}  // namespace og
