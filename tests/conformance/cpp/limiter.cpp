// SPDX-License-Identifier: Apache-2.0
#include "limiter_driver.h"

namespace outgrow::conformance {

json LimiterDriver::many(const json& step, std::int64_t now) {
  const auto names = step.at("keys").get<std::vector<std::string>>();
  const auto costs = step.value("costs", std::vector<std::int64_t>());
  const Keys keys(names);
  Admissions out;
  const std::int64_t passed = given(step) ? limiter.acquire_many_at(keys, time_of(now), out, costs)
                                          : limiter.acquire_many(keys, out, costs);
  json waits = json::array();
  for (std::size_t i = 0; i < out.size(); ++i) {
    waits.push_back(answer([&] { return answer_wait(out[i]); }));
  }
  return {{"passed", passed}, {"waits", waits}};
}

}  // namespace outgrow::conformance
