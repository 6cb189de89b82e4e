// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/formats.h"
#include "bindings/cli/log/reader.h"
#include "bindings/cli/log/record.h"

namespace og::cli {

/*
 * The requests of several logs, merged by time: each log's next request waits in a heap, the
 * earliest comes first, the order of the arguments decides ties. One log is read straight through.
 * A log that is itself slightly out of order (servers write a line when the response ends) is
 * passed on so.
 */
class LogMerge {
 public:
  static Result<LogMerge> open(const std::vector<std::string>& paths, bool strict,
                               FormatChoice format = {});

  // The next request, or nullptr after the last. Stands until the next call.
  Result<const LogRecord*> next();

  const LeftOut& left_out() const { return *left_out_; }
  // Of each log in which format it was read, "" where no line told it.
  std::vector<std::pair<std::string, std::string>> formats() const;
  // How far the logs are read, 0 to 1; negative when a size is not known (a pipe).
  double progress() const;

 private:
  bool later(std::size_t left, std::size_t right) const;

  // The readers point at these.
  std::unique_ptr<LeftOut> left_out_ = std::make_unique<LeftOut>();
  std::unique_ptr<const FormatChoice> format_;
  std::vector<LogReader> inputs_;
  std::vector<std::size_t> heap_;  // of inputs with a request waiting; the front is to be replaced
  bool started_ = false;
};

}  // namespace og::cli
