// SPDX-License-Identifier: Apache-2.0
// Any text as any noun's options: "limiter\nrate=5/min\nkeys=100". What is refused is refused with
// a message and the option at fault, and what passes passes again.
#include <outgrow.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string_view line_of(std::string_view* text) {
  const size_t end = std::min(text->find('\n'), text->size());
  std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  og_config* config = nullptr;
  if (og_config_create(&config, nullptr) != OG_OK) return 0;
  const std::string noun(line_of(&text));
  while (!text.empty()) {
    const std::string_view line = line_of(&text);
    const size_t equals = std::min(line.find('='), line.size());
    const std::string name(line.substr(0, equals)),
        value(line.substr(std::min(equals + 1, line.size())));
    og_config_set(config, name.c_str(), value.c_str());
  }
  og_error* error = nullptr;
  const og_status status = og_config_check(config, noun.c_str(), &error);
  if ((status == OG_OK) != (error == nullptr)) std::abort();
  if (error != nullptr && *og_error_message(error) == '\0') std::abort();
  og_error_destroy(&error);
  if (og_config_check(config, noun.c_str(), nullptr) != status) std::abort();
  og_config_destroy(&config);
  return 0;
}
