// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/base/options.h"

namespace og {

inline constexpr int64_t kMostWindowEvents = 1'000'000;

// clang-format off: a row an option
inline constexpr OptionSpec kSlidingWindowRows[] = {
    {.name = "window_events", .type = OptionType::kInt, .fallback = "0", .min = 0,
     .max = kMostWindowEvents, .unit = "events",
     .doc = "sliding_window: the count that the rate can be raised to while it is in use; 0: its own."},
};
// clang-format on
inline constexpr OptionTable kSlidingWindowOptions{"limiter", kSlidingWindowRows};

}  // namespace og
