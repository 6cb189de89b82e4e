// SPDX-License-Identifier: Apache-2.0
#pragma once

// A step's members, for the drivers of C++, with what they are when the step has none.
#include <cmath>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/conformance/replay.h"

namespace og::conformance {

inline std::string text(const json& step, const char* name, const std::string& otherwise = "") {
  return step.value(name, otherwise);
}

inline int64_t whole(const json& step, const char* name, int64_t otherwise = 0) {
  return step.value(name, otherwise);
}

// In hexadecimal where "hex" says so.
inline std::string unhexed(const json& step, const std::string& text) {
  if (!step.value("hex", false)) return text;
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

inline json in_hex(const json& step, std::string_view bytes) {
  if (!step.value("hex", false)) return std::string(bytes);
  std::string text;
  for (unsigned char c : bytes) {
    text += "0123456789abcdef"[c >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

// A member of what came: null for none and for NaN, a status as its number.
template <class T>
json plain(const T& value) {
  if constexpr (std::is_convertible_v<T, std::string_view>) {
    return std::string(std::string_view(value));
  } else if constexpr (std::is_enum_v<T>) {
    return static_cast<int>(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::isnan(value) ? json() : json(value);
  } else if constexpr (std::is_arithmetic_v<T>) {
    return value;
  } else {
    return value ? plain(*value) : json();
  }
}

// NaN for null and for none.
inline double real(const json& step, const char* name) {
  return step.contains(name) && step[name].is_number() ? step[name].get<double>() : std::nan("");
}

inline bool flag(const json& step, const char* name, bool otherwise = false) {
  return step.value(name, otherwise);
}

inline std::vector<double> reals(const json& step, const char* name) {
  std::vector<double> all;
  for (const json& each : step.at(name)) all.push_back(each.is_number() ? double(each) : NAN);
  return all;
}

// A time for each of the list of that name, `every_ms` apart from `from_ms` on.
template <class TimeOf>
auto spaced(const json& step, const char* name, TimeOf&& time_of) {
  std::vector<std::decay_t<decltype(time_of(int64_t()))>> all;
  int64_t at = whole(step, "from_ms");
  for (size_t i = 0; i < step.at(name).size(); ++i, at += whole(step, "every_ms")) {
    all.push_back(time_of(at * 1'000'000));
  }
  return all;
}

// Whether the step wants the form that is given the time.
inline bool given(const json& step) { return text(step, "time") == "given"; }

// What was given under a name: permits, tickets, leases. 0 is none of them.
using Held = std::map<std::string, int64_t>;

inline int64_t held_in(const Held& held, const json& step, const char* name) {
  const auto found = held.find(text(step, name));
  return found == held.end() ? 0 : found->second;
}

// Rows of what came.
template <class List, class Row>
json rows_of(const List& list, Row&& row) {
  json all = json::array();
  for (const auto& each : list) all.push_back(row(each));
  return all;
}

// The lines that begin with the member `prefix`.
inline json lines(const json& step, const std::string& text) {
  std::istringstream all(text);
  json found = json::array();
  for (std::string line; std::getline(all, line);) {
    if (line.rfind(step.at("prefix").get<std::string>(), 0) == 0) found.push_back(line);
  }
  return found;
}

}  // namespace og::conformance
