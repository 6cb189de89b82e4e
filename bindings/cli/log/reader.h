// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/out_of_time.h"
#include "bindings/cli/log/parse.h"
#include "bindings/cli/log/record.h"
#include "bindings/cli/log/source.h"

namespace og::cli {

// A line that is left out, as told to the one who asked.
struct LineLeftOut {
  std::string log;
  int64_t line_number;
  std::string why;
  std::string start;  // of the line, printable
};

// What the logs hold and the replay does not see.
struct LeftOut {
  static constexpr std::size_t kShown = 5;  // lines of a kind that are kept to be shown

  bool strict = false;  // any of it is an error
  int64_t malformed = 0;
  int64_t out_of_time = 0;
  std::vector<LineLeftOut> malformed_lines;
  std::vector<LineLeftOut> out_of_time_lines;
  std::vector<std::string> warnings;  // what of a log could not be read
};

/*
 * The requests of one log. Lines that are not of the format, and those whose time cannot be (see
 * TimeOfLog), are counted and left out. A line is copied, and others are read ahead, only when its
 * time is far from that of the one before.
 */
class LogReader {
 public:
  // left_out outlives it.
  LogReader(std::unique_ptr<LineSource> source, LeftOut& left_out)
      : source_(std::move(source)), left_out_(&left_out) {}

  // Goes on to the next request; false at the end.
  Result<bool> next();
  const LogRecord& record() const { return ahead_.empty() ? record_ : ahead_.front().record; }
  const LineSource& source() const { return *source_; }

 private:
  // A line that waits for what is said of the one before it.
  struct Held {
    std::string line;
    LogRecord record;  // its views are into the line
    int64_t number;
  };

  Result<bool> read();  // the next line of the format, into line_ and record_
  Result<void> read_ahead();
  void hold();
  tl::expected<void, Failure> leave_out(const char* why);  // the first of those ahead

  std::unique_ptr<LineSource> source_;
  LeftOut* left_out_;
  LineParser parser_;
  TimeOfLog time_;
  std::string_view line_;
  LogRecord record_;
  std::deque<Held> ahead_;
  bool front_is_given_ = false;
  bool ended_ = false;
};

}  // namespace og::cli
