// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/scale/state_archive.h"

namespace og {

// How far decisions have moved the count within the last period, as Kubernetes' autoscaler counts
// it: a change counts for exactly a period, and opposite ones cancel out. In fixed memory: past
// kKept changes in a period the newest are counted as one of the newest's time, so that none is
// forgotten early.
class RecentChanges {
 public:
  explicit RecentChanges(int64_t period_ns) : period_ns_(period_ns) {}

  void add(int64_t now, int32_t by) {
    while (size_ > 0 && !counts(changes_[first_], now)) {
      first_ = (first_ + 1) % kKept;
      --size_;
    }
    if (size_ == kKept) {
      Change& newest = changes_[(first_ + size_ - 1) % kKept];
      newest = {now, newest.by + by};
      return;
    }
    changes_[(first_ + size_++) % kKept] = {now, by};
  }

  // Of the last `period_ns`, the kept one at most.
  int64_t net(int64_t now) const { return net(now, period_ns_); }
  int64_t net(int64_t now, int64_t period_ns) const {
    int64_t sum = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      const Change& change = changes_[(first_ + i) % kKept];
      if (now - change.at < period_ns) sum += change.by;
    }
    return sum;
  }

  // Keeps changes for another period; those that are forgotten stay so.
  void use(int64_t period_ns) { period_ns_ = period_ns; }

  void state(StateArchive& archive) {
    const std::size_t size = archive.count(size_, kKept);
    for (std::size_t i = 0; i < size; ++i) {
      Change change = changes_[(first_ + i) % kKept];
      archive.time(change.at);
      archive.value(change.by);
      if (archive.reads()) changes_[i] = change;
    }
    if (archive.reads()) first_ = 0, size_ = size;
  }

  static constexpr std::size_t kKept = 64;

 private:
  struct Change {
    int64_t at;
    int64_t by;
  };

  bool counts(const Change& change, int64_t now) const { return now - change.at < period_ns_; }

  int64_t period_ns_;
  std::array<Change, kKept> changes_{};
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace og
