// SPDX-License-Identifier: Apache-2.0
#include "balancer_driver.h"

namespace og::conformance {

BalancerDriver::BalancerDriver(const Setup& setup) {
  const json given = setup.vector.value("setup", json::object());
  Config config;
  config.set_int("max_endpoints", whole(given, "max_endpoints", 256));
  endpoints = must(EndpointSet::create(config, setup.place));
  for (const json& e : given.value("endpoints", json::array())) {
    must(endpoints->add(text(e, "name"), whole(e, "weight", 1), text(e, "zone")));
  }
  balancer = must(Balancer::create(setup.config, endpoints, setup.clock));
}

json BalancerDriver::pick_many(const json& step, int64_t) {
  std::vector<std::string> keys(static_cast<size_t>(whole(step, "count")));
  if (step.contains("keys")) keys = step["keys"].get<std::vector<std::string>>();
  std::vector<std::string_view> views(keys.begin(), keys.end());
  std::vector<int32_t> picked(keys.size());
  balancer->pick_many(views, picked.data());
  json names = json::array();
  for (int32_t index : picked) names.push_back(named(*endpoints, index));
  return names;
}

}  // namespace og::conformance
