// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/base/time_zone.h"

namespace og {

enum class CalendarUnit : uint8_t { kHour, kDay, kWeek, kMonth, kYear };
inline constexpr size_t kCalendarUnits = 5;

// Hours, days, weeks from Monday, months and years, as the clocks of a zone show them.
//
// One begins at the first instant at which the clocks show its beginning or later, and so:
//
//   - a day whose midnight is left out, as clocks go forward then, begins with its first instant
//   - one whose midnight comes twice, as clocks go back over it, begins with the first
//   - a day that a zone left out, as it crossed the date line, has no time; of an hour that is left
//     out it is the same, and one that comes twice lasts two
//
// Each has a number: hours, days, weeks, months, years from 1970 on. That of a time never falls.
//
// The window that was asked for last is kept, a unit, in two words: from when and until when, and
// in both the lowest bits of its number. What a window is follows from its number alone; so two
// words that agree on it are of one window, whoever wrote them, and there is nothing to lock.
class Calendar {
 public:
  struct Window {
    int64_t number = 0;
    int64_t begin = 0, end = 0;  // s of Unix time: [begin, end)
  };

  explicit Calendar(TimeZone zone) : zone_(std::move(zone)) {}

  // The window of a time from 0 to the last that ns can tell.
  Window at(CalendarUnit unit, int64_t unix_s) const noexcept {
    const Window last = kept(unit);
    if (last.begin <= unix_s && unix_s < last.end) [[likely]]
      return last;
    return find(unit, unix_s);
  }
  // When the window of a number begins, from 1970 on.
  int64_t begin_of(CalendarUnit unit, int64_t number) const noexcept {
    const Window last = kept(unit);
    if (number == last.number + 1 && last.end != 0) return last.end;
    return find_begin(unit, number);
  }

 private:
  static constexpr int kBits = 30;
  static constexpr uint64_t kNumber = (uint64_t{1} << kBits) - 1;
  static constexpr int64_t kBias = 64;  // numbers may be a little under 0

  struct Kept {
    std::atomic<uint64_t> begin{0}, end{0};  // s << kBits | number + kBias
  };

  // One that ends at 0, where there is none yet or it is being written.
  Window kept(CalendarUnit unit) const noexcept {
    const Kept& kept = kept_[static_cast<size_t>(unit)];
    const uint64_t begin = kept.begin.load(std::memory_order_relaxed);
    const uint64_t end = kept.end.load(std::memory_order_relaxed);
    if (((begin ^ end) & kNumber) != 0) return {};
    return {static_cast<int64_t>(begin & kNumber) - kBias, static_cast<int64_t>(begin >> kBits),
            static_cast<int64_t>(end >> kBits)};
  }
  Window find(CalendarUnit unit, int64_t unix_s) const noexcept;
  int64_t find_begin(CalendarUnit unit, int64_t number) const noexcept;

  const TimeZone zone_;
  mutable std::array<Kept, kCalendarUnits> kept_;
};

}  // namespace og
