// SPDX-License-Identifier: Apache-2.0
// conformance_cpp [--host] FILE...: replays vectors through outgrow.hpp; with --host the nouns lie
// in a segment.
#include <unistd.h>

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

bool g_host = false;

// A segment of this vector's own, of which nothing is left when the process ends.
Scope host_scope() {
  const std::string name = "/outgrow-vector-" + std::to_string(getpid());
  Scope scope = Scope::host(name, ScopeOptions().size(64 << 20));
  Scope::remove(name);
  return scope;
}

og::conformance::Replay begin(const json& vector) {
  auto clock = std::make_shared<Clock>(Clock::manual());
  Scope scope = g_host ? host_scope() : Scope();
  auto driver =
      make_driver(vector.at("noun"), {vector, options_of(vector.value("config", json::object())),
                                      *clock, scope ? &scope : nullptr, "vector"});
  return {std::move(driver), [clock](std::int64_t now) { clock->set(time_of(now)); }};
}

}  // namespace

std::unique_ptr<Driver> make_driver(const std::string& noun, const Setup& setup) {
  auto found = kDrivers.find(noun);
  if (found == kDrivers.end()) throw std::runtime_error("no driver for this noun");
  return found->second(setup);
}

}  // namespace outgrow::conformance

int main(int argc, char** argv) {
  outgrow::conformance::g_host = argc > 1 && std::string(argv[1]) == "--host";
  const int flags = outgrow::conformance::g_host;
  return og::conformance::replay_all(argc - flags, argv + flags, outgrow::conformance::begin);
}
