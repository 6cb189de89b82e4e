// SPDX-License-Identifier: Apache-2.0
#include "core/limit/calendar.h"

#include <algorithm>
#include <chrono>

namespace og {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kWeek = 7 * kDay;
constexpr int64_t kMonday = 3 * kDay;  // 1970 began on a Thursday

int64_t floor_of(int64_t value, int64_t by) { return value / by - (value % by < 0); }

int64_t year_of(int64_t year) {
  const std::chrono::year y(static_cast<int>(year));
  return int64_t{sys_days(y / std::chrono::January / 1).time_since_epoch().count()} * kDay;
}

// The number of the window of a time that clocks show.
int64_t number_of(CalendarUnit unit, int64_t shown_s) {
  switch (unit) {
    case CalendarUnit::kHour:
      return floor_of(shown_s, kHour);
    case CalendarUnit::kDay:
      return floor_of(shown_s, kDay);
    case CalendarUnit::kWeek:
      return floor_of(shown_s + kMonday, kWeek);
    case CalendarUnit::kMonth:
    case CalendarUnit::kYear:
      break;
  }
  const std::chrono::year_month_day date(sys_days(days(floor_of(shown_s, kDay))));
  const int64_t year = static_cast<int>(date.year()) - 1970;
  if (unit == CalendarUnit::kYear) return year;
  return year * 12 + static_cast<unsigned>(date.month()) - 1;
}

// What clocks show as a window begins.
int64_t shown_at(CalendarUnit unit, int64_t number) {
  switch (unit) {
    case CalendarUnit::kHour:
      return number * kHour;
    case CalendarUnit::kDay:
      return number * kDay;
    case CalendarUnit::kWeek:
      return number * kWeek - kMonday;
    case CalendarUnit::kYear:
      return year_of(1970 + number);
    case CalendarUnit::kMonth:
      break;
  }
  const int64_t year = floor_of(number, 12);
  const std::chrono::year_month_day first(
      std::chrono::year(static_cast<int>(1970 + year)) /
      std::chrono::month(static_cast<unsigned>(number - year * 12 + 1)) / 1);
  return int64_t{sys_days(first).time_since_epoch().count()} * kDay;
}

}  // namespace

// No clock shows that time sooner than so much before it is UTC.
int64_t Calendar::find_begin(CalendarUnit unit, int64_t number) const noexcept {
  const int64_t shown = shown_at(unit, number);
  for (int64_t at = shown - kMostZoneOffset;;) {
    const ZoneSpan span = zone_.span_at(at);
    const int64_t begin = std::max(span.begin, shown - span.offset);
    if (begin < span.end) return begin;
    at = span.end;
  }
}

// Clocks that went back show less than they did: the window is the latest that had begun.
Calendar::Window Calendar::find(CalendarUnit unit, int64_t unix_s) const noexcept {
  int64_t number = number_of(unit, unix_s + zone_.span_at(unix_s).offset);
  int64_t end = find_begin(unit, number + 1);
  while (end <= unix_s) end = find_begin(unit, ++number + 1);
  const Window window{number, std::max<int64_t>(find_begin(unit, number), 0), end};
  const auto low = static_cast<uint64_t>(number + kBias) & kNumber;
  Kept& kept = kept_[static_cast<size_t>(unit)];
  kept.begin.store(static_cast<uint64_t>(window.begin) << kBits | low, std::memory_order_relaxed);
  kept.end.store(static_cast<uint64_t>(window.end) << kBits | low, std::memory_order_relaxed);
  return window;
}

}  // namespace og
