// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

namespace og::cli {

// Instances as an autoscaler orders them: one that is added serves start_s later, one that is
// removed stops at once, those still starting first.
class Fleet {
 public:
  Fleet(int32_t instances, int64_t start_s) : serving_(instances), start_s_(start_s) {}

  int32_t serving() const { return serving_; }
  int32_t ordered() const { return serving_ + static_cast<int32_t>(starting_.size()); }

  void advance(int64_t now_s) {
    while (!starting_.empty() && starting_.front() <= now_s) {
      starting_.pop_front();
      ++serving_;
    }
  }

  void order(int32_t instances, int64_t now_s) {
    while (ordered() < instances) starting_.push_back(now_s + start_s_);
    while (ordered() > instances && !starting_.empty()) starting_.pop_back();
    if (ordered() > instances) serving_ = instances;
    advance(now_s);
  }

 private:
  int32_t serving_;
  int64_t start_s_;
  std::deque<int64_t> starting_;  // when each will serve
};

}  // namespace og::cli
