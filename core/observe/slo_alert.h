// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace og {

enum class SloState : int32_t { kOk = 0, kTicket = 1, kPage = 2 };

// An alert by two windows: the long one says that it matters, the short one that it still goes on.
struct SloAlert {
  SloState state;
  int64_t long_ns;
  int64_t short_ns;
  double burn;  // above this in both
  const char* long_name;
  const char* short_name;
};

inline constexpr int64_t kSloMinuteNs = 60'000'000'000;

// Of Google's SRE workbook, chapter 5, table 5-8, and beside its ticket of three days one of a day
// (Prometheus' usual rules have it): the gravest first. 14.4 is 2 % of the budget of 30 days in an
// hour, 6 is 5 % in six, 3 and 1 are 10 % in one and three days.
inline constexpr SloAlert kSloAlerts[] = {
    {SloState::kPage, 60 * kSloMinuteNs, 5 * kSloMinuteNs, 14.4, "1h", "5m"},
    {SloState::kPage, 360 * kSloMinuteNs, 30 * kSloMinuteNs, 6, "6h", "30m"},
    {SloState::kTicket, 1440 * kSloMinuteNs, 120 * kSloMinuteNs, 3, "1d", "2h"},
    {SloState::kTicket, 4320 * kSloMinuteNs, 360 * kSloMinuteNs, 1, "3d", "6h"},
};

}  // namespace og
