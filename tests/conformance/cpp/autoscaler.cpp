// SPDX-License-Identifier: Apache-2.0
#include "autoscaler_driver.h"

namespace outgrow::conformance {

json AutoscalerDriver::observe(const json& step, std::int64_t now) {
  ScaleSample sample;
  sample.cpu_utilization = real(step, "cpu");
  sample.memory_utilization = real(step, "memory");
  sample.request_rate = real(step, "rate");
  sample.response_time = real(step, "response");
  sample.error_rate = real(step, "error");
  return answer([&] { return autoscaler.observe_at(sample, time_of(now)), "ok"; });
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

}  // namespace outgrow::conformance
