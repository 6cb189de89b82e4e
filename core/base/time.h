// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace og {

// A time is ns of some clock, which may stand anywhere from 0 to the last int64_t. The C interface
// lets no other in (capi/src/guard.h). Two times can be subtracted; what is added to one may reach
// past the end of time, which is what these are for.

// What is due then is never due: not even where a clock stands at the end of time.
inline constexpr int64_t kEndOfTime = std::numeric_limits<int64_t>::max();

// by_ns (>= 0) after a time.
inline int64_t later(int64_t time_ns, int64_t by_ns) noexcept {
  int64_t sum;
  return __builtin_add_overflow(time_ns, by_ns, &sum) ? kEndOfTime : sum;
}
inline bool has_come(int64_t due_ns, int64_t now_ns) noexcept {
  return due_ns <= now_ns && due_ns != kEndOfTime;
}

// For callers within the core, whose times may be from before time began.
inline int64_t from_zero(int64_t time_ns) noexcept { return std::max<int64_t>(time_ns, 0); }

}  // namespace og
