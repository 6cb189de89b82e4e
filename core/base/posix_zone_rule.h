// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace og {

// A time in which clocks show UTC and so much more: from one change of clocks up to the next.
struct ZoneSpan {
  int64_t begin, end;  // s of Unix time: [begin, end)
  int64_t offset;      // s
};

// No zone is so far from UTC. (RFC 9636 has -25 h < offset < 26 h.)
inline constexpr int64_t kMostZoneOffset = 26 * 3600;

// When the clocks of a zone change from now on, every year alike, as the TZ variable of POSIX
// spells it and the last line of a TZif file has it: "CET-1CEST,M3.5.0,M10.5.0/3".
class PosixZoneRule {
 public:
  // Nothing where it is no such rule, or one without days at which the clocks change.
  static std::optional<PosixZoneRule> parse(std::string_view text);

  // The one that holds at a time. Allocates nothing.
  ZoneSpan span_at(int64_t unix_s) const noexcept;

 private:
  struct Day {
    enum class Kind { kMonth, kWithoutLeapDay, kOfYear };
    Kind kind = Kind::kOfYear;
    int month = 1, week = 1, weekday = 0;
    int64_t number = 0;                        // of the year, from 0; of kWithoutLeapDay from 1
    int64_t time = 0;                          // s of the day, below 0 or over a day too
    int64_t in_year(int year) const noexcept;  // s, by the clocks of then
  };
  class Reader;

  int64_t standard_ = 0;
  int64_t daylight_ = 0;
  bool changes_ = false;
  Day start_, end_;  // of daylight saving
};

}  // namespace og
