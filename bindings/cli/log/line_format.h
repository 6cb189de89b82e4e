// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "bindings/cli/log/record.h"

namespace og::cli {

// Reads the lines of one log, in their order.
class LineFormat {
 public:
  // What parse() gives for a line of the format that is no request: "#Fields: ...".
  static const char kHeader[];

  virtual ~LineFormat() = default;

  // nullptr and `out` filled, or why the line is malformed. Both stand until the next call. What an
  // editor (a byte order mark) or a rotation that truncates (NUL bytes) put before a line is passed
  // over.
  const char* parse(std::string_view line, LogRecord& out);

  // Known at the end: what of the lines was not used and how to use it, or "".
  virtual std::string note() const { return {}; }

 private:
  virtual const char* read(std::string_view line, LogRecord& out) = 0;
};

}  // namespace og::cli
