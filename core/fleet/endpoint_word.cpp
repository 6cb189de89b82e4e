// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/endpoint_word.h"

#include <array>
#include <charconv>

#include "core/fleet/fleet_names.h"

namespace og {
namespace {

constexpr std::string_view kNoZone = "%";

bool read_number(std::string_view text, int64_t* out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), *out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

std::string endpoint_text(std::string_view name, const EndpointWord& word) {
  const std::string zone =
      word.is.zone.empty() ? std::string(kNoZone) : FleetNames::encoded(word.is.zone);
  return FleetNames::encoded(name) + ' ' + std::to_string(word.is.weight) + ' ' +
         std::to_string(word.stamp) + ' ' + zone;
}

bool read_endpoint_text(std::string_view text, std::string* name, EndpointWord* word) {
  std::array<std::string_view, 4> parts;
  for (size_t i = 0; i < parts.size(); ++i) {
    const size_t end = text.find(' ');
    if ((end == text.npos) != (i == parts.size() - 1)) return false;
    parts[i] = text.substr(0, end);
    if (parts[i].empty()) return false;
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  word->is.zone.clear();
  return FleetNames::decode(parts[0], name) && read_number(parts[1], &word->is.weight) &&
         word->is.weight >= EndpointPlace::kGone && read_number(parts[2], &word->stamp) &&
         word->stamp > 0 && (parts[3] == kNoZone || FleetNames::decode(parts[3], &word->is.zone));
}

}  // namespace og
