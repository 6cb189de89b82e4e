// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace og {

// What a limiter's policy makes of its rate and burst, as it lies in the limiter's cells.
using LimitWords = std::array<uint64_t, 4>;

}  // namespace og
