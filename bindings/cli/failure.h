// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace og::cli {

// What the command says on its one line before it exits with code 2.
struct Failure {
  std::string text;
};

template <typename T>
using Result = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(std::string text) {
  return tl::unexpected<Failure>(Failure{std::move(text)});
}

// Bytes from a log or a config as they may be shown on a terminal: control bytes as \x1b, cut.
std::string printable(std::string_view bytes, std::size_t longest = 80);

// What the user wrote himself, such as a path: as it is, but for control characters, and for bytes
// that are not UTF-8.
std::string one_line(std::string_view text);

}  // namespace og::cli
