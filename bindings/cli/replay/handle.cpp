// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/replay/handle.h"

#include <algorithm>

namespace og::cli {
namespace {

Result<ConfigHandle> empty_config() {
  og_config* config = nullptr;
  if (og_config_create(&config, nullptr) != OG_OK) return fail("out of memory");
  return ConfigHandle(config);
}

}  // namespace

Result<ConfigHandle> make_config(const std::string& noun, const NounOptions& options) {
  auto config = empty_config();
  if (!config) return config;
  for (const NounOption& option : options) {
    if (og_config_set(config->get(), option.key.c_str(), option.value.c_str()) != OG_OK) {
      return fail("[" + noun + "] cannot take '" + printable(option.key) + "'");
    }
  }
  return config;
}

Failure explain(const ReplaySettings& settings, std::string_view section, const og_error* error) {
  const std::string_view option = og_error_option(error);
  int64_t line = 0;
  if (const auto found = settings.nouns.find(section); found != settings.nouns.end()) {
    for (const NounOption& given : found->second) {
      if (given.key == option) line = given.line;
    }
  }
  std::string text = "[" + std::string(section) + "] " + og_error_message(error);
  if (line > 0) text = settings.path + ":" + std::to_string(line) + ": " + text;
  return Failure{printable(text, 400)};
}

Result<void> check_options(const ReplaySettings& settings, const std::string& noun,
                           const NounOptions& options) {
  auto config = make_config(noun, options);
  if (!config) return tl::unexpected(config.error());
  og_error* error = nullptr;
  const og_status status = og_config_check(config->get(), noun.c_str(), &error);
  const ErrorHandle owned(error);
  if (status != OG_OK) return tl::unexpected(explain(settings, noun, error));
  return {};
}

}  // namespace og::cli
