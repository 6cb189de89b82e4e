// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace og {

struct UtilizationSample {
  double rate;         // requests a minute of one instance
  double utilization;  // per cent
};

// A line through observations of production: utilization = base + slope * rate.
struct UtilizationLine {
  double base, slope;
};

// Theil and Sen's line (Sen 1968): the median of the slopes between all pairs of different rates,
// and the median of what is then left. Up to 29 % of the observations may be anything, such as a
// minute in which a backup ran; least squares would follow one of them. None where the rates do
// not differ, or by next to nothing.
std::optional<UtilizationLine> theil_sen(std::span<const UtilizationSample> samples);

}  // namespace og
