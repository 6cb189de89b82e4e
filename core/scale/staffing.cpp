// SPDX-License-Identifier: Apache-2.0
#include "core/scale/staffing.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <iterator>

namespace og {
namespace {

constexpr const char* kBasisNames[] = {"formula", "observed", "extrapolated"};

// A line of fixed size; what does not fit is cut.
class StaffingLine {
 public:
  explicit StaffingLine(std::span<char> out) : rest_(out) {
    if (!rest_.empty()) rest_[0] = '\0';
  }
  template <class... Args>
  void add(const char* pattern, Args... args) {
    const int written = std::snprintf(rest_.data(), rest_.size(), pattern, args...);
    if (written > 0 && !rest_.empty()) {
      rest_ = rest_.subspan(std::min(static_cast<std::size_t>(written), rest_.size() - 1));
    }
  }

 private:
  std::span<char> rest_;
};

}  // namespace

const char* basis_name(StaffingBasis basis) { return kBasisNames[static_cast<std::size_t>(basis)]; }

void Staffing::print(std::span<char> out) const {
  StaffingLine line(out);
  line.add("%" PRId64 " instance%s for %.6g: ", instances, instances == 1 ? "" : "s", rate);
  if (zones > 1)
    line.add("%" PRId64 " work when one of %" PRId64 " zones is lost, ", working, zones);
  line.add("%.3g %% utilized", utilization);
  if (model == StaffingModel::kErlangC || model == StaffingModel::kSquareRoot) {
    line.add(", %.3g %% of the requests wait", waiting);
    if (wait_ms > 0) line.add(" longer than %.6g ms", wait_ms);
  }
  if (basis == StaffingBasis::kExtrapolated) line.add("%s", "; beyond what was observed");
}

std::string Staffing::text() const {
  char line[kTextSize];
  print(line);
  return line;
}

}  // namespace og
