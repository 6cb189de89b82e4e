// SPDX-License-Identifier: Apache-2.0
#include "core/scale/theil_sen.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace og {
namespace {

// Of an even number the mean of the two in the middle.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 != 0) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

std::optional<UtilizationLine> theil_sen(std::span<const UtilizationSample> samples) {
  std::vector<double> slopes;
  slopes.reserve(samples.size() * (samples.size() - 1) / 2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const double apart = samples[i].rate - samples[k].rate;
      if (apart == 0) continue;
      slopes.push_back((samples[i].utilization - samples[k].utilization) / apart);
    }
  }
  if (slopes.empty()) return std::nullopt;
  const double slope = median(slopes);
  if (!std::isfinite(slope)) return std::nullopt;  // rates next to nothing apart
  std::vector<double>& left = slopes;
  left.clear();
  for (const UtilizationSample& sample : samples) {
    left.push_back(sample.utilization - slope * sample.rate);
  }
  return UtilizationLine{median(left), slope};
}

}  // namespace og
