// SPDX-License-Identifier: Apache-2.0
#include "core/base/number_text.h"

#include <charconv>
#include <cmath>

namespace og {
namespace {

std::string written(double number, std::chars_format format) {
  // The longest: "-2.2250738585072014e-308" with an exponent; without one, below 1e16 and from 1e-6
  // on, a sign, 16 digits and a point, or "0.00000" and 17 digits.
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number, format);
  return error == std::errc() ? std::string(text, end) : std::string("?");
}

}  // namespace

std::string shortest_number(double number) {
  // Without a format: of the two the shorter, the plain one in a tie.
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  return error == std::errc() ? std::string(text, end) : std::string("?");
}

std::string plain_number(double number) {
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e16);
  return written(number, plain ? std::chars_format::fixed : std::chars_format::general);
}

}  // namespace og
