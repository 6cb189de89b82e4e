// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/output/recommendation_text.h"

#include "bindings/cli/figures.h"
#include "bindings/cli/output/page.h"
#include "core/base/quantity.h"

namespace og::cli {
namespace {

// A number or a truth as it is, anything else in quotes.
std::string toml_value(const std::string& text) {
  const auto number = parse_double(text);
  if (text == "true" || text == "false" || (number && shortest(*number) == text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string line_of(const char* part, const char* whose, const Provisioning& bill) {
  std::string text = std::string("#   ") + part;
  text.resize(16, ' ');
  text += whose;
  text.resize(29, ' ');
  return text + padded(fixed(bill.instance_hours, 1), 10) + padded(std::to_string(bill.peak), 7) +
         padded(fixed(bill.overloaded_minutes, 1), 17) +
         padded(std::to_string(bill.elasticity.changes), 9) + "\n";
}

std::string value_of(const NounOptions& options, std::string_view key) {
  for (const NounOption& option : options) {
    if (option.key == key) return option.value;
  }
  return {};
}

std::string minutes(double count) { return fixed(count, 1); }

}  // namespace

std::string to_text(const Recommendation& advice) {
  const double allowed_rest = advice.overloaded_minutes - advice.allowed_first;
  const std::string first =
      as_duration(advice.first_s) + " of the log" +
      (advice.growth == 1
           ? ""
           : ", grown " + fixed(advice.growth, advice.growth < 10 ? 1 : 0) + " times") +
      ".\n";
  const std::string share = "# Of " + minutes(advice.overloaded_minutes) +
                            " minutes overloaded its share is " + minutes(advice.allowed_first);
  std::string text = advice.met ? "# The cheapest of " + some(advice.settings, "setting") +
                                      " by the first " + first + share + ".\n"
                                : "# None of " + some(advice.settings, "setting") +
                                      " will do for the first " + first + share +
                                      ": this one is overloaded least.\n";
  text += "# The " + as_duration(advice.rest_s) + " after it had no part in the choice: " +
          (advice.recommended.rest.overloaded_minutes <= allowed_rest ? "they keep to"
                                                                      : "they exceed") +
          " their share, " + minutes(allowed_rest) + ".\n#\n";
  text += "#" + std::string(28, ' ') + "inst-hours   peak  min. overloaded  changes\n";
  text += line_of("first part", "configured", advice.configured.first);
  text += line_of("", "recommended", advice.recommended.first);
  text += line_of("the rest", "configured", advice.configured.rest);
  text += line_of("", "recommended", advice.recommended.rest);
  if (const std::string least = value_of(advice.options, "min_instances");
      !least.empty() && least == value_of(advice.options, "max_instances")) {
    text += "#\n# A fixed number: on this log no autoscaler that was tried costs less.\n";
  }
  text += "[autoscaler]\n";
  for (const NounOption& option : advice.options) {
    text += option.key + " = " + toml_value(option.value) + "\n";
  }
  return text;
}

}  // namespace og::cli
