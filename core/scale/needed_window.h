// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/scale/state_archive.h"

namespace og {

// The most, or the fewest, that were needed within a window, exactly: a count stands for less than
// the window. It keeps those that can still become the extreme: each is less extreme than the one
// before it, and later. In fixed memory: where more than kKept would be, the newest two become one
// of the newer's time and the more extreme count, which then stands for longer than it should.
template <bool kMost>
class NeededWindow {
 public:
  void add(int64_t now, int32_t count) {
    while (size_ > 0 && !less_extreme(count, last().count)) --size_;
    if (size_ == kKept) {
      last().at = now;
      return;
    }
    at(size_++) = {now, count};
  }

  // `count`, or what is more extreme within the window.
  int32_t extreme(int64_t now, int64_t window_ns, int32_t count) {
    while (size_ > 0 && now - at(0).at >= window_ns) {
      first_ = (first_ + 1) % kKept;
      --size_;
    }
    if (size_ == 0) return count;
    return kMost ? std::max(count, at(0).count) : std::min(count, at(0).count);
  }

  void state(StateArchive& archive) {
    const std::size_t size = archive.count(size_, kKept);
    std::array<Entry, kKept> kept{};
    for (std::size_t i = 0; i < size; ++i) {
      if (!archive.reads()) kept[i] = at(i);
      archive.time(kept[i].at);
      archive.value(kept[i].count);
    }
    if (archive.reads()) kept_ = kept, first_ = 0, size_ = size;
  }

  static constexpr std::size_t kKept = 64;

 private:
  struct Entry {
    int64_t at;
    int32_t count;
  };

  static bool less_extreme(int32_t a, int32_t b) { return kMost ? a < b : a > b; }
  Entry& at(std::size_t i) { return kept_[(first_ + i) % kKept]; }
  Entry& last() { return at(size_ - 1); }

  std::array<Entry, kKept> kept_{};
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace og
