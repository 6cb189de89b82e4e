// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace og::cli {

// The Gregorian calendar. days_from_civil is Howard Hinnant's, "chrono-Compatible Low-Level Date
// Algorithms": days since 1970-01-01, exact, without a table or a time zone database.
bool is_civil_day(int year, int month, int day);
int64_t days_from_civil(int year, int month, int day);

// "1995-08-01T02:00:00-04:00": the moment, in the zone that is offset_s east of UTC.
std::string iso_8601(int64_t epoch_s, int32_t offset_s);

}  // namespace og::cli
