// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace og {

/*
 * The one grammar of numbers, durations, sizes and rates written as text, for every option of every
 * noun and for the command:
 *
 *   number   = digits [ "." digits ] [ ( "e" | "E" ) [ "+" | "-" ] digits ]
 *   whole    = [ "-" ] number        whose value is a whole number: "20", "1e6"
 *   double   = [ "-" ] number
 *   duration = number [ time ]       without a unit: milliseconds
 *   size     = number [ bytes ]      without a unit: whole bytes
 *   rate     = number [ "/" ( time | number time ) ]
 *              whole events; without "/": a second
 *   rates    = rate [ ":" whole ] { "," rate [ ":" whole ] }
 *              behind the colon, where there are several: the burst
 *   time     = ns us ms s sec second m min minute h hour d day
 *   bytes    = B kB KB MB GB TB (by 1000) KiB MiB GiB TiB (by 1024)
 *
 * Blanks may stand before, after and between these parts, not in them. Nothing is read in part. The
 * value is exact, then rounded once, half up, to a whole nanosecond or byte; one that is not 0 and
 * would become 0 is refused, as 0 often means "for ever", and so is one past 2^63 - 1.
 */

// count events every period_ns.
struct Rate {
  int64_t count = 0;
  int64_t period_ns = 0;
  double per_second() const;
};

Result<int64_t> parse_whole(std::string_view text);
Result<double> parse_double(std::string_view text);
Result<int64_t> parse_duration(std::string_view text);  // in ns
Result<int64_t> parse_bytes(std::string_view text);
// Of a time, or of a week, a month of 30 days, a year of 365: 5/week.
Result<Rate> parse_rate(std::string_view text);

// One of several rates: "100/s", or with what it lets through at once "100/s:20".
struct RateBand {
  Rate rate;
  int64_t burst = 0;  // 0: not said
};
// "100/s:20, 5000/h"; a single one says no burst.
Result<std::vector<RateBand>> parse_rates(std::string_view text);

}  // namespace og
