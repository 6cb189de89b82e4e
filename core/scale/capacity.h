// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scale/staffing.h"
#include "core/scale/theil_sen.h"
#include "core/scale/usl.h"

namespace og {

extern const OptionTable kCapacityOptions;

// How much a system carries, and how many instances a load needs: what is asked before there is an
// autoscaler, or of the bounds that it gets.
//
// It is told what was measured: throughput by concurrency (for the scalability law, usl.h) and one
// instance's utilization by its rate (theil_sen.h). What queueing theory says (queueing.h) needs no
// measurement but the time that a request takes. The option `model` says which of these answers
// staff(); zones that may be lost are added on top of each.
//
// Safe from every thread: a mutex, as questions are rare.
class Capacity {
 public:
  static Result<std::unique_ptr<Capacity>> create(const Config& config);

  // kInvalidArgument, and nothing is taken, for a concurrency below 1, a throughput that is not
  // above 0, a negative rate or utilization, and what is no number or above kHighest.
  Status observe(double concurrency, double throughput);
  Status observe_utilization(double rate, double utilization);

  // kUnsupported while too little was observed: the error says how much there is.
  Result<UslFit> fit();
  // What that many carry, by the fit; kNone while there is none.
  Result<double> throughput(double concurrency);

  // How many instances a rate needs, in requests a minute (of model usl, in the unit of what was
  // observed). kUnsupported where no number of them carries it, or too little was observed.
  Result<Staffing> staff(double rate);
  // Per cent of the requests that wait longer than wait_ms with so many instances, and, were there
  // no queue, that are refused.
  Result<double> waiting(int64_t instances, double rate);
  Result<double> blocking(int64_t instances, double rate);

  // Changes what options it names; what was observed stays.
  Result<void> reconfigure(const Config& config);

  void collect(MetricSink& sink) const;

  static constexpr double kHighest = 1e15;
  static constexpr int64_t kMostServers = 10'000'000;
  static constexpr double kMostInstances = 1e9;

 private:
  struct Settings {
    StaffingModel model;
    double service_ns, wait_ns;  // 0: unknown
    int64_t workers, zones;
    double wait_share, target, confidence;
    std::size_t samples;
    std::string meaning;  // of the options
  };
  static Result<Settings> read(const Config& config);
  explicit Capacity(Settings settings) : settings_(std::move(settings)) {}

  // The last observations of a kind; the oldest leave.
  template <class Sample>
  class Recent {
   public:
    void add(const Sample& sample, std::size_t most) {
      if (kept_.size() < most) {
        kept_.push_back(sample);
      } else {
        kept_[next_ % most] = sample;
      }
      next_ = (next_ + 1) % most;
    }
    std::span<const Sample> kept() const { return kept_; }

   private:
    std::vector<Sample> kept_;
    std::size_t next_ = 0;
  };

  static Result<void> check_rate(double rate);
  Result<UslFit> fitted() const OG_REQUIRES(mutex_);
  Result<double> load_of(double rate) const OG_REQUIRES(mutex_);
  // The same, beside a count of instances that is checked.
  Result<double> load_with(int64_t instances, double rate) const OG_REQUIRES(mutex_);
  Result<Staffing> by_queueing(double rate) const OG_REQUIRES(mutex_);
  Result<Staffing> by_utilization(double rate) const OG_REQUIRES(mutex_);
  Result<Staffing> by_usl(double rate) const OG_REQUIRES(mutex_);
  // With what replaces the zone that is lost: the rest is no fewer than those that work.
  int64_t with_spare(int64_t working) const OG_REQUIRES(mutex_);

  mutable ForkMutex mutex_;
  Settings settings_ OG_GUARDED_BY(mutex_);
  Recent<UslSample> scalability_ OG_GUARDED_BY(mutex_);
  Recent<UtilizationSample> utilization_ OG_GUARDED_BY(mutex_);
  mutable std::optional<UslFit> fit_ OG_GUARDED_BY(mutex_);  // of scalability_ as it is
  int64_t rejected_ OG_GUARDED_BY(mutex_) = 0;
};

}  // namespace og
