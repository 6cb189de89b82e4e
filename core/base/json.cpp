// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <cmath>

#include "core/base/number_text.h"
#include "core/base/utf8.h"

namespace og {

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    size_t length = utf8_length(text);
    if (length == 0) {
      out += kReplacement;
      length = 1;
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[0];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  out += std::isfinite(value) ? shortest_number(value) : "null";
}

}  // namespace og
