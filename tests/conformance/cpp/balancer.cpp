// SPDX-License-Identifier: Apache-2.0
#include "balancer_driver.h"

namespace outgrow::conformance {

static Endpoints endpoints_of(const Setup& given) {
  const json setup = given.vector.value("setup", json::object());
  const Options options{{"max_endpoints", setup.value("max_endpoints", 256)}};
  Endpoints set = given.scope ? Endpoints(*given.scope, given.name, options) : Endpoints(options);
  for (const json& e : setup.value("endpoints", json::array())) {
    set.add(e.at("name"), e.value("weight", 1), e.value("zone", ""));
  }
  return set;
}

BalancerDriver::BalancerDriver(const Setup& setup)
    : endpoints(endpoints_of(setup)), balancer(endpoints, setup.options, setup.clock) {}

json BalancerDriver::pick_many(const json& step, std::int64_t) {
  std::vector<std::int32_t> picked;
  if (step.contains("keys")) {
    const auto names = step["keys"].get<std::vector<std::string>>();
    balancer.pick_many(Keys(names), picked);
  } else {
    balancer.pick_many(step.at("count").get<std::size_t>(), picked);
  }
  json names = json::array();
  for (std::int32_t index : picked) names.push_back(named(endpoints, index));
  return names;
}

}  // namespace outgrow::conformance
