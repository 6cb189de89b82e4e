// SPDX-License-Identifier: Apache-2.0
// conformance_core FILE...: replays vectors against the core.
#include <cmath>
#include <cstdio>
#include <fstream>
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

bool same(const json& seen, const json& wanted) {
  if (wanted.is_object() && seen.is_object()) {
    for (const auto& [key, value] : wanted.items()) {
      if (!seen.contains(key) || !same(seen[key], value)) return false;
    }
    return true;
  }
  if (wanted.is_number() && seen.is_number() && (wanted.is_number_float() || seen.is_number_float())) {
    double a = seen.get<double>(), b = wanted.get<double>();
    return std::fabs(a - b) <= 1e-9 * std::max({1.0, std::fabs(a), std::fabs(b)});
  }
  return seen == wanted;
}

int64_t time_of(const json& step, int64_t before) {
  if (step.contains("at_ns")) return step["at_ns"].get<int64_t>();
  if (step.contains("at_ms")) return std::llround(step["at_ms"].get<double>() * 1e6);
  return before;
}

Config config_of(const json& vector) {
  Config config;
  const json options = vector.value("config", json::object());
  for (const auto& [name, value] : options.items()) {
    config.set(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
  return config;
}

bool replay(const std::string& path) {
  std::ifstream file(path);
  json vector = json::parse(file);
  auto found = kDrivers.find(vector.at("noun").get<std::string>());
  if (found == kDrivers.end()) throw std::runtime_error("no driver for this noun");
  vector.at("source").get<std::string>();
  if (vector.at("steps").empty()) throw std::runtime_error("no steps");
  Config config = config_of(vector);
  auto clock = make_manual_clock(0);
  auto driver = found->second({vector, config, clock});
  int64_t now = 0;
  bool passed = true;
  size_t number = 0;
  for (const json& step : vector["steps"]) {
    int64_t at = time_of(step, now);
    if (at > now) clock->set(at);  // a step may also say an earlier time, for the _at forms
    now = at;
    json seen = driver->step(step, now);
    if (!step.contains("expect") || !same(seen, step["expect"])) {
      std::printf("%s: step %zu %s\n  answered %s\n", path.c_str(), number, step.dump().c_str(),
                  seen.dump().c_str());
      passed = false;
    }
    ++number;
  }
  std::printf("%s: %s\n", path.c_str(), passed ? "ok" : "FAILED");
  return passed;
}

}  // namespace
}  // namespace og::conformance

int main(int argc, char** argv) {
  int failed = argc < 2;
  for (int i = 1; i < argc; ++i) {
    try {
      failed += !og::conformance::replay(argv[i]);
    } catch (const std::exception& e) {
      std::printf("%s\n%s: FAILED\n", e.what(), argv[i]);
      ++failed;
    }
  }
  return failed != 0;
}
