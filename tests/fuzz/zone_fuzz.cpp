// SPDX-License-Identifier: Apache-2.0
// Any bytes as a zone's file, and windows by what is read of it: they hold the time that was asked
// for, follow one another, and are the same for who asks first.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/limit/calendar.h"

namespace {

void hold(bool so) {
  if (!so) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The last byte says which times are asked for.
  if (size == 0) return 0;
  auto zone = og::TimeZone::parse({reinterpret_cast<const char*>(data), size - 1});
  if (!zone) {
    hold(!zone.error().message.empty());
    return 0;
  }
  constexpr int64_t kLast = 9'223'372'036;
  const og::Calendar calendar(*zone), fresh(*zone);
  int64_t times[] = {0, 1, kLast, int64_t{data[size - 1]} * (kLast / 256), 0, 0};
  const og::ZoneSpan span = zone->span_at(times[3]);
  times[4] = std::clamp<int64_t>(span.begin, 0, kLast);
  times[5] = std::clamp<int64_t>(span.end, 0, kLast);
  for (const int64_t at : times) {
    const og::ZoneSpan holds = zone->span_at(at);
    hold(holds.begin <= at && at < holds.end);
    hold(-og::kMostZoneOffset < holds.offset && holds.offset < og::kMostZoneOffset);
    for (size_t i = 0; i < og::kCalendarUnits; ++i) {
      const auto unit = static_cast<og::CalendarUnit>(i);
      const auto window = calendar.at(unit, at);
      hold(window.begin <= at && at < window.end);
      hold(calendar.at(unit, window.begin).number == window.number);
      hold(fresh.at(unit, window.begin).end == window.end);
      if (window.end <= kLast) {
        const auto next = calendar.at(unit, window.end);
        hold(next.begin == window.end && next.number > window.number);
      }
    }
  }
  return 0;
}
