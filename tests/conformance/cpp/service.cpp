// SPDX-License-Identifier: Apache-2.0
#include "service_driver.h"

namespace outgrow::conformance {

json ServiceDriver::end(const json& step, std::int64_t) {
  const Duration ttl = ms_of(step, "ttl_ms", kDefaultTtl);
  const std::string value = text(step, "value");
  const Keep keep = flag(step, "absent")     ? Keep::absence(ttl)
                    : step.contains("value") ? Keep::value(value, ttl)
                                             : Keep::nothing();
  return answer([&] {
    return word(service.adopt(held_in(held, step, "call")).end(flag(step, "success", true), keep));
  });
}

json ServiceDriver::breaker(const json& step, std::int64_t) {
  static const Words<BreakerState> kStates{{"closed", BreakerState::closed},
                                           {"open", BreakerState::open},
                                           {"half_open", BreakerState::half_open},
                                           {"forced_open", BreakerState::forced_open},
                                           {"forced_closed", BreakerState::forced_closed}};
  const CircuitBreaker breaker =
      service.breaker(endpoints.find(text(step, "name")).value_or(OG_NONE));
  return breaker ? word_of(kStates, breaker.state()) : json();
}

}  // namespace outgrow::conformance
