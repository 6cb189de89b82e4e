// SPDX-License-Identifier: Apache-2.0
#include "autoscaler_driver.h"

namespace outgrow::conformance {

static json unless_missing(double value) { return std::isnan(value) ? json() : json(value); }

static json shown(const Decision& d) {
  const auto metric = d.metric();
  const auto predicted = d.predicted();
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

// The answer, or that it is unknown how many instances run.
template <class Call>
json unless_unknown(Call&& call) {
  try {
    return call();
  } catch (const Error& error) {
    if (error.status() != Status::none || error.option() != "initial_instances") throw;
    return "unknown";
  }
}

json AutoscalerDriver::observe(const json& step, std::int64_t now) {
  ScaleSample sample;
  sample.cpu_utilization = real(step, "cpu");
  sample.memory_utilization = real(step, "memory");
  sample.request_rate = real(step, "rate");
  sample.response_time = real(step, "response");
  sample.error_rate = real(step, "error");
  return answer([&] { return autoscaler.observe_at(sample, time_of(now)), "ok"; });
}

json AutoscalerDriver::observe_metric(const json& step, std::int64_t now) {
  int number = 0;
  while (!text(static_cast<ScaleMetric>(number)).empty() &&
         text(static_cast<ScaleMetric>(number)) != text(step, "metric")) {
    ++number;
  }
  return answer([&] {
    const auto metric = static_cast<ScaleMetric>(number);
    return autoscaler.observe_metric_at(metric, real(step, "value"), time_of(now)), "ok";
  });
}

json AutoscalerDriver::decide(const json&, std::int64_t now) {
  const json decision = unless_unknown([&] { return shown(autoscaler.explain_at(time_of(now))); });
  if (decision == "unknown" &&
      unless_unknown([&] { return autoscaler.decide_at(time_of(now)); }) != decision) {
    throw std::runtime_error("decide made a count up");
  }
  return decision;
}

json AutoscalerDriver::learn(const json& step, std::int64_t) {
  const std::int64_t from = step.at("from_ms"), every = step.at("every_ms");
  std::vector<Time> at;
  std::vector<double> rates;
  for (const json& rate : step.at("rates")) {
    const auto i = static_cast<std::int64_t>(at.size());
    at.push_back(Time(std::chrono::milliseconds(from + i * every)));
    rates.push_back(rate.is_number() ? rate.get<double>() : ScaleSample::kMissing);
  }
  return autoscaler.learn(at, rates);
}

json AutoscalerDriver::instances(const json&, std::int64_t) {
  return unless_unknown([&] { return autoscaler.instances(); });
}

json AutoscalerDriver::history(const json& step, std::int64_t) {
  const Decision decision = autoscaler.history(step.at("sequence"));
  return decision ? shown(decision) : json();
}

}  // namespace outgrow::conformance
