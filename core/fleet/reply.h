// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace og {

// What a server answers, as a program's client hands it over: RESP's types that the commands of a
// fleet are answered with.
struct FleetReply {
  enum class Kind { kNothing, kInteger, kText, kList, kError };

  static FleetReply integer_of(int64_t value) { return {Kind::kInteger, value, {}, {}}; }
  static FleetReply text_of(std::string text) { return {Kind::kText, 0, std::move(text), {}}; }
  static FleetReply error_of(std::string text) { return {Kind::kError, 0, std::move(text), {}}; }
  static FleetReply list_of(std::vector<int64_t> integers) {
    FleetReply reply{Kind::kList, 0, {}, {}};
    for (int64_t value : integers) reply.list.push_back(integer_of(value));
    return reply;
  }

  Kind kind = Kind::kNothing;
  int64_t integer = 0;
  std::string text;  // of a text or an error
  std::vector<FleetReply> list;
};

}  // namespace og
