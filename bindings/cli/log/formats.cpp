// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/formats.h"

#include "bindings/cli/log/formats/pattern.h"
#include "bindings/cli/nearest.h"

namespace og::cli {

std::span<const LogFormat* const> log_formats() {
  static constexpr const LogFormat* kAll[] = {
      &kCommonFormat,    &kCombinedFormat,   &kCaddyFormat, &kEnvoyFormat,
      &kEnvoyTextFormat, &kTraefikFormat,    &kJsonFormat,  &kAlbFormat,
      &kHaproxyFormat,   &kCloudFrontFormat, &kW3cFormat,
  };
  return kAll;
}

std::string log_format_words() {
  std::string all = "auto";
  for (const LogFormat* format : log_formats()) all += ", " + std::string(format->word);
  return all;
}

Result<FormatChoice> FormatChoice::parse(const std::string& text, FieldChoices fields) {
  FormatChoice choice;
  choice.fields = std::move(fields);
  if (text == "auto") return choice;
  std::vector<std::string_view> known = {"auto"};
  for (const LogFormat* format : log_formats()) {
    if (text == format->word) {
      if (auto done = check_fields(*format, choice.fields); !done) {
        return tl::unexpected(done.error());
      }
      choice.name = format->name;
      choice.make = [format, chosen = choice.fields] { return format->make(chosen); };
      return choice;
    }
    known.push_back(format->word);
  }
  if (text.find('$') == text.npos && text.find('%') == text.npos) {
    return fail("--log-format knows no '" + printable(text) + "'" + did_you_mean(text, known) +
                "; it is one of " + log_format_words() +
                ", or the text of an nginx log_format or an Apache LogFormat");
  }
  auto pattern = Pattern::compile(text, choice.fields);
  if (!pattern) return tl::unexpected(pattern.error());
  choice.name = "the pattern of --log-format";
  choice.make = [compiled = std::move(*pattern)] { return make_pattern_format(compiled); };
  return choice;
}

Result<void> check_fields(const LogFormat& format, const FieldChoices& fields) {
  if (format.has_names || fields.empty()) return {};
  return fail("--log-field: the fields of " + std::string(format.name) + " have no names");
}

const LogFormat* detect_format(std::span<const std::string> lines, const FieldChoices& fields) {
  const LogFormat* best = nullptr;
  std::size_t most = 0;
  for (const LogFormat* format : log_formats()) {
    const auto reader = format->make(fields);
    std::size_t read = 0;
    LogRecord record;
    for (const std::string& line : lines) read += reader->parse(line, record) == nullptr;
    if (read > most) {
      most = read;
      best = format;
    }
  }
  return best;
}

const LogFormat& nearest_format(std::span<const std::string> lines) {
  for (const std::string& line : lines) {
    if (line.empty()) continue;
    if (line.starts_with('{')) return kJsonFormat;
    if (line.starts_with("#Fields:") || line.starts_with("#Version:")) return kW3cFormat;
    if (!line.starts_with('#')) break;
  }
  return kCommonFormat;
}

}  // namespace og::cli
