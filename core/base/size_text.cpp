// SPDX-License-Identifier: Apache-2.0
#include "core/base/size_text.h"

namespace og {

std::string size_text(uint64_t bytes, const char* unit) {
  uint64_t tenths = 0;  // of the unit, cut off
  for (const char* greater : {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}) {
    if (bytes < 1024) break;
    tenths = bytes % 1024 * 10 / 1024;
    bytes /= 1024;
    unit = greater;
  }
  return std::to_string(bytes) + (tenths ? "." + std::to_string(tenths) : "") + ' ' + unit;
}

}  // namespace og
