// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/posix_zone_rule.h"
#include "core/base/status.h"

namespace og {

// What the clocks of a zone show: the changes of clocks that a TZif file has (RFC 9636, versions 1
// to 4), and its rule for the time after them.
//
// Our own reader, as nothing that could be taken does it: the C library's zone is one for the whole
// process, C++20's database is in no libstdc++ before 14, and a library that brings one (ICU, cctz,
// date) is larger than outgrow and keeps state of the process. A file is read once, as it is made.
class TimeZone {
 public:
  static TimeZone utc() { return {}; }
  // The zone of an IANA name, from the folder that the environment's TZDIR names, or else from
  // where systems keep it. The text of an error is what is wrong with it: "there is no such file in
  // ...". UTC takes no file.
  static Result<TimeZone> load(const std::string& name);
  // From what such a file holds.
  static Result<TimeZone> parse(std::string_view file);

  // The span that holds at a time. Allocates nothing.
  ZoneSpan span_at(int64_t unix_s) const noexcept;

 private:
  struct Change {
    int64_t at;
    int64_t offset;  // from then on
  };
  class Reader;

  int64_t first_ = 0;  // before all changes
  std::vector<Change> changes_;
  std::optional<PosixZoneRule> after_;  // all changes
};

}  // namespace og
