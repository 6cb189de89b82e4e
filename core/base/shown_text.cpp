// SPDX-License-Identifier: Apache-2.0
#include "core/base/shown_text.h"

#include "core/base/utf8.h"

namespace og {

std::string shown(std::string_view text, std::size_t most) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    const bool c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (out.size() + length > most) return out + "...";
    if (length == 0) {
      out += kReplacement;
    } else if (byte < 0x20 || byte == 0x7f || c1) {
      const auto code = c1 ? static_cast<unsigned char>(text[1]) : byte;
      out += {'\\', 'x', kHex[code >> 4], kHex[code & 15]};
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace og
