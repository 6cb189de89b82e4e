// SPDX-License-Identifier: Apache-2.0
// conformance_core [--host] FILE...: replays vectors against the core; with --host the nouns lie in
// a segment.
#include <unistd.h>

#include <map>
#include <string>

#include "core/scope/segment.h"
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

bool g_host = false;

// A segment of this vector's own, of which nothing is left when the process ends.
Place host_place() {
  const std::string name = "/outgrow-vector-" + std::to_string(getpid());
  auto segment = must(Segment::attach(
      {.name = name, .bytes = 64 << 20, .objects = 8, .attachments = 8, .mode = 0600}));
  must(Segment::remove(name));
  return {segment, "vector"};
}

Replay begin(const json& vector) {
  auto clock = make_manual_clock(0);
  auto driver =
      make_driver(vector.at("noun"), {vector, config_of(vector.value("config", json::object())),
                                      clock, g_host ? host_place() : Place()});
  return {std::move(driver), [clock](int64_t now) { clock->set(now); }};
}

}  // namespace

Config config_of(const json& options) {
  Config config;
  for (const auto& [name, value] : options.items()) {
    config.set(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return config;
}

std::unique_ptr<Driver> make_driver(const std::string& noun, const Setup& setup) {
  auto found = kDrivers.find(noun);
  if (found == kDrivers.end()) throw std::runtime_error("no driver for this noun");
  return found->second(setup);
}

}  // namespace og::conformance

int main(int argc, char** argv) {
  og::conformance::g_host = argc > 1 && std::string(argv[1]) == "--host";
  const int flags = og::conformance::g_host;
  return og::conformance::replay_all(argc - flags, argv + flags, og::conformance::begin);
}
