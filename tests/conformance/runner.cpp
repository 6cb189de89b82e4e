// SPDX-License-Identifier: Apache-2.0
// conformance_core FILE...: replays vectors against the core.
#include <map>
#include <string>

#include "tests/conformance/driver.h"

namespace og::conformance {

#define OG_DRIVER(noun) std::unique_ptr<Driver> make_##noun##_driver(const Setup&);
#include "core_drivers.inc"
#undef OG_DRIVER

namespace {

using Make = std::unique_ptr<Driver> (*)(const Setup&);
const std::map<std::string, Make> kDrivers = {
#define OG_DRIVER(noun) {#noun, &make_##noun##_driver},
#include "core_drivers.inc"
#undef OG_DRIVER
};

Config config_of(const json& vector) {
  Config config;
  const json options = vector.value("config", json::object());
  for (const auto& [name, value] : options.items()) {
    config.set(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return config;
}

Replay begin(const json& vector) {
  auto found = kDrivers.find(vector.at("noun").get<std::string>());
  if (found == kDrivers.end()) throw std::runtime_error("no driver for this noun");
  auto clock = make_manual_clock(0);
  auto driver = found->second({vector, config_of(vector), clock});
  return {std::move(driver), [clock](int64_t now) { clock->set(now); }};
}

}  // namespace
}  // namespace og::conformance

int main(int argc, char** argv) {
  return og::conformance::replay_all(argc, argv, og::conformance::begin);
}
