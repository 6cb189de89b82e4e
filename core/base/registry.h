// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "core/base/options.h"

namespace og {

// A noun's policies stand in one constexpr array, the rows of which their files register: each has
// a `word`, and may have `options`, the rows of the options that are its own. What the noun's
// option table says of its policies is made from that array, at compile time.

// The words, as a row of options lists its choices: "round_robin|least_connections".
template <const auto& kRegistered>
class RegisteredWords {
  static constexpr size_t size() {
    size_t all = 0;
    for (const auto& row : kRegistered) all += std::string_view(row.word).size() + 1;
    return all;
  }
  static constexpr std::array<char, size()> kJoined = [] {
    std::array<char, size()> all{};
    char* end = all.data();
    for (const auto& row : kRegistered) {
      if (end != all.data()) *end++ = '|';
      const std::string_view word = row.word;
      end = std::copy(word.begin(), word.end(), end);
    }
    return all;
  }();

 public:
  static constexpr const char* kText = kJoined.data();
};

// The noun's own rows, and between them those of its policies: of the last registered first.
template <const auto& kRegistered, size_t kBefore, size_t kAfter>
consteval auto with_registered(const OptionSpec (&before)[kBefore],
                               const OptionSpec (&after)[kAfter]) {
  constexpr size_t kOwn = [] {
    size_t all = 0;
    for (const auto& row : kRegistered) all += row.options.size();
    return all;
  }();
  std::array<OptionSpec, kBefore + kOwn + kAfter> rows{};
  auto* end = std::copy(std::begin(before), std::end(before), rows.data());
  for (size_t i = std::size(kRegistered); i-- > 0;) {
    const auto& own = kRegistered[i].options;
    end = std::copy(own.begin(), own.end(), end);
  }
  std::copy(std::begin(after), std::end(after), end);
  return rows;
}

}  // namespace og
