// SPDX-License-Identifier: Apache-2.0
#include "core/scale/staffing.h"

#include <cinttypes>

#include "core/scale/text_line.h"

namespace og {
namespace {

constexpr const char* kBasisNames[] = {"formula", "observed", "extrapolated"};

}  // namespace

const char* basis_name(StaffingBasis basis) { return kBasisNames[static_cast<std::size_t>(basis)]; }

void Staffing::print(std::span<char> out) const {
  TextLine line(out);
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
