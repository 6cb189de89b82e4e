// SPDX-License-Identifier: Apache-2.0
#include "core/base/size_text.h"

#include <array>
#include <cstddef>

namespace og {

std::string size_text(uint64_t bytes) {
  static constexpr std::array kUnits{" bytes", " KiB", " MiB", " GiB", " TiB"};
  size_t unit = 0;
  uint64_t tenths = 0;  // of the unit, cut off
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    tenths = bytes % 1024 * 10 / 1024;
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + (tenths ? "." + std::to_string(tenths) : "") + kUnits[unit];
}

}  // namespace og
