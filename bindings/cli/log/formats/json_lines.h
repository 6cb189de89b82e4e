// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "bindings/cli/log/fields.h"
#include "bindings/cli/log/line_format.h"

namespace og::cli {

/*
 * Reads a JSON object a line. A member of an inner object is named by its path, "request.uri"; of
 * an array the first element counts. Numbers may be texts. A line with escapes that JSON has not
 * (nginx writes "\x22" unless log_format says escape=json) or with bytes that are not UTF-8 is read
 * with these bytes as text, "\x22".
 */
std::unique_ptr<LineFormat> read_json_lines(std::span<const FieldName> names,
                                            const FieldChoices& chosen);

}  // namespace og::cli
