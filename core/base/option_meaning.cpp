// SPDX-License-Identifier: Apache-2.0
// What options mean, apart from how they were written.
#include <algorithm>

#include "core/base/options.h"

namespace og {
namespace {

struct Meaning {
  Config known;
  std::string unknown;  // of options that are not in the table: of a newer release
};

// A blank ends a word: those within a text are kept as another separator.
constexpr char kKeptBlank = '\x1f';

std::string with(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

template <class F>
void each_word(std::string_view text, F&& f) {
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const size_t at = word.find('=');
    if (at == word.npos) continue;
    f(word.substr(0, at), with(std::string(word.substr(at + 1)), kKeptBlank, ' '), word);
  }
}

Meaning parse_meaning(const OptionTable& table, std::string_view text) {
  Meaning meaning;
  each_word(text, [&](std::string_view name, const std::string& value, std::string_view word) {
    const bool known = std::any_of(table.rows.begin(), table.rows.end(),
                                   [&](const OptionSpec& row) { return row.name == name; });
    if (known)
      meaning.known.set(name, value);
    else
      meaning.unknown += ' ' + std::string(word);
  });
  return meaning;
}

}  // namespace

bool Options::is_at_default(size_t at) const {
  const OptionSpec& row = table_.rows[at];
  if (!row.fallback) return false;
  const Value fallback = *row.fallback ? *parse(row, row.name, row.fallback) : Value();
  return to_text(at) == text_of(row, fallback);
}

std::string Options::meaning() const {
  std::string kept;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (table_.rows[i].of_caller || is_at_default(i)) continue;
    kept += (kept.empty() ? "" : " ") + std::string(table_.rows[i].name) + "=" +
            with(to_text(i), ' ', kKeptBlank);
  }
  return kept;
}

Result<Options> Options::recall(const OptionTable& table, std::string_view meaning,
                                const Options* caller) {
  auto options = resolve(table, parse_meaning(table, meaning).known);
  for (size_t i = 0; options && caller && i < table.rows.size(); ++i) {
    if (table.rows[i].of_caller) options->values_[i] = caller->values_[i];
  }
  return options;
}

Config Options::words(std::string_view meaning) {
  Config config;
  each_word(meaning, [&](std::string_view name, const std::string& value, std::string_view) {
    config.set(name, value);
  });
  return config;
}

Config Options::to_config() const {
  Config config;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (const std::string text = to_text(i); !text.empty()) config.set(table_.rows[i].name, text);
  }
  return config;
}

std::vector<Options::Difference> Options::differences(const Options& other) const {
  std::vector<Difference> all;
  for (size_t i = 0; i < values_.size(); ++i) {
    const OptionSpec& row = table_.rows[i];
    if (row.of_caller) continue;
    const std::string name = row.name, own = to_text(i), theirs = other.to_text(i);
    if (own != theirs) all.push_back({name, name + "=" + own, name + "=" + theirs, row.changes});
  }
  return all;
}

std::optional<Options::Difference> Options::difference(const Options& other) const {
  const auto all = differences(other);
  return all.empty() ? std::nullopt : std::optional(all.front());
}

Result<Options::Change> Options::change(const OptionTable& table, std::string_view meaning,
                                        const Config& config) {
  Meaning there = parse_meaning(table, meaning);
  auto before = resolve(table, there.known);
  if (!before) return tl::unexpected(std::move(before.error()));
  for (const auto& [name, value] : config.entries()) there.known.set(name, value);
  auto after = resolve(table, there.known);
  if (!after) return tl::unexpected(std::move(after.error()));
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const OptionSpec& row = table.rows[i];
    if (row.changes || row.of_caller || before->to_text(i) == after->to_text(i)) continue;
    return fail(Status::kBadValue,
                "option '" + std::string(row.name) + "' cannot become " + after->to_text(i) +
                    " while the " + table.noun + " is in use: it is " + before->to_text(i),
                row.name);
  }
  std::string text = after->meaning() + there.unknown;
  if (text.starts_with(' ')) text.erase(0, 1);
  return Change{std::move(*before), std::move(*after), std::move(text)};
}

}  // namespace og
