// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/options_command.h"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bindings/cli/nearest.h"
#include "bindings/cli/replay/handle.h"
#include "bindings/cli/replay/settings.h"

namespace og::cli {
namespace {

using Json = nlohmann::json;

Result<Json> describe_all() {
  og_text* made = nullptr;
  og_error* error = nullptr;
  const og_status status = og_config_describe(nullptr, &made, &error);
  const TextHandle text(made);
  const ErrorHandle owned(error);
  if (status != OG_OK) return fail(og_error_message(error));
  return Json::parse(og_text_data(made));
}

std::string plain(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Breaks the text into lines of at most 72 columns, each behind the margin.
void print_wrapped(const std::string& text, const std::string& margin) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = std::min(text.find(' ', at), text.size());
    if (!line.empty() && line.size() + 1 + space - at > 72) {
      std::cout << margin << line << "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + text.substr(at, space - at);
    at = space + 1;
  }
  if (!line.empty()) std::cout << margin << line << "\n";
}

void print_row(const std::string& name, const std::string& kind, const std::string& fallback,
               const std::string& doc) {
  std::cout << "  " << name << "  (" << kind << (fallback.empty() ? "" : ", default " + fallback)
            << ")\n";
  print_wrapped(doc, "      ");
}

// In the replay the section may have another default than the library.
std::string fallback_of(const std::string& noun, const Json& option) {
  for (const NounDefault& row : noun_defaults()) {
    if (row.section == noun && row.key == option["name"]) {
      const std::string own = option.contains("default") && !option["default"].is_null()
                                  ? plain(option["default"])
                                  : std::string();
      return own.empty() ? "none; replay: " + std::string(row.value)
                         : own + "; replay: " + std::string(row.value);
    }
  }
  return option.contains("default") && !option["default"].is_null() ? plain(option["default"]) : "";
}

void print_library_row(const std::string& noun, const Json& option) {
  std::string kind = plain(option["type"]);
  const Json choices = option.value("choices", Json());
  if (choices.is_array() && !choices.empty()) {
    kind.clear();
    for (const Json& choice : choices) kind += (kind.empty() ? "" : "|") + plain(choice);
  } else if (choices.is_string() && !choices.get<std::string>().empty()) {
    kind = choices.get<std::string>();
  } else if (option.contains("min") && option.contains("max") && !option["min"].is_null() &&
             option["min"] != option["max"]) {
    kind += " " + plain(option["min"]) + " to " + plain(option["max"]);
    if (const std::string unit = option.value("unit", ""); !unit.empty()) kind += " " + unit;
  }
  print_row(plain(option["name"]), kind, fallback_of(noun, option), plain(option["doc"]));
}

void print_own_rows(std::string_view section) {
  for (const OwnOption& row : own_options()) {
    if (row.section != section) continue;
    std::string kind = "replay";
    if (row.max >= row.min) {
      kind += ", " + plain(Json(row.min)) + " to " + plain(Json(row.max)) +
              (row.unit.empty() ? "" : " " + std::string(row.unit));
    }
    print_row(std::string(row.key), kind, std::string(row.fallback), std::string(row.doc));
  }
}

}  // namespace

Result<void> print_options(const std::string& noun) {
  auto described = describe_all();
  if (!described) return tl::unexpected(described.error());
  std::vector<std::string> names;
  for (const Json& one : *described) names.push_back(one["noun"]);
  for (const OwnOption& row : own_options()) {
    if (std::find(names.begin(), names.end(), row.section) == names.end()) {
      names.emplace_back(row.section);
    }
  }
  if (!noun.empty() && std::find(names.begin(), names.end(), noun) == names.end()) {
    return fail("no noun or section '" + printable(noun) + "'" +
                did_you_mean(noun, {names.begin(), names.end()}));
  }
  bool first = true;
  for (const std::string& name : names) {
    if (!noun.empty() && name != noun) continue;
    std::cout << (first ? "[" : "\n[") << name << "]\n";
    first = false;
    for (const Json& one : *described) {
      if (one["noun"] != name) continue;
      for (const Json& option : one["options"]) print_library_row(name, option);
    }
    print_own_rows(name);
  }
  return {};
}

}  // namespace og::cli
