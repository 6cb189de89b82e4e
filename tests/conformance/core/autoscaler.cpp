// SPDX-License-Identifier: Apache-2.0
// observe {cpu, memory, rate, response, error; null or absent: missing} -> "ok" | "invalid";
// observe_metric {metric, value}; set_instances, set_ready {count}; decide -> the decision |
// "unknown"; learn {from_ms, every_ms, rates} -> how many were taken; forecast -> rate | null;
// instances -> count | "unknown";
// history_first, history_end; history {sequence} -> the decision | null.
#include "core/scale/autoscaler.h"

#include <cmath>

#include "tests/conformance/driver.h"

namespace og::conformance {
namespace {

constexpr const char* kUnknown = "unknown";  // how many instances run

double number(const json& value) { return value.is_number() ? value.get<double>() : kMissing; }
double member(const json& step, const char* name) {
  return step.contains(name) ? number(step[name]) : kMissing;
}
json or_null(double value) { return std::isnan(value) ? json(nullptr) : json(value); }
json word(Status status) { return status == Status::kOk ? "ok" : "invalid"; }

json shown(const ScaleDecision& d) {
  return {{"previous", d.previous},
          {"desired", d.desired},
          {"action", action_name(d.action())},
          {"reason", reason_name(d.reason)},
          {"metric", d.metric ? json(metric_name(*d.metric)) : json(nullptr)},
          {"value", or_null(d.value)},
          {"threshold", or_null(d.threshold)},
          {"reactive", d.reactive},
          {"predicted", d.predicted < 0 ? json(nullptr) : json(d.predicted)},
          {"forecast", or_null(d.forecast)},
          {"sequence", d.sequence},
          {"text", d.text()}};
}

class AutoscalerDriver : public Driver {
 public:
  explicit AutoscalerDriver(const Setup& setup)
      : autoscaler_(must(Autoscaler::create(setup.config, setup.clock))) {}

  json step(const json& step, int64_t now) override {
    std::string op = step.at("op");
    if (op == "observe") {
      return word(autoscaler_->observe_at(
          {{member(step, "cpu"), member(step, "memory"), member(step, "rate"),
            member(step, "response"), member(step, "error")}},
          now));
    }
    if (op == "observe_metric") {
      for (size_t i = 0; i < kMetrics; ++i) {
        Metric metric = static_cast<Metric>(i);
        if (step.at("metric") == metric_name(metric)) {
          return word(autoscaler_->observe_at(metric, number(step.at("value")), now));
        }
      }
      return "invalid";
    }
    if (op == "decide") {
      auto decision = autoscaler_->decide_at(now);
      return decision ? shown(*decision) : json(kUnknown);
    }
    if (op == "learn") {
      std::vector<int64_t> at;
      std::vector<double> rates;
      for (const json& rate : step.at("rates")) {
        int64_t i = static_cast<int64_t>(at.size());
        at.push_back((step.at("from_ms").get<int64_t>() + i * step.at("every_ms").get<int64_t>()) *
                     1'000'000);
        rates.push_back(number(rate));
      }
      return must(autoscaler_->learn(at, rates));
    }
    if (op == "forecast") {
      auto forecast = autoscaler_->forecast_at(now);
      return forecast ? json(forecast->rate) : json(nullptr);
    }
    if (op == "instances") {
      auto count = autoscaler_->instances();
      return count ? json(*count) : json(kUnknown);
    }
    if (op == "set_instances") return word(autoscaler_->set_instances(step.at("count")));
    if (op == "set_ready") return word(autoscaler_->set_ready(step.at("count")));
    if (op == "history_first") return autoscaler_->history_first();
    if (op == "history_end") return autoscaler_->history_end();
    if (op == "history") {
      auto found = autoscaler_->history(step.at("sequence"));
      return found ? shown(*found) : json(nullptr);
    }
    throw std::runtime_error("unknown op " + op);
  }

 private:
  std::unique_ptr<Autoscaler> autoscaler_;
};

}  // namespace

std::unique_ptr<Driver> make_autoscaler_driver(const Setup& setup) {
  return std::make_unique<AutoscalerDriver>(setup);
}

}  // namespace og::conformance
