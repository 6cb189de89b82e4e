// SPDX-License-Identifier: Apache-2.0
// What was let through, and whether it was too much: over every window there is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace og::test {

class Spending {
 public:
  void add(int64_t now, int64_t tokens) {
    admitted_.emplace_back(now, tokens);
    total_ += tokens;
  }
  int64_t total() const { return total_; }

  // The most, over all windows, by which what was let through is more than `per_second` times the
  // window. In one pass: of the windows that end with an admission, the worst begins where the
  // surplus before it was least.
  double worst(double per_second) {
    std::stable_sort(admitted_.begin(), admitted_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    double spent = 0, least = 0, worst = 0;
    for (const auto& [at, tokens] : admitted_) {
      const double line = per_second * static_cast<double>(at) / 1e9;
      least = std::min(least, spent - line);
      spent += static_cast<double>(tokens);
      worst = std::max(worst, spent - line - least);
    }
    return worst;
  }

 private:
  std::vector<std::pair<int64_t, int64_t>> admitted_;
  int64_t total_ = 0;
};

}  // namespace og::test
