// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/options.h"
#include "core/base/typed_options.h"

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

inline constexpr const char* kUsualTimeZone = "UTC";

// clang-format off: a row an option
inline constexpr OptionSpec kCalendarRows[] = {
    {.name = "time_zone", .type = OptionType::kString, .fallback = kUsualTimeZone,
     .doc = "calendar_window: the IANA zone by whose clocks its windows begin, such as Europe/Paris."},
};
// clang-format on
inline constexpr OptionTable kCalendarOptions{"limiter", kCalendarRows};

// Of any other policy.
inline Result<void> refuse_time_zone(const Options& options, const std::string& policy) {
  if (OptionsOf<kCalendarOptions>::among(options).text("time_zone") == kUsualTimeZone) return {};
  return fail(Status::kBadValue,
              "option 'time_zone' is for calendar_window: " + policy + " knows no calendar",
              "time_zone");
}

}  // namespace og
