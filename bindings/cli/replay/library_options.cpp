// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/library_options.h"

#include "bindings/cli/replay/handle.h"

namespace og::cli {

Result<nlohmann::json> describe_library() {
  const auto text = text_from(
      [](og_text** out, og_error** error) { return og_config_describe(nullptr, out, error); });
  if (!text) return tl::unexpected(text.error());
  return nlohmann::json::parse(*text);
}

std::vector<std::string> option_names(std::string_view noun) {
  std::vector<std::string> names;
  const auto described = describe_library();
  if (!described) return names;
  for (const auto& one : *described) {
    if (one["noun"] != noun) continue;
    for (const auto& option : one["options"]) names.push_back(option["name"]);
  }
  return names;
}

std::string option_value(const ReplaySettings& settings, std::string_view noun,
                         std::string_view key) {
  if (const auto section = settings.nouns.find(noun); section != settings.nouns.end()) {
    for (const NounOption& option : section->second) {
      if (option.key == key) return option.value;
    }
  }
  const auto described = describe_library();
  if (!described) return {};
  for (const auto& one : *described) {
    if (one["noun"] != noun) continue;
    for (const auto& option : one["options"]) {
      if (option["name"] != key || !option.contains("default")) continue;
      const auto& value = option["default"];
      return value.is_string() ? value.get<std::string>() : value.dump();
    }
  }
  return {};
}

}  // namespace og::cli
