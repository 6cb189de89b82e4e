// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/options_command.h"

#include <algorithm>
#include <iostream>

#include "bindings/cli/figures.h"
#include "bindings/cli/nearest.h"
#include "bindings/cli/replay/library_options.h"
#include "bindings/cli/replay/settings.h"

namespace og::cli {
namespace {

using OrderedJson = nlohmann::json;

constexpr std::size_t kColumns = 98;
constexpr char kReplayHead[] =
    "# Every key of a configuration for outgrow replay, at its default. Keep those that you "
    "change.\n";
// The grammar of core/base/quantity.h, in short.
constexpr char kQuantities[] =
    "# Durations are milliseconds, or a text with ns, us, ms, s, min, h or d: \"1.5s\". Sizes are "
    "bytes,\n"
    "# or a text with kB, MB, GB, TB (by 1000), KiB, MiB, GiB or TiB (by 1024): \"64MiB\". Rates "
    "are whole\n"
    "# events a second, or over a time: \"100/s\", \"1000/min\", \"5/250ms\". Numbers may have a "
    "point and\n"
    "# an exponent. What is not fully read is an error.\n";

// Broken into lines behind "# ".
void print_comment(const std::string& text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    if (!line.empty() && line.size() + 1 + space - at > kColumns - 2) {
      std::cout << "# " << line << "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + text.substr(at, space - at);
    at = space + 1;
  }
  if (!line.empty()) std::cout << "# " << line << "\n";
}

// "1 to 64 calls.", "0 to 30 days."
std::string range(double min, double max, const std::string& type, const std::string& unit) {
  constexpr double kDay = 86'400'000;
  if (type == "bytes") {
    return as_bytes(static_cast<int64_t>(min)) + " to " + as_bytes(static_cast<int64_t>(max)) + ".";
  }
  if (type == "duration" && max >= kDay) {
    return (min > 0 ? shortest(min) + " ms to " : "0 to ") + shortest(max / kDay) +
           (max > kDay ? " days." : " day.");
  }
  return shortest(min) + " to " + shortest(max) + (unit.empty() ? "." : " " + unit + ".");
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.-") == text.npos;
}

// A default as TOML has it.
std::string literal(const std::string& text, const std::string& type) {
  const bool bare = type == "bool" || type == "list" || (type != "enum" && is_number(text));
  return bare ? text : "\"" + text + "\"";
}

void print_library_row(const std::string& noun, const OrderedJson& option, bool for_replay) {
  const std::string name = option["name"];
  const std::string type = option["type"];
  std::string doc = option["doc"];
  if (std::string choices = option.value("choices", ""); !choices.empty()) {
    for (std::size_t at = 0; (at = choices.find('|', at)) != choices.npos;) {
      choices.replace(at, 1, ", ");
    }
    doc += " One of " + choices + ".";
  } else if (option.contains("min") && option.contains("max")) {
    doc += " " + range(option["min"], option["max"], type, option.value("unit", ""));
  }
  std::string value = option.value("default", "");
  for (const NounDefault& row : noun_defaults()) {
    if (!for_replay || row.section != noun || row.key != name) continue;
    if (!row.note.empty()) doc += " " + std::string(row.note);
    if (row.value.empty()) continue;
    doc += " (The replay's default; the library has " + (value.empty() ? "none" : value) + ".)";
    value = row.value;
  }
  print_comment(doc);
  std::cout << (value.empty() ? "# " : "") << name << " = " << literal(value, type) << "\n";
}

void print_own_row(const OwnOption& row) {
  std::string doc(row.doc);
  const bool number = row.max >= row.min;
  const std::string unit(row.unit);
  if (number) doc += " " + range(row.min, row.max, unit == "ms" ? "duration" : "", unit);
  const bool list = row.fallback.starts_with('[');
  print_comment(doc);
  std::cout << row.key << " = "
            << literal(std::string(row.fallback), list     ? "list"
                                                  : number ? ""
                                                           : "enum")
            << "\n";
}

// The replay's nouns lie in no scope, their options do not change, and it gives no key a plan.
bool is_for_replay(const OrderedJson& option) {
  const std::string name = option["name"];
  return name != "on_mismatch" && name != "tokens_inheritance" && name != "window_events" &&
         name != "plans" && name != "plan_keys";
}

void print_section(const OrderedJson& library, const std::string& name, bool for_replay) {
  std::cout << "[" << name << "]\n";
  bool is_noun = false;
  for (const OrderedJson& one : library) {
    if (one["noun"] != name) continue;
    is_noun = true;
    for (const OrderedJson& option : one["options"]) {
      if (!for_replay || is_for_replay(option)) print_library_row(name, option, for_replay);
    }
  }
  // A noun's section has keys of the replay's own too, which the library does not take.
  for (const OwnOption& row : own_options()) {
    if (row.section == name && (for_replay || !is_noun)) print_own_row(row);
  }
}

}  // namespace

Result<void> print_options(const std::string& noun) {
  const auto library = describe_library();
  if (!library) return tl::unexpected(library.error());
  std::vector<std::string> names;
  for (const std::string_view section : replay_sections()) names.emplace_back(section);
  if (noun == "replay") {
    std::cout << kReplayHead << kQuantities << "\n";
  } else {
    for (const OrderedJson& one : *library) {
      const auto name = one["noun"].get<std::string>();
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (!noun.empty()) {
      if (std::find(names.begin(), names.end(), noun) == names.end()) {
        names.emplace_back("replay");
        return fail("no noun or section '" + printable(noun) + "'" +
                    did_you_mean(noun, {names.begin(), names.end()}));
      }
      names = {noun};
    } else {
      std::cout << kQuantities << "\n";
    }
  }
  for (const std::string& name : names) {
    if (name != names.front()) std::cout << "\n";
    print_section(*library, name, noun == "replay");
  }
  return {};
}

}  // namespace og::cli
