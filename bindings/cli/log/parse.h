// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "bindings/cli/log/record.h"

namespace og::cli {

/*
 * Reads one line of Common or Combined Log Format:
 *
 *   client ident user [01/Aug/1995:02:00:00 -0400] "GET /url HTTP/1.0" 200 1713 "referer" "agent"
 *
 * What follows the size is not looked at, so servers that append fields of their own are read too.
 * Which field is the client, and what may stand before it, is client.h's. A byte order mark and NUL
 * bytes before a line are passed over.
 * The request's closing quote is the first one that is not escaped and has a status after it:
 * Apache and nginx escape quotes, older servers did not. A request that is not "METHOD URL ..."
 * (a TLS hello on the plain port, "-" after a timeout) is still one that the server answered; its
 * whole text stands for the URL.
 *
 * Times outside 1970 to 2099 are malformed: their nanoseconds would not fit the library's clocks.
 *
 * One pass, memchr for the delimiters, no allocation; the date's day is computed once per day.
 */
class LineParser {
 public:
  // nullptr and `out` filled, or why the line is malformed.
  const char* parse(std::string_view line, LogRecord& out);

 private:
  const char* parse_time(const char* text, LogRecord& out);

  char day_text_[11] = {};  // "01/Aug/1995", whose start is day_s_
  int64_t day_s_ = 0;
};

}  // namespace og::cli
