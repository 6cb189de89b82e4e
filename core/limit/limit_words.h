// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace og {

// What a limiter's policy makes of its rate and burst, as it lies in the limiter's cells. The last
// has 56 bits, and is for what few calls read.
using LimitWords = std::array<uint64_t, 5>;
inline constexpr size_t kSeldomRead = 4;

}  // namespace og
