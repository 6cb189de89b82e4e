// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/parse.h"
#include "bindings/cli/log/record.h"
#include "bindings/cli/log/source.h"

namespace og::cli {

// A line that is not of the format, as told to the one who asked.
struct MalformedLine {
  std::string log;
  int64_t line_number;
  std::string why;
  std::string start;  // of the line, printable
};

/*
 * The requests of several logs, merged by time: each log's next request waits in a heap, the
 * earliest comes first, the order of the arguments decides ties. One log is read straight through.
 * A log that is itself slightly out of order (servers write a line when the response ends) is
 * passed on so.
 */
class LogMerge {
 public:
  static constexpr std::size_t kShown = 5;  // malformed lines that are kept to be shown

  static Result<LogMerge> open(const std::vector<std::string>& paths, bool strict);

  // The next request, or nullptr after the last. Stands until the next call.
  Result<const LogRecord*> next();

  int64_t skipped() const { return skipped_; }
  const std::vector<MalformedLine>& malformed() const { return malformed_; }
  // How far the logs are read, 0 to 1; negative when a size is not known (a pipe).
  double progress() const;

 private:
  struct Input {
    std::unique_ptr<LineSource> source;
    LineParser parser;
    LogRecord record;
  };

  Result<bool> advance(Input& input);
  bool later(std::size_t left, std::size_t right) const;

  std::vector<Input> inputs_;
  std::vector<std::size_t> heap_;  // of inputs with a request waiting; the front is to be replaced
  bool started_ = false;
  bool strict_ = false;
  int64_t skipped_ = 0;
  std::vector<MalformedLine> malformed_;
};

}  // namespace og::cli
