// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"
#include "core/base/number_text.h"
#include "core/base/options.h"

namespace og {
namespace {

const char* type_name(OptionType type) {
  switch (type) {
    case OptionType::kBool:
      return "bool";
    case OptionType::kInt:
      return "int";
    case OptionType::kDouble:
      return "double";
    case OptionType::kDuration:
      return "duration";
    case OptionType::kBytes:
      return "bytes";
    case OptionType::kRate:
      return "rate";
    case OptionType::kEnum:
      return "enum";
    case OptionType::kString:
      return "string";
  }
  return "";
}

void field(std::string& out, const char* name, std::string_view text) {
  out += std::string(",\"") + name + "\":";
  append_json_string(out, text);
}

void field(std::string& out, const char* name, double value) {
  out += std::string(",\"") + name + "\":" + shortest_number(value);
}

}  // namespace

std::string describe(const OptionTable& table) {
  std::string out = "{\"noun\":";
  append_json_string(out, table.noun);
  out += ",\"options\":[";
  bool first = true;
  for (const OptionSpec& row : table.rows) {
    out += first ? "{\"name\":" : ",{\"name\":";
    first = false;
    append_json_string(out, row.name);
    field(out, "type", type_name(row.type));
    if (row.fallback) field(out, "default", row.fallback);
    if (row.min < row.max) {
      field(out, "min", row.min);
      field(out, "max", row.max);
    }
    if (*row.unit) field(out, "unit", row.unit);
    if (*row.choices) field(out, "choices", row.choices);
    if (row.changes) out += ",\"changes\":true";
    field(out, "since", row.since);
    field(out, "doc", row.doc);
    out += '}';
  }
  return out += "]}";
}

}  // namespace og
