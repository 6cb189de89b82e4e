// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/failure.h"

namespace og::cli {

std::string printable(std::string_view bytes, std::size_t longest) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string shown;
  for (const char c : bytes) {
    if (shown.size() >= longest) return shown + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      shown += c;
    } else {
      shown += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return shown;
}

}  // namespace og::cli
