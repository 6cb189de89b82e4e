// SPDX-License-Identifier: Apache-2.0
#pragma once

// <noun>_driver.cpp defines make_<noun>_driver(), over outgrow.hpp.
#include <memory>
#include <outgrow.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/conformance/replay.h"

namespace outgrow::conformance {

using og::conformance::Driver;
using og::conformance::json;

struct Setup {
  const json& vector;  // with its "setup"
  const Options& options;
  const Clock& clock;            // manual; stands at the step's time when step() is called
  const Scope* scope = nullptr;  // of nouns that can lie in one, under a name; null: the heap
  std::string name = {};
};

// A noun that lies where the setup says.
template <class Noun>
Noun make_noun(const Setup& setup) {
  constexpr bool kTimed = std::is_constructible_v<Noun, Options, Clock>;
  if constexpr (std::is_constructible_v<Noun, Scope, std::string, Options, Clock> && kTimed) {
    if (setup.scope) return Noun(*setup.scope, setup.name, setup.options, setup.clock);
  } else if constexpr (std::is_constructible_v<Noun, Scope, std::string, Options>) {
    if (setup.scope) return Noun(*setup.scope, setup.name, setup.options);
  }
  if constexpr (kTimed) {
    return Noun(setup.options, setup.clock);
  } else {
    return Noun(setup.options);
  }
}

// Of an object of names and values.
Options options_of(const json& object);

inline json word(Status status) { return status == Status::none ? "none" : text(status); }

// What the call answers, or "invalid" when it is an Error.
template <class Call>
json answer(Call&& call) {
  try {
    return call();
  } catch (const Error&) {
    return "invalid";
  }
}

// The same for steps that expect an error as {"error": code, "option": name}.
template <class Call>
json answer_or_error(Call&& call) {
  try {
    return call();
  } catch (const Error& error) {
    return {{"error", static_cast<int>(error.status())}, {"option", error.option()}};
  }
}

inline json or_null(const Value& value) { return value ? json(value.string()) : json(); }

// In a step, with what it is when it is left out.
inline Duration ms_of(const json& step, const char* name, Duration otherwise) {
  return step.contains(name) ? std::chrono::milliseconds(step[name].get<std::int64_t>())
                             : otherwise;
}

inline std::int64_t whole_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

inline Time time_of(std::int64_t now_ns) { return Time(Duration(now_ns)); }

}  // namespace outgrow::conformance
