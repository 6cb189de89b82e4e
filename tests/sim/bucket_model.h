// SPDX-License-Identifier: Apache-2.0
// The scripts of core/fleet/bucket_scripts.h as C++ in 128-bit integers, and a server that runs
// them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace og::test {

// One bucket, as its key's value tells it.
struct BucketModel {
  using Wide = __int128;
  static constexpr Wide kMost = Wide(1) << 53;

  std::optional<std::string> state;
  int64_t keep_ms = 0;  // the key's time to live

  std::vector<int64_t> take(const std::vector<int64_t>& a) {
    begin(a);
    const Wide need = a[4], want = a[5], refund = a[6], share = a[7];
    level_ = std::max(std::min(cap_, level_ + refund * period_), cap_ - kMost);
    const Wide have = floor(std::max<Wide>(level_, 0), period_);
    Wide taken = std::min({want, std::max(need, floor(have * share, 100)), have});
    if (taken < need) taken = 0;
    level_ -= taken * period_;
    keep();
    Wide wait = 0;
    if (taken < need)
      wait = need <= burst_ ? ceiling(need * period_ - level_, count_) + (last_ - now_) : -1;
    return {narrow(taken), narrow(wait), narrow(floor(std::max<Wide>(level_, 0), period_)),
            narrow(ceiling(cap_ - level_, count_))};
  }
  std::vector<int64_t> spent(const std::vector<int64_t>& a) {
    begin(a);
    level_ = std::max(level_ - Wide(a[4]) * period_, cap_ - kMost);
    keep();
    Wide wait = 0;
    if (level_ < period_) wait = ceiling(period_ - level_, count_) + (last_ - now_);
    return {narrow(floor(level_, period_)), narrow(wait), narrow(ceiling(cap_ - level_, count_))};
  }

 private:
  static Wide floor(Wide a, Wide b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }
  static Wide ceiling(Wide a, Wide b) { return -floor(-a, b); }
  static int64_t narrow(Wide value) { return static_cast<int64_t>(value); }

  void begin(const std::vector<int64_t>& a) {
    now_ = a[0], count_ = a[1], period_ = a[2], burst_ = a[3];
    cap_ = burst_ * period_;
    level_ = cap_, last_ = now_;
    if (state) {
      long long level = 0, last = 0, period = 0;
      std::sscanf(state->c_str(), "1 %lld %lld %lld", &level, &last, &period);
      level_ = level, last_ = last;
      if (period != period_) level_ = floor(level_, period) * period_;
      level_ = std::max(std::min(cap_, level_), cap_ - kMost);
    }
    if (last_ > now_ + 1'000'000) last_ = now_;
    if (now_ > last_) {
      level_ =
          std::min(cap_, level_ + std::min(now_ - last_, ceiling(cap_ - level_, count_)) * count_);
      last_ = now_;
    }
  }
  void keep() {
    if (level_ >= cap_) {
      state.reset();
      return;
    }
    state = "1 " + std::to_string(narrow(level_)) + " " + std::to_string(narrow(last_)) + " " +
            std::to_string(narrow(period_));
    keep_ms = narrow(ceiling(ceiling(cap_ - level_, count_), 1000)) + 1000;
  }

  Wide now_ = 0, count_ = 0, period_ = 0, burst_ = 0, cap_ = 0, level_ = 0, last_ = 0;
};

}  // namespace og::test
