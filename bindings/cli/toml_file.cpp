// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/toml_file.h"

#include <string_view>

#include "bindings/cli/figures.h"
#include "bindings/cli/files.h"

namespace og::cli {
namespace {

// Characters of which toml++ 3.3 takes for granted that they are none: U+FB26 to U+FEFE, the
// presentation forms. The line of the first, or 0.
int64_t line_of_unreadable(std::string_view text) {
  int64_t line = 1;
  for (size_t i = 0; i < text.size(); ++i) {
    line += text[i] == '\n';
    if (text[i] != '\xEF' || text.size() - i < 3) continue;
    const std::string_view next = text.substr(i + 1, 2);
    if (next >= std::string_view("\xAC\xA6") && next <= std::string_view("\xBB\xBE")) return line;
  }
  return 0;
}

}  // namespace

Result<toml::table> read_toml(const std::string& path) {
  auto text = read_small_file(path);
  if (!text) return tl::unexpected(text.error());
  if (const int64_t line = line_of_unreadable(*text)) {
    return fail(path + ":" + std::to_string(line) +
                ": the characters U+FB26 to U+FEFE cannot be read here");
  }
  toml::parse_result parsed = toml::parse(*text, path);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(path + ":" + std::to_string(error.source().begin.line) + ": " +
                printable(error.description(), 200));
  }
  return std::move(parsed).table();
}

std::optional<std::string> as_text(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return text;
  if (auto whole = node.value_exact<int64_t>()) return std::to_string(*whole);
  if (auto number = node.value_exact<double>()) return shortest(*number);
  if (auto truth = node.value_exact<bool>()) return *truth ? "true" : "false";
  return std::nullopt;
}

}  // namespace og::cli
