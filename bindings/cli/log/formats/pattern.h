// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/fields.h"
#include "bindings/cli/log/line_format.h"

namespace og::cli {

/*
 * The text of nginx's log_format or Apache's LogFormat, made ready to read lines: variables and
 * what stands between them.
 *
 * A variable's text ends where what follows it in the pattern begins. Between quotes that is the
 * first quote that no backslash escapes and behind which the rest can go on. Elsewhere it is the
 * first place that fits; but a time has its blanks, a list "a, b" or "0.1 : 0.2" is one text, and
 * before a number only a digit or a dash fits. What a line has beyond the pattern is malformed: a
 * pattern that is not the log's own shall not read it.
 */
class Pattern {
 public:
  // A variable and the text after it.
  struct Step {
    std::string name;  // as the pattern has it, for messages
    LogField field = LogField::kTime;
    Unit unit = Unit::kNone;
    bool is_read = false;
    bool is_number = false;  // it begins with a digit, or is "-": status, bytes, durations, times
    bool is_list = false;
    bool is_quoted = false;  // the text before and after it is a quote
    std::size_t blanks = 0;  // within its text: of a time
    std::string strftime;    // of a time, where the pattern says its own
    std::string after;       // "": it goes on to the line's end
  };

  static Result<Pattern> compile(std::string_view text, const FieldChoices& chosen);

  const std::string& before() const { return before_; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  friend class PatternCompiler;

  std::string before_;  // the first variable
  std::vector<Step> steps_;
};

std::unique_ptr<LineFormat> make_pattern_format(Pattern pattern);

// How a server writes variables in its patterns: a file each, pattern_<server>.cpp.
struct PatternVariable {
  std::string name;  // as FieldName has it
  std::string strftime;
  std::size_t blanks = 0;
  bool brackets = false;   // its text has them around it: Apache's %t
  std::size_t length = 0;  // of the variable in the pattern; 0: there is none
};

struct PatternDialect {
  std::string_view server;
  bool (*is_spoken)(std::string_view pattern);
  // The variable that the text begins with.
  Result<PatternVariable> (*variable_at)(std::string_view text);
  // What stands for one character: an escape. Its length in the pattern, or 0.
  std::size_t (*escape_at)(std::string_view text, char& out);
  std::span<const FieldName> names;
};
extern const PatternDialect kNginxPattern, kApachePattern;

}  // namespace og::cli
