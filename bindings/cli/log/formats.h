// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/log/fields.h"
#include "bindings/cli/log/line_format.h"

namespace og::cli {

// A format of logs, in a file of its own in formats/. It is listed here and in formats.cpp.
struct LogFormat {
  std::string_view word;  // of --log-format
  std::string_view name;  // for people: "not Common or Combined Log Format"
  std::unique_ptr<LineFormat> (*make)(const FieldChoices& chosen);
  bool has_names = true;  // for its fields, so that --log-field can say others
};
extern const LogFormat kCaddyFormat, kEnvoyFormat, kEnvoyTextFormat, kTraefikFormat, kJsonFormat,
    kAlbFormat, kHaproxyFormat, kCloudFrontFormat, kW3cFormat, kCommonFormat, kCombinedFormat;

// In the order in which they are tried.
std::span<const LogFormat* const> log_formats();
// "auto, common, combined, ..."
std::string log_format_words();

// What --log-format and --log-field say: a format, or that each log's first lines tell.
struct FormatChoice {
  // Null: by the log's first lines.
  std::function<std::unique_ptr<LineFormat>()> make;
  std::string name;  // of the format, where there is one
  FieldChoices fields;

  // `text`: "auto", a format's word, or a pattern: nginx's log_format, Apache's LogFormat.
  static Result<FormatChoice> parse(const std::string& text, FieldChoices fields);
};

// Whether the format can be told these.
Result<void> check_fields(const LogFormat& format, const FieldChoices& fields);

// The format that reads most of these lines, the first of several; null when none reads any.
const LogFormat* detect_format(std::span<const std::string> lines, const FieldChoices& fields);
// Where none reads any: the one that says best why, by how the first line looks.
const LogFormat& nearest_format(std::span<const std::string> lines);

}  // namespace og::cli
