// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "bindings/cli/log/fields.h"
#include "bindings/cli/log/line_format.h"

namespace og::cli {

/*
 * W3C Extended Log File Format (www.w3.org/TR/WD-logfile): "#Fields: date time c-ip ..." names the
 * fields of the lines that follow, until the next; blanks or tabs stand between them, and a field
 * may be quoted. A line with another number of fields is malformed. Times are UTC. Without a date
 * field the date is that of the #Date line before it.
 */
struct W3cNames {
  std::span<const FieldName> names;
  bool (*is_ours)(std::string_view fields);  // by the #Fields line
};

std::unique_ptr<LineFormat> read_w3c(const W3cNames& names, const FieldChoices& chosen);

}  // namespace og::cli
