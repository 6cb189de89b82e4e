// SPDX-License-Identifier: Apache-2.0
#include "autoscaler_driver.h"

namespace og::conformance {

static json shown(const ScaleDecision& d) {
  return {{"previous", d.previous},
          {"desired", d.desired},
          {"action", action_name(d.action())},
          {"reason", reason_name(d.reason)},
          {"metric", d.metric ? json(metric_name(*d.metric)) : json()},
          {"value", plain(d.value)},
          {"threshold", plain(d.threshold)},
          {"reactive", d.reactive},
          {"predicted", d.predicted < 0 ? json() : json(d.predicted)},
          {"forecast", plain(d.forecast)},
          {"sequence", d.sequence},
          {"text", d.text()}};
}

json AutoscalerDriver::decide(const json&, int64_t now) {
  const auto decision = autoscaler->decide_at(now);
  return decision ? shown(*decision) : error_json(decision.error());
}

json AutoscalerDriver::learn(const json& step, int64_t) {
  std::vector<int64_t> at;
  std::vector<double> rates;
  for (const json& rate : step.at("rates")) {
    const auto i = static_cast<int64_t>(at.size());
    at.push_back((whole(step, "from_ms") + i * whole(step, "every_ms")) * 1'000'000);
    rates.push_back(rate.is_number() ? rate.get<double>() : kMissing);
  }
  return must(autoscaler->learn(at, rates));
}

json AutoscalerDriver::forecast(const json&, int64_t now) {
  const auto forecast = autoscaler->forecast_at(now);
  return forecast ? json(forecast->rate) : json();
}

json AutoscalerDriver::desired(const json&, int64_t now) {
  const auto decision = autoscaler->decide_at(now);
  return decision ? json(decision->desired) : json(static_cast<int>(decision.error().code));
}

json AutoscalerDriver::history(const json& step, int64_t) {
  const auto found = autoscaler->history(step.at("sequence"));
  return found ? shown(*found) : json();
}

}  // namespace og::conformance
