// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/log/out_of_time.h"

#include <algorithm>
#include <array>

namespace og::cli {
namespace {

constexpr int64_t kDay = 86400;
constexpr int64_t kYear = 366 * kDay;

}  // namespace

bool TimeOfLog::is_near(int64_t at_s) const {
  return taken_ > 0 && at_s - last_s_ <= kDay && last_s_ - at_s <= kDay;
}

bool TimeOfLog::is_alone_at_the_beginning(int64_t at_s, std::span<const int64_t> sorted) const {
  for (std::size_t i = 0; i < kFew - 1 && i + kFew <= sorted.size(); ++i) {
    const bool together = sorted[i + kFew - 1] - sorted[i] <= kYear;
    if (together && sorted[i] > at_s + kYear && (i == 0 || sorted[i] - sorted[i - 1] > kYear))
      return true;
  }
  return false;
}

bool TimeOfLog::is_alone_at_the_end(int64_t at_s, std::size_t after) const {
  if (after + 1 >= kFew || taken_ < static_cast<int64_t>(kFew)) return false;
  const auto [first, last] = std::minmax_element(before_.begin(), before_.end());
  return *last - *first <= kYear && at_s > *last + kYear;
}

bool TimeOfLog::is_out(int64_t at_s, std::span<const int64_t> after) const {
  if (is_near(at_s)) return false;
  if (after.empty()) {
    return (taken_ > 1 && at_s < last_s_ - kDay) || is_alone_at_the_end(at_s, 0);
  }
  std::array<int64_t, kWindow> sorted{};
  const auto end = std::copy(after.begin(), after.end(), sorted.begin());
  std::sort(sorted.begin(), end);
  const int64_t median = sorted[after.size() / 2];
  if (taken_ == 0) {
    return (after.size() > 1 && at_s > median + kDay) ||
           is_alone_at_the_beginning(at_s, {sorted.begin(), end});
  }
  return (at_s > last_s_ + kDay && at_s > median + kDay) ||
         (at_s < last_s_ - kDay && at_s < median - kDay) || is_alone_at_the_end(at_s, after.size());
}

}  // namespace og::cli
