// SPDX-License-Identifier: Apache-2.0
// Variables of Apache's LogFormat: %h, %>s, %{Referer}i, %!200,304{User-agent}i. Source:
// httpd.apache.org/docs/2.4/mod/mod_log_config.html and mod_logio.html. Here a variable is called
// as it is written, without its modifiers: "%s", "%{Referer}i". Apache writes a quote within a
// value as
// \", and "-" for no value.
#include <algorithm>

#include "bindings/cli/log/formats/pattern.h"

namespace og::cli {
namespace {

constexpr FieldName kNames[] = {
    {LogField::kTime, "%t"},
    {LogField::kTime, "%{sec}t"},
    {LogField::kTime, "%{msec}t"},
    {LogField::kTime, "%{usec}t"},
    {LogField::kTime, "%{strftime}t"},
    {LogField::kClient, "%a"},
    {LogField::kClient, "%h"},
    {LogField::kClient, "%{c}a"},
    {LogField::kClient, "%{X-Real-IP}i"},
    {LogField::kClient, "%{X-Forwarded-For}i"},
    {LogField::kRequest, "%r"},
    {LogField::kMethod, "%m"},
    {LogField::kUrl, "%U"},
    {LogField::kQuery, "%q"},
    {LogField::kHost, "%{Host}i"},
    {LogField::kHost, "%V"},
    {LogField::kHost, "%v"},
    {LogField::kStatus, "%s"},
    {LogField::kBytes, "%B"},
    {LogField::kBytes, "%b"},
    {LogField::kBytes, "%O"},
    {LogField::kDuration, "%D", Unit::kMicroseconds},
    {LogField::kDuration, "%{us}T", Unit::kMicroseconds},
    {LogField::kDuration, "%{ms}T", Unit::kMilliseconds},
    {LogField::kDuration, "%{s}T", Unit::kSeconds},
    {LogField::kDuration, "%T", Unit::kSeconds},
};

bool is_spoken(std::string_view pattern) { return pattern.find('%') != pattern.npos; }

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// A header's name as the table has it, however the pattern writes it.
std::string known_header(const std::string& name) {
  for (const FieldName& row : kNames) {
    if (lower(std::string(row.name)) == lower(name)) return std::string(row.name);
  }
  return name;
}

Result<PatternVariable> read_time(PatternVariable variable, std::string argument) {
  for (const std::string_view moment : {"begin:", "end:"}) {
    if (argument.starts_with(moment)) argument.erase(0, moment.size());
  }
  if (argument.empty()) {
    variable.name = "%t";
    variable.blanks = 1;
    variable.brackets = true;
  } else if (argument == "sec" || argument == "msec" || argument == "usec") {
    variable.name = "%{" + argument + "}t";
  } else if (argument == "msec_frac" || argument == "usec_frac") {
    variable.name = "%{frac}t";  // beside another %{...}t
  } else {
    variable.name = "%{strftime}t";
    variable.strftime = argument;
    variable.blanks = static_cast<std::size_t>(std::count(argument.begin(), argument.end(), ' '));
  }
  return variable;
}

Result<PatternVariable> variable_at(std::string_view text) {
  PatternVariable variable;
  if (!text.starts_with('%') || text.starts_with("%%")) return variable;
  std::size_t at = std::min(text.find_first_not_of("0123456789,!<>", 1), text.size());
  std::string argument;
  if (text.substr(at).starts_with('{')) {
    const std::size_t close = text.find('}', at);
    if (close == text.npos) return fail("--log-format: '" + printable(text) + "' has no }");
    argument = text.substr(at + 1, close - at - 1);
    at = close + 1;
    at = std::min(text.find_first_not_of("<>", at), text.size());
  }
  std::size_t letters = text.substr(at).starts_with('^') ? 3 : 1;  // "%{name}^ti"
  if (at + letters > text.size()) {
    return fail("--log-format: '" + printable(text) + "' is no variable of a LogFormat");
  }
  const std::string letter(text.substr(at, letters));
  variable.length = at + letters;
  if (letter == "t") return read_time(std::move(variable), argument);
  variable.name = "%" + (argument.empty() ? "" : "{" + argument + "}") + letter;
  if (letter == "i") variable.name = known_header(variable.name);
  return variable;
}

std::size_t escape_at(std::string_view text, char& out) {
  constexpr std::pair<std::string_view, char> kEscapes[] = {
      {"%%", '%'}, {"\\\"", '"'}, {"\\\\", '\\'}, {"\\t", '\t'}};
  for (const auto& [escape, stands_for] : kEscapes) {
    if (!text.starts_with(escape)) continue;
    out = stands_for;
    return escape.size();
  }
  return 0;
}

}  // namespace

const PatternDialect kApachePattern = {"Apache", is_spoken, variable_at, escape_at, kNames};

}  // namespace og::cli
