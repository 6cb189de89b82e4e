// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace og {

// What a limiter's policy makes of its rate and burst, as it lies in the limiter's cells. From
// kSeldomRead on they are for what few calls read; that one has 56 bits, and the last is the same
// one in all epochs.
using LimitWords = std::array<uint64_t, 7>;
inline constexpr size_t kSeldomRead = 4, kBesideSets = 5, kOfNewKeys = 6;

}  // namespace og
