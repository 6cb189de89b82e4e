// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <vector>

namespace og {

// Draws servers at random, each with the probability of its weight.
//
// Servers lie side by side on a line, each as long as its weight. A number below the line's length
// falls on one of them; an index by the number's upper bits says where to look, so that finding it
// does not grow with the set.
class Lots {
 public:
  explicit Lots(const std::vector<int64_t>& weights) {
    int64_t divisor = 0;
    for (int64_t w : weights) divisor = std::gcd(divisor, w);
    for (int64_t w : weights) ends_.push_back(total() + static_cast<uint64_t>(w / divisor));
    even_ = total() == ends_.size();
    if (even_) return;
    shift_ = std::max(
        static_cast<int>(std::bit_width(total())) - static_cast<int>(std::bit_width(ends_.size())),
        0);
    size_t at = 0;
    for (uint64_t i = 0; i <= total() >> shift_; ++i) {
      while (at + 1 < ends_.size() && ends_[at] <= i << shift_) ++at;
      index_.push_back(static_cast<uint32_t>(at));
    }
  }

  uint64_t total() const noexcept { return ends_.empty() ? 0 : ends_.back(); }
  size_t at(uint64_t number) const noexcept {
    if (even_) return number;
    size_t found = index_[number >> shift_];
    while (ends_[found] <= number) ++found;
    return found;
  }
  uint64_t begin(size_t lot) const noexcept { return lot == 0 ? 0 : ends_[lot - 1]; }
  uint64_t size(size_t lot) const noexcept { return ends_[lot] - begin(lot); }

 private:
  std::vector<uint64_t> ends_;
  bool even_ = true;  // all of one weight, and so of size 1
  int shift_ = 0;
  std::vector<uint32_t> index_;
};

}  // namespace og
