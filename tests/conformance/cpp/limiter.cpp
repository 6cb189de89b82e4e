// SPDX-License-Identifier: Apache-2.0
#include "limiter_driver.h"

namespace outgrow::conformance {

json LimiterDriver::detailed(const json& step, std::int64_t now) {
  const std::string key = text(step, "key");
  const std::int64_t cost = whole(step, "cost", 1);
  const DetailedAdmission seen = given(step) ? limiter.acquire_detailed_at(key, cost, time_of(now))
                                             : limiter.acquire_detailed(key, cost);
  return {{"wait", answer_wait(seen.admission)},
          {"limit", seen.limit},
          {"remaining", seen.remaining},
          {"reset_after", seen.reset_after.count()}};
}

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
