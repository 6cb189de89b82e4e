// SPDX-License-Identifier: Apache-2.0
#include "autoscaler_driver.h"

namespace outgrow::conformance {

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
