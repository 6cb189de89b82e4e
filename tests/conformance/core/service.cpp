// SPDX-License-Identifier: Apache-2.0
#include "service_driver.h"

namespace og::conformance {

json ServiceDriver::end(const json& step, int64_t) {
  using Keep = ServiceEnding::Keep;
  const std::string value = text(step, "value");
  ServiceEnding ending{.success = flag(step, "success", true)};
  if (step.contains("value")) ending.keep = Keep::kValue;
  if (flag(step, "absent")) ending.keep = Keep::kAbsence;
  if (step.contains("value")) ending.value = value;
  if (step.contains("ttl_ms")) ending.ttl_ns = ttl_in(step);
  return answer_stood(service->end(held_in(held, step, "call"), ending));
}

json ServiceDriver::breaker(const json& step, int64_t) {
  static const std::vector<std::string> kStates{"closed", "open", "half_open", "forced_open",
                                                "forced_closed"};
  const auto breaker = service->breaker(endpoints->find(text(step, "name")));
  return breaker ? word_of(kStates, breaker->state()) : json();
}

}  // namespace og::conformance
