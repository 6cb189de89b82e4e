// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/failure.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace og::cli {
namespace {

void add_escaped(std::string& shown, unsigned char byte) {
  static constexpr char kHex[] = "0123456789abcdef";
  shown += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
}

}  // namespace

std::string printable(std::string_view bytes, std::size_t longest) {
  std::string shown;
  for (const char c : bytes) {
    if (shown.size() >= longest) return shown + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += c;
    } else {
      add_escaped(shown, byte);
    }
  }
  return shown;
}

std::string one_line(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text[0]);
    const std::size_t length = std::max<std::size_t>(1, utf8_length(text));
    const auto after = static_cast<unsigned char>(length > 1 ? text[1] : 0xff);
    const bool control = byte < 0x20 || byte == 0x7f || (byte == 0xc2 && after < 0xa0);
    if (control || utf8_length(text) == 0) {
      for (const char c : text.substr(0, length)) add_escaped(shown, static_cast<unsigned char>(c));
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return shown;
}

}  // namespace og::cli
