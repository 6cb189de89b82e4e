// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace og {

enum class StaffingModel : int32_t { kErlangC, kSquareRoot, kUtilization, kUsl };

// What an answer rests on.
enum class StaffingBasis : int32_t {
  kFormula,       // queueing theory alone
  kObserved,      // it lies within what was observed
  kExtrapolated,  // it lies beyond
};

const char* basis_name(StaffingBasis basis);

// How many instances a rate needs, and why.
struct Staffing {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  StaffingModel model = StaffingModel::kErlangC;
  StaffingBasis basis = StaffingBasis::kFormula;
  double rate = 0;         // what was asked
  int64_t instances = 1;   // in all
  int64_t working = 1;     // that carry the load, when a zone is lost; without zones all
  double load = kNone;     // requests in service at once, on average: erlangs
  double utilization = 0;  // per cent, of those that work
  double waiting = kNone;  // per cent that wait longer than wait_ms, while only those work
  double wait_ms = 0;
  int64_t zones = 1;

  // One line: "12 instances: ...". print() allocates nothing.
  void print(std::span<char> line) const;
  std::string text() const;
  static constexpr std::size_t kTextSize = 256;
};

}  // namespace og
