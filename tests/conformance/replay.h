// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the C++ runners share; replay.py says what a runner is.
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

namespace og::conformance {

using nlohmann::json;

class Driver {
 public:
  virtual ~Driver() = default;
  // What the step answered. An object in "expect" is compared by the keys it names, else the whole.
  virtual json step(const json& step, int64_t now_ns) = 0;
};

// Of a vector's "setup", or of an object in it; empty where there is none.
inline json given_in(const json& vector) { return vector.value("setup", json::object()); }
inline json given_in(const json& vector, const char* name) {
  return given_in(vector).value(name, json::object());
}

// Answers each line of the input with a line, as replay.py says, until the input ends.
int serve(const std::function<json(const json& ask)>& answer);

}  // namespace og::conformance
