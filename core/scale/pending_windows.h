// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/scale/state_archive.h"

namespace og {

// What was said of the time ahead, kept until that time is over: a forecast made at a bin is of the
// highest rate of a window, which begins `lead` bins later and is `hold` bins longer than one.
//
// There are at most kMost of them: where more would overlap, only every second bin's is kept, or
// every third. A window of which a bin is missing is never answered.
//
// `Said` has state().
template <class Said>
class PendingWindows {
 public:
  static constexpr int64_t kMost = 32;

  PendingWindows(int64_t lead, int64_t hold)
      : lead_(lead),
        hold_(hold),
        stride_((lead + hold) / kMost + 1),
        entries_(static_cast<std::size_t>((lead + hold) / stride_) + 1) {}

  // Whether what is said at this bin is kept.
  bool keeps(int64_t bin) const { return bin % stride_ == 0; }

  void add(int64_t bin, const Said& said) {
    if (!keeps(bin)) return;
    entries_[static_cast<std::size_t>(bin / stride_) % entries_.size()] = {bin, 0, 0, said};
  }

  // Calls answer(said, highest) of each window that this bin ends. Bins come in rising order.
  template <class Answer>
  void observe(int64_t bin, double rate, Answer&& answer) {
    for (Entry& entry : entries_) {
      if (entry.bin < 0 || bin < entry.bin + lead_) continue;
      if (bin > entry.bin + lead_ + hold_) {
        entry.bin = -1;
        continue;
      }
      entry.highest = std::max(entry.highest, rate);
      if (++entry.seen > hold_) answer(entry.said, entry.highest);
    }
  }

  void state(StateArchive& archive) {
    for (Entry& entry : entries_) {
      archive.value(entry.bin);
      archive.value(entry.seen);
      archive.value(entry.highest);
      entry.said.state(archive);
    }
  }

 private:
  struct Entry {
    int64_t bin = -1;
    int64_t seen = 0;  // bins of its window
    double highest = 0;
    Said said;
  };

  int64_t lead_, hold_, stride_;
  std::vector<Entry> entries_;
};

}  // namespace og
