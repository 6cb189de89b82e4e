// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>

#include "bindings/cli/log/civil_time.h"
#include "bindings/cli/log/digit.h"
#include "bindings/cli/log/formats/pattern.h"

namespace og::cli {
namespace {

bool is_escaped(std::string_view line, std::size_t quote) {
  bool escaped = false;
  while (quote > 0 && line[--quote] == '\\') escaped = !escaped;
  return escaped;
}

bool begins_a_number(std::string_view text) {
  return !text.empty() && (text[0] == '-' || is_digit(text[0]));
}

class PatternLines : public LineFormat {
 public:
  explicit PatternLines(Pattern pattern) : pattern_(std::move(pattern)) {}

 private:
  const char* read(std::string_view line, LogRecord& out) override {
    if (!line.starts_with(pattern_.before()))
      return said("it does not begin with", "", pattern_.before());
    line.remove_prefix(pattern_.before().size());
    FieldTexts texts;
    for (std::size_t i = 0; i < pattern_.steps().size(); ++i) {
      const Pattern::Step& step = pattern_.steps()[i];
      const bool number_next = i + 1 < pattern_.steps().size() && pattern_.steps()[i + 1].is_number;
      const std::size_t end = end_of(step, line, number_next);
      if (end == line.npos) return said("nothing ends", step.name, step.after);
      if (step.is_read) {
        texts[step.field] = line.substr(0, end);
        if (step.field == LogField::kDuration) texts.duration_unit = step.unit;
        if (!step.strftime.empty() && !read_strftime(step, line.substr(0, end), texts)) {
          return said("it has no time of the form", step.strftime, "");
        }
      }
      line.remove_prefix(end + step.after.size());
    }
    if (!line.empty()) return "it goes on after what the pattern says";
    return fields_.read(texts, out);
  }

  // Where the step's text ends and what follows it begins; npos when nowhere.
  static std::size_t end_of(const Pattern::Step& step, std::string_view line, bool number_next) {
    if (step.after.empty()) return line.size();
    std::size_t at = 0;
    for (std::size_t blanks = step.blanks; blanks > 0; --blanks) {
      at = line.find(' ', at);
      if (at == line.npos) return at;
      ++at;
    }
    for (at = line.find(step.after, at); at != line.npos; at = line.find(step.after, at + 1)) {
      if (step.is_quoted && is_escaped(line, at)) continue;
      if (number_next && !begins_a_number(line.substr(at + step.after.size()))) continue;
      if (step.is_list && step.after[0] == ' ' && is_within_a_list(line, at)) continue;
      return at;
    }
    return line.npos;
  }

  // The blank of "a, b", or one of the two of "a : b".
  static bool is_within_a_list(std::string_view line, std::size_t blank) {
    constexpr std::string_view kOther = " : ";
    return (blank > 0 && line[blank - 1] == ',') || line.substr(blank).starts_with(kOther) ||
           (blank > 1 && line.substr(blank - 2).starts_with(kOther));
  }

  bool read_strftime(const Pattern::Step& step, std::string_view text, FieldTexts& texts) {
    const std::string copy(text);
    std::tm tm{};
    tm.tm_mday = 1;
    const char* const after = ::strptime(copy.c_str(), step.strftime.c_str(), &tm);
    if (after == nullptr || *after != '\0' || copy.size() != text.size()) return false;
    const int year = tm.tm_year + 1900;
    if (!is_civil_day(year, tm.tm_mon + 1, tm.tm_mday)) return false;
    const int64_t s = days_from_civil(year, tm.tm_mon + 1, tm.tm_mday) * 86400 + tm.tm_hour * 3600 +
                      tm.tm_min * 60 + tm.tm_sec - tm.tm_gmtoff;
    time_ = iso_8601(s, static_cast<int32_t>(tm.tm_gmtoff));
    texts[LogField::kTime] = time_;
    return true;
  }

  const char* said(const char* what, const std::string& name, const std::string& literal) {
    why_ = what;
    if (!name.empty()) why_ += " " + name;
    if (!literal.empty()) why_ += (name.empty() ? " '" : ": no '") + printable(literal, 40) + "'";
    return why_.c_str();
  }

  Pattern pattern_;
  FieldReader fields_;
  std::string time_;
  std::string why_;
};

}  // namespace

std::unique_ptr<LineFormat> make_pattern_format(Pattern pattern) {
  return std::make_unique<PatternLines>(std::move(pattern));
}

}  // namespace og::cli
