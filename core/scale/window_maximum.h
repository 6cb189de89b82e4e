// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/scale/state_archive.h"

namespace og {

// The largest value of the last `window_ns`, in fixed memory: time is cut into sixteenths of the
// window, each keeps its maximum. A value counts for the whole window and up to a sixteenth more;
// without a window, until the next.
class WindowMaximum {
 public:
  explicit WindowMaximum(int64_t window_ns)
      : window_ns_(window_ns), slice_ns_(std::max<int64_t>(window_ns / kSlices, 1)) {}

  void add(int64_t now, int32_t value) {
    if (since_ < 0) since_ = now;
    if (window_ns_ == 0) slices_ = {};
    const int64_t slice = now / slice_ns_;
    Slice& s = slices_[static_cast<std::size_t>(slice) % slices_.size()];
    s = {slice, s.slice == slice ? std::max(s.value, value) : value};
  }

  int32_t at(int64_t now) const {
    int32_t highest = 0;
    for (const Slice& s : slices_) {
      if (s.slice >= 0 && s.slice >= now / slice_ns_ - kSlices) {
        highest = std::max(highest, s.value);
      }
    }
    return highest;
  }

  void state(StateArchive& archive) {
    archive.time(since_);
    std::array<Slice, kSlices + 1> kept = slices_;
    std::sort(kept.begin(), kept.end(),
              [](const Slice& a, const Slice& b) { return a.slice < b.slice; });
    if (archive.reads()) slices_ = {};
    for (Slice& each : kept) {
      int64_t at = each.slice < 0 ? -1 : each.slice * slice_ns_;
      archive.time(at);
      archive.value(each.value);
      if (archive.reads() && at >= 0) add(at, each.value);
    }
  }

  // Whether values have come for a whole window.
  bool full(int64_t now) const { return since_ >= 0 && now - since_ >= window_ns_; }

 private:
  static constexpr int64_t kSlices = 16;
  struct Slice {
    int64_t slice = -1;
    int32_t value = 0;
  };

  int64_t window_ns_;
  int64_t slice_ns_;
  int64_t since_ = -1;
  std::array<Slice, kSlices + 1> slices_{};
};

}  // namespace og
