// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/line_format.h"
#include "bindings/cli/log/out_of_time.h"
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
 * time is far from that of the one before; and at the beginning, when the first lines tell the
 * format.
 */
class LogReader {
 public:
  // What is read before the format is told; more where none of these is of any.
  static constexpr std::size_t kFirstLines = 64;
  static constexpr std::size_t kMostFirstLines = 4096;
  static constexpr std::size_t kFirstBytes = std::size_t{1} << 20;

  // choice and left_out outlive it.
  LogReader(std::unique_ptr<LineSource> source, const FormatChoice& choice, LeftOut& left_out)
      : source_(std::move(source)), choice_(&choice), left_out_(&left_out) {}

  // Goes on to the next request; false at the end.
  Result<bool> next();
  const LogRecord& record() const { return ahead_.empty() ? record_ : ahead_.front().record; }
  const LineSource& source() const { return *source_; }
  // For people; "" when no line told it.
  const std::string& format_name() const { return format_name_; }

 private:
  struct Line {
    std::string text;
    int64_t number;
    bool was_overlong;
    bool was_cut;
  };
  // A request that waits for what is said of the one before it.
  struct Held {
    std::string line;
    LogRecord record;  // its views are of the two texts
    int64_t number;
    std::string client;
    std::string url;
  };

  Result<void> begin();
  Result<bool> next_line();
  Result<bool> read();  // the next line of the format, into line_ and record_
  Result<void> leave_out_malformed(std::string why);
  Result<void> read_ahead();
  void hold();
  tl::expected<void, Failure> leave_out(const char* why);  // the first of those ahead
  void end();

  std::unique_ptr<LineSource> source_;
  const FormatChoice* choice_;
  LeftOut* left_out_;
  std::unique_ptr<LineFormat> format_;
  const LogFormat* detected_ = nullptr;
  std::string format_name_;

  std::vector<Line> first_;  // read, and not yet looked at from first_at_ on
  std::size_t first_at_ = 0;
  std::string_view line_;
  int64_t line_number_ = 0;
  bool was_overlong_ = false;
  bool was_cut_ = false;

  TimeOfLog time_;
  LogRecord record_;
  std::deque<Held> ahead_;
  bool front_is_given_ = false;
  bool ended_ = false;
};

}  // namespace og::cli
