// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "bindings/cli/log/record.h"

namespace og::cli {

/*
 * A time as logs write it, into a record's epoch_s and offset_s. Times outside 1970 to 2099 are
 * malformed: their nanoseconds would not fit the library's clocks. The date's day is computed once
 * per day.
 */
class TimeText {
 public:
  // "01/Aug/1995:02:00:00 -0400", 26 bytes. nullptr, or why not.
  const char* common(const char* text, LogRecord& out);

  /*
   * Any of: that one, in brackets or not; ISO 8601, "1995-08-01T02:00:00.123-04:00", also with a
   * blank for the T and slashes in the date; a count since 1970, whose size tells seconds,
   * milliseconds, microseconds and nanoseconds apart. A time without a zone is UTC.
   */
  const char* any(std::string_view text, LogRecord& out);

  // "1995-08-01" and "02:00:00", in UTC.
  const char* date_and_time(std::string_view date, std::string_view time, LogRecord& out);

 private:
  const char* iso(std::string_view text, LogRecord& out);
  const char* count(std::string_view text, LogRecord& out);

  char day_text_[11] = {};  // "01/Aug/1995", whose start is day_s_
  int64_t day_s_ = 0;
};

extern const char kNoTime[];
extern const char kBadTime[];

}  // namespace og::cli
