// SPDX-License-Identifier: Apache-2.0
#include "limiter_driver.h"

namespace og::conformance {

json LimiterDriver::many(const json& step, int64_t now) {
  const Keys keys(step, "keys");
  const auto costs = step.value("costs", std::vector<int64_t>());
  std::vector<int64_t> waits(keys.texts.size());
  const Limiter::Batch batch{keys.data.data(), keys.lens.data(),
                             costs.empty() ? nullptr : costs.data(), keys.count(), waits.data()};
  const int64_t passed =
      given(step) ? limiter->acquire_many_at(batch, now) : limiter->acquire_many(batch);
  json spelled = json::array();
  for (int64_t wait : waits) spelled.push_back(answer_wait(wait));
  return {{"passed", passed}, {"waits", spelled}};
}

}  // namespace og::conformance
