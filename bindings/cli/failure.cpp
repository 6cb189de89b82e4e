// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/failure.h"

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
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const auto after = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0xff);
    if (byte < 0x20 || byte == 0x7f) {
      add_escaped(shown, byte);
    } else if (byte == 0xc2 && after < 0xa0) {  // control characters too, in UTF-8
      add_escaped(shown, byte);
      add_escaped(shown, after);
      ++at;
    } else {
      shown += text[at];
    }
  }
  return shown;
}

}  // namespace og::cli
