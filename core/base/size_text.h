// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace og {

// A number of bytes as people read it: "1000 bytes", "64 KiB", "13.3 MiB". `unit`: of fewer than
// 1024.
std::string size_text(uint64_t bytes, const char* unit = "bytes");

}  // namespace og
