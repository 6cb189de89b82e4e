// SPDX-License-Identifier: Apache-2.0
// conformance_cpp FILE...: replays vectors through outgrow.hpp.
#include <map>
#include <string>

#include "tests/conformance/driver_cpp.h"

namespace outgrow::conformance {

#define OG_DRIVER(noun) std::unique_ptr<Driver> make_##noun##_driver(const Setup&);
#include "cpp_drivers.inc"
#undef OG_DRIVER

Options options_of(const json& object) {
  Options options;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) {
      options.set(name, value.get<std::string>());
    } else if (value.is_boolean()) {
      options.set(name, value.get<bool>());
    } else if (value.is_number_integer()) {
      options.set(name, value.get<std::int64_t>());
    } else {
      options.set(name, value.get<double>());
    }
  }
  return options;
}

namespace {

using Make = std::unique_ptr<Driver> (*)(const Setup&);
const std::map<std::string, Make> kDrivers = {
#define OG_DRIVER(noun) {#noun, &make_##noun##_driver},
#include "cpp_drivers.inc"
#undef OG_DRIVER
};

og::conformance::Replay begin(const json& vector) {
  auto found = kDrivers.find(vector.at("noun").get<std::string>());
  if (found == kDrivers.end()) throw std::runtime_error("no driver for this noun");
  auto clock = std::make_shared<Clock>(Clock::manual());
  auto driver = found->second({vector, options_of(vector.value("config", json::object())), *clock});
  return {std::move(driver), [clock](std::int64_t now) { clock->set(time_of(now)); }};
}

}  // namespace
}  // namespace outgrow::conformance

int main(int argc, char** argv) {
  return og::conformance::replay_all(argc, argv, outgrow::conformance::begin);
}
