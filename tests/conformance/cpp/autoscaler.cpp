// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {
namespace {

double number(const json& value) {
  return value.is_number() ? value.get<double>() : ScaleSample::kMissing;
}
double member(const json& step, const char* name) {
  return step.contains(name) ? number(step[name]) : ScaleSample::kMissing;
}
json unless_missing(double value) { return std::isnan(value) ? json() : json(value); }

json shown(const Decision& d) {
  auto metric = d.metric();
  auto predicted = d.predicted();
  return {{"previous", d.previous()},
          {"desired", d.desired()},
          {"action", text(d.action())},
          {"reason", text(d.reason())},
          {"metric", metric ? json(text(*metric)) : json()},
          {"value", unless_missing(d.value())},
          {"threshold", unless_missing(d.threshold())},
          {"reactive", d.reactive()},
          {"predicted", predicted ? json(*predicted) : json()},
          {"forecast", unless_missing(d.forecast())},
          {"sequence", d.sequence()},
          {"text", d.text()}};
}

class AutoscalerDriver : public Driver {
 public:
  explicit AutoscalerDriver(const Setup& setup) : scaler_(setup.options, setup.clock) {}

  json step(const json& step, std::int64_t now_ns) override {
    return answer([&] { return answer_to(step, time_of(now_ns)); });
  }

 private:
  json answer_to(const json& step, Time now) {
    const std::string op = step.at("op");
    if (op == "observe") {
      ScaleSample sample;
      sample.cpu_utilization = member(step, "cpu");
      sample.memory_utilization = member(step, "memory");
      sample.request_rate = member(step, "rate");
      sample.response_time = member(step, "response");
      sample.error_rate = member(step, "error");
      return scaler_.observe_at(sample, now), "ok";
    }
    if (op == "observe_metric") {
      return scaler_.observe_metric_at(metric(step.at("metric")), number(step.at("value")), now),
             "ok";
    }
    if (op == "decide") {
      json decision = unless_unknown([&] { return shown(scaler_.explain_at(now)); });
      if (decision == "unknown" &&
          unless_unknown([&] { return scaler_.decide_at(now); }) != decision) {
        throw std::runtime_error("decide made a count up");
      }
      return decision;
    }
    if (op == "learn") return learn(step);
    if (op == "forecast") {
      auto forecast = scaler_.forecast_at(now);
      return forecast ? json(*forecast) : json();
    }
    if (op == "instances") return unless_unknown([&] { return scaler_.instances(); });
    if (op == "set_instances") return scaler_.set_instances(step.at("count")), "ok";
    if (op == "set_ready") return scaler_.set_ready(step.at("count")), "ok";
    if (op == "history_first") return scaler_.history_first();
    if (op == "history_end") return scaler_.history_end();
    if (op == "history") {
      Decision decision = scaler_.history(step.at("sequence"));
      return decision ? shown(decision) : json();
    }
    throw std::runtime_error("unknown op " + op);
  }

  // The answer, or that it is unknown how many instances run.
  template <class F>
  static json unless_unknown(F&& answer) {
    try {
      return answer();
    } catch (const Error& error) {
      if (error.status() != Status::none || error.option() != "initial_instances") throw;
      return "unknown";
    }
  }

  static ScaleMetric metric(const std::string& name) {
    int number = 0;
    while (!text(static_cast<ScaleMetric>(number)).empty() &&
           text(static_cast<ScaleMetric>(number)) != name) {
      ++number;
    }
    return static_cast<ScaleMetric>(number);
  }

  json learn(const json& step) {
    const std::int64_t from = step.at("from_ms"), every = step.at("every_ms");
    std::vector<Time> at;
    std::vector<double> rates;
    for (const json& rate : step.at("rates")) {
      auto i = static_cast<std::int64_t>(at.size());
      at.push_back(Time(std::chrono::milliseconds(from + i * every)));
      rates.push_back(number(rate));
    }
    return scaler_.learn(at, rates);
  }

  AutoScaler scaler_;
};

}  // namespace

std::unique_ptr<Driver> make_autoscaler_driver(const Setup& setup) {
  return std::make_unique<AutoscalerDriver>(setup);
}

}  // namespace outgrow::conformance
