// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <outgrow/autoscaler_calls.hpp>
#include <string>
#include <vector>

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

// Metrics of one moment, NaN where they are missing.
struct ScaleSample {
  static constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

  double cpu_utilization = kMissing;     // per cent, mean of the serving instances
  double memory_utilization = kMissing;  // per cent, likewise
  double request_rate = kMissing;        // requests a minute, all instances together
  double response_time = kMissing;       // milliseconds
  double error_rate = kMissing;          // per cent of requests
};

// How many instances a service should run, and why: autoscaler.h has the rules. It decides; the
// program starts and stops them. Safe from every thread.
class AutoScaler : public detail::AutoscalerCalls {
 public:
  using AutoscalerCalls::AutoscalerCalls;

  // A value that is negative, infinite or above 1e15 is an Error, and none is taken.
  void observe(const ScaleSample& s) {
    detail::checked(og_autoscaler_observe(handle(), s.cpu_utilization, s.memory_utilization,
                                          s.request_rate, s.response_time, s.error_rate),
                    "og_autoscaler_observe");
  }
  void observe_at(const ScaleSample& s, Time now) {
    detail::checked(
        og_autoscaler_observe_at(handle(), s.cpu_utilization, s.memory_utilization, s.request_rate,
                                 s.response_time, s.error_rate, detail::ns(now)),
        "og_autoscaler_observe_at");
  }

  // Past request rates, oldest first, so that the predictor is warm from the start; those before
  // the clock's start have negative times. How many were taken.
  std::int64_t learn(const std::vector<Time>& at, const std::vector<double>& request_rates) {
    if (at.size() != request_rates.size()) {
      throw Error(Status::invalid_argument, "request_rates: one for each time");
    }
    std::vector<std::int64_t> times;
    times.reserve(at.size());
    for (Time time : at) times.push_back(detail::ns(time));
    return detail::checked(og_autoscaler_learn(handle(), times.data(), request_rates.data(),
                                               static_cast<std::int64_t>(times.size())),
                           "og_autoscaler_learn");
  }

  // The instances to run from now on. It takes it that the program follows; set_instances tells it
  // otherwise. An Error of Status::none until initial_instances or set_instances has said how many
  // run. Allocates nothing.
  std::int32_t decide() { return known(og_autoscaler_decide(handle()), "og_autoscaler_decide"); }
  std::int32_t decide_at(Time now) {
    return known(og_autoscaler_decide_at(handle(), detail::ns(now)), "og_autoscaler_decide_at");
  }

  // The count as last decided or set; an Error of Status::none while it is unknown.
  std::int32_t instances() const {
    return known(og_autoscaler_instances(handle()), "og_autoscaler_instances");
  }

 private:
  // A count is an order: none is made up.
  static std::int32_t known(std::int32_t count, const char* function) {
    if (count == OG_NONE) {
      throw Error(Status::none,
                  std::string(function) +
                      ": how many instances run is unknown: initial_instances or "
                      "set_instances says it",
                  "initial_instances");
    }
    return detail::checked(count, function);
  }
};

}  // namespace outgrow
