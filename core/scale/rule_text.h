// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace og {

inline constexpr std::string_view kRuleBlanks = " \t\r\n";

inline std::string_view without_edges(std::string_view text) {
  const auto first = text.find_first_not_of(kRuleBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kRuleBlanks) - first + 1);
}

}  // namespace og
