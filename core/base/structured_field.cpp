// SPDX-License-Identifier: Apache-2.0
#include "core/base/structured_field.h"

#include <algorithm>

namespace og {

bool is_field_string(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

void append_field_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_field_bytes(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out += ':';
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t there = std::min<size_t>(bytes.size() - i, 3);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8 | (j < there ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) out += j <= there ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  out += ':';
}

void append_field_integer(std::string& out, int64_t number) {
  out += std::to_string(std::clamp<int64_t>(number, 0, kMostFieldInteger));
}

}  // namespace og
