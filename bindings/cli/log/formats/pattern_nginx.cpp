// SPDX-License-Identifier: Apache-2.0
// Variables of nginx's log_format: $request_time, ${status}. Source: nginx.org/en/docs/http/
// ngx_http_log_module.html. nginx writes a quote within a value as \x22, and "-" for no value.
#include "bindings/cli/log/digit.h"
#include "bindings/cli/log/formats/nginx_names.h"
#include "bindings/cli/log/formats/pattern.h"

namespace og::cli {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) { return is_letter(c) || is_digit(c); }

bool is_spoken(std::string_view pattern) {
  for (std::size_t at = pattern.find('$'); at != pattern.npos; at = pattern.find('$', at + 1)) {
    const char next = at + 1 < pattern.size() ? pattern[at + 1] : ' ';
    if (is_letter(next) || next == '{') return true;
  }
  return false;
}

Result<PatternVariable> variable_at(std::string_view text) {
  PatternVariable variable;
  if (text.size() < 2 || text[0] != '$' || !(is_letter(text[1]) || text[1] == '{')) return variable;
  const bool braces = text[1] == '{';
  std::size_t end = braces ? 2 : 1;
  while (end < text.size() && is_name(text[end])) ++end;
  variable.name = text.substr(braces ? 2 : 1, end - (braces ? 2 : 1));
  if (braces && (end == text.size() || text[end++] != '}')) {
    return fail("--log-format: ${" + printable(variable.name) + " is not closed");
  }
  variable.length = end;
  if (variable.name == "time_local") variable.blanks = 1;
  return variable;
}

std::size_t escape_at(std::string_view, char&) { return 0; }

}  // namespace

const PatternDialect kNginxPattern = {"nginx", is_spoken, variable_at, escape_at, kNginxNames};

}  // namespace og::cli
