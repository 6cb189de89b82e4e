// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/replay.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

namespace og::conformance {
namespace {

bool same(const json& seen, const json& wanted) {
  if (wanted.is_object() && seen.is_object()) {
    for (const auto& [key, value] : wanted.items()) {
      if (!seen.contains(key) || !same(seen[key], value)) return false;
    }
    return true;
  }
  if (wanted.is_number() && seen.is_number() &&
      (wanted.is_number_float() || seen.is_number_float())) {
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

bool replay(const std::string& path, const std::function<Replay(const json& vector)>& begin) {
  std::ifstream file(path);
  json vector = json::parse(file);
  vector.at("source").get<std::string>();
  if (vector.at("steps").empty()) throw std::runtime_error("no steps");
  Replay replay = begin(vector);
  int64_t now = 0;
  bool passed = true;
  size_t number = 0;
  for (const json& step : vector["steps"]) {
    int64_t at = time_of(step, now);
    if (at > now) replay.set_clock(at);  // a step may also say an earlier time, for the _at forms
    now = at;
    json seen = replay.driver->step(step, now);
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

json asked(Driver& driver, json step, int64_t now,
           std::initializer_list<std::pair<const char*, const char*>> members) {
  json all;
  for (const auto& [name, op] : members) {
    step["op"] = op;
    all[name] = driver.step(step, now);
  }
  return all;
}

int replay_all(int argc, char** argv, const std::function<Replay(const json& vector)>& begin) {
  int failed = argc < 2;
  for (int i = 1; i < argc; ++i) {
    try {
      failed += !replay(argv[i], begin);
    } catch (const std::exception& e) {
      std::printf("%s\n%s: FAILED\n", e.what(), argv[i]);
      ++failed;
    }
  }
  return failed != 0;
}

}  // namespace og::conformance
