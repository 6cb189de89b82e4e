// SPDX-License-Identifier: Apache-2.0
#pragma once

// A driver replays one noun's vectors. <noun>_driver.cpp defines make_<noun>_driver(), made from
// capi/nouns/<noun>.toml.
#include <memory>
#include <stdexcept>

#include "core/base/clock.h"
#include "core/base/options.h"
#include "core/scope/place.h"
#include "tests/conformance/replay.h"

namespace og::conformance {

struct Setup {
  const json& vector;  // with its "setup"
  const Config& config;
  std::shared_ptr<Clock> clock;  // manual; stands at the step's time when step() is called
  Place place = {};              // of nouns that can lie in a scope
};

// Of a vector's "config".
Config config_of(const json& options);

// An error as vectors spell it, for steps that expect one: {"error": code, "option": name}.
inline json error_json(const Error& error) {
  return {{"error", static_cast<int>(error.code)}, {"option", error.option}};
}

struct Refusal : std::runtime_error {
  explicit Refusal(const Error& e) : runtime_error(e.message), error(e) {}
  Error error;
};

// What Result holds; else a Refusal, which ends the vector unless it is expected.
template <class T>
T must(Result<T> result) {
  if (!result) throw Refusal(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace og::conformance
