// SPDX-License-Identifier: Apache-2.0
// TZif files made by hand, as RFC 9636 lays them out, so that tests need none of the machine's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time_zone.h"
#include "tests/catch.h"

namespace og::test {

struct ZoneFile {
  struct Change {
    int64_t at;
    int kind;
  };
  char version = '2';
  std::vector<int32_t> offsets{0};
  std::vector<Change> changes{};
  std::string rule = "";
  int32_t leaps = 0;

  static void number(std::string& out, int64_t value, int size) {
    for (int byte = size - 1; byte >= 0; --byte)
      out += static_cast<char>(static_cast<uint64_t>(value) >> (8 * byte));
  }
  void part(std::string& out, int time_size, bool is_empty) const {
    out += "TZif";
    out += version;
    out += std::string(15, '\0');
    const auto size = [&](size_t count) { return is_empty ? 0 : static_cast<int64_t>(count); };
    for (const int64_t count : {int64_t{0}, int64_t{0}, size(static_cast<size_t>(leaps)),
                                size(changes.size()), size(offsets.size()), size(4)})
      number(out, count, 4);
    if (is_empty) return;
    for (const Change& change : changes) number(out, change.at, time_size);
    for (const Change& change : changes) number(out, change.kind, 1);
    for (const int32_t offset : offsets) {
      number(out, offset, 4);
      number(out, 0, 2);
    }
    out += std::string("ABC\0", 4);
    out += std::string(static_cast<size_t>(leaps) * static_cast<size_t>(time_size + 4), '\0');
  }
  std::string bytes() const {
    std::string out;
    part(out, 4, version != '\0');
    if (version == '\0') return out;
    part(out, 8, false);
    return out + '\n' + rule + '\n';
  }
};

inline TimeZone zone_of(const std::string& rule) {
  auto zone = TimeZone::parse(ZoneFile{.rule = rule}.bytes());
  if (!zone) FAIL(zone.error().message);
  return std::move(*zone);
}

}  // namespace og::test
