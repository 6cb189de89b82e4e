// SPDX-License-Identifier: Apache-2.0
#pragma once

// A driver replays one noun's vectors. core/<noun>.cpp defines make_<noun>_driver(), and is found by
// its file's name.
#include <memory>
#include <stdexcept>

#include "core/base/clock.h"
#include "core/base/options.h"
#include "tests/conformance/replay.h"

namespace og::conformance {

struct Setup {
  const json& vector;  // the whole file
  const Config& config;
  std::shared_ptr<Clock> clock;  // manual; stands at the step's time when step() is called
};

// An error as vectors spell it, for steps that expect one: {"error": code, "option": name}.
inline json error_json(const Error& error) {
  return {{"error", static_cast<int>(error.code)}, {"option", error.option}};
}

// What Result holds, or the end of the vector.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace og::conformance
