// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/provisioning/superposition.h"

#include <algorithm>
#include <cmath>

namespace og::cli {

std::vector<double> superposed(const std::vector<double>& slices, double growth,
                               std::size_t reach) {
  // Fewer sources than one have no noise to even out.
  const double sources = std::max(1.0, growth);
  std::vector<double> sums{0};
  sums.reserve(slices.size() + 1);
  for (const double slice : slices) sums.push_back(sums.back() + slice);
  std::vector<double> grown;
  grown.reserve(slices.size());
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const std::size_t first = i - std::min(i, reach);
    const std::size_t end = i + 1 + std::min(slices.size() - i - 1, reach);
    const double level = (sums[end] - sums[first]) / static_cast<double>(end - first);
    grown.push_back(growth * std::max(0.0, level + (slices[i] - level) / std::sqrt(sources)));
  }
  return grown;
}

std::vector<double> copied(const std::vector<double>& slices, double growth, std::size_t spread) {
  std::vector<double> grown;
  grown.reserve(slices.size());
  while (grown.size() < slices.size()) {
    const std::size_t first = grown.size(), end = std::min(first + spread, slices.size());
    double sum = 0;
    for (std::size_t i = first; i < end; ++i) sum += slices[i];
    grown.resize(end, growth * sum / static_cast<double>(end - first));
  }
  return grown;
}

}  // namespace og::cli
