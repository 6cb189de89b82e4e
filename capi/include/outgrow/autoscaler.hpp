// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <outgrow/decision.hpp>
#include <outgrow/options.hpp>
#include <vector>

namespace outgrow {

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
class AutoScaler : public detail::Handle<og_autoscaler, og_autoscaler_destroy> {
 public:
  using Handle::Handle;
  explicit AutoScaler(const Options& options = {})
      : Handle(detail::make<og_autoscaler>(og_autoscaler_create, detail::given(options), nullptr)) {
  }
  AutoScaler(const Options& options, const Clock& clock)
      : Handle(detail::make<og_autoscaler>(og_autoscaler_create, detail::given(options),
                                           detail::given(clock))) {}

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
  // One metric alone, where they come from different places.
  void observe_metric(ScaleMetric metric, double value) {
    detail::checked(
        og_autoscaler_observe_metric(handle(), static_cast<std::int32_t>(metric), value),
        "og_autoscaler_observe_metric");
  }
  void observe_metric_at(ScaleMetric metric, double value, Time now) {
    detail::checked(og_autoscaler_observe_metric_at(handle(), static_cast<std::int32_t>(metric),
                                                    value, detail::ns(now)),
                    "og_autoscaler_observe_metric_at");
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
  // Decides too, and says why.
  Decision explain() {
    return Decision(detail::make<og_decision>(og_autoscaler_explain, handle()));
  }
  Decision explain_at(Time now) {
    return Decision(detail::make<og_decision>(og_autoscaler_explain_at, handle(), detail::ns(now)));
  }

  // The count as last decided or set; an Error of Status::none while it is unknown.
  std::int32_t instances() const {
    return known(og_autoscaler_instances(handle()), "og_autoscaler_instances");
  }
  // What actually runs or is starting, at the start and whenever it differs: 0 to 1000000.
  void set_instances(std::int32_t count) {
    detail::checked(og_autoscaler_set_instances(handle(), count), "og_autoscaler_set_instances");
  }
  // How many of them serve. Until told, all do.
  void set_ready(std::int32_t count) {
    detail::checked(og_autoscaler_set_ready(handle(), count), "og_autoscaler_set_ready");
  }

  // Requests a minute expected horizon_ms from now; nothing without a predictor, until it is warm,
  // or when samples have been silent.
  std::optional<double> forecast() const {
    return expected(og_autoscaler_forecast(handle()), "og_autoscaler_forecast");
  }
  std::optional<double> forecast_at(Time now) const {
    return expected(og_autoscaler_forecast_at(handle(), detail::ns(now)),
                    "og_autoscaler_forecast_at");
  }

  // Decisions are numbered from 0; those from first up to, not including, end are kept.
  std::int64_t history_first() const {
    return detail::checked(og_autoscaler_history_first(handle()), "og_autoscaler_history_first");
  }
  std::int64_t history_end() const {
    return detail::checked(og_autoscaler_history_end(handle()), "og_autoscaler_history_end");
  }
  // False when the number is not kept.
  Decision history(std::int64_t sequence) const {
    og_decision* decision = nullptr;
    detail::call(og_autoscaler_history, handle(), sequence, &decision);
    return Decision(decision);
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
  static std::optional<double> expected(double rate, const char* function) {
    detail::checked(rate, function);
    return rate >= 0 ? std::optional(rate) : std::nullopt;
  }
};

}  // namespace outgrow
