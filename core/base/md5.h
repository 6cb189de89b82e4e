// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace og {

// MD5 after RFC 1321, for ketama's sake: its rings are defined by it. Not for anything that must
// resist an attacker. Our own, because the library builds from its sources with a C++ compiler
// alone and a ring is no reason to ask every host for a cryptography library.
std::array<uint8_t, 16> md5(std::string_view bytes) noexcept;

}  // namespace og
