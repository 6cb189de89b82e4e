// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "core/scope/object_extent.h"

namespace og {

// The memory of a segment that no object has. It is zero, but for what belonged to an object that
// is being made or forgotten. To find it is the work of n * n for n objects at worst, and allocates
// nothing.
class FreeSpace {
 public:
  FreeSpace(std::span<const ObjectRecord> records, const SegmentShape& shape)
      : records_(records), shape_(shape) {}

  struct Gap {
    uint64_t begin, end;
    uint64_t bytes() const { return end - begin; }
  };
  // The first one that lies at `from` or behind.
  std::optional<Gap> next(uint64_t from) const {
    Gap gap{std::max(from, objects_offset(shape_)), shape_.bytes};
    for (bool moved = true; moved;) {
      moved = false;
      each_object([&](const Extent& object) {
        if (object.offset > gap.begin || object.end() <= gap.begin) return;
        gap.begin = object.end();
        moved = true;
      });
    }
    each_object([&](const Extent& object) {
      if (object.offset > gap.begin) gap.end = std::min(gap.end, object.offset);
    });
    if (gap.begin >= gap.end) return std::nullopt;
    return gap;
  }
  template <class F>
  void each(F&& f) const {
    for (auto gap = next(0); gap; gap = next(gap->end)) f(*gap);
  }
  // The first that has so many bytes.
  std::optional<Gap> first_of(uint64_t bytes) const {
    for (auto gap = next(0); gap; gap = next(gap->end)) {
      if (gap->bytes() >= bytes) return gap;
    }
    return std::nullopt;
  }
  uint64_t largest() const {
    uint64_t bytes = 0;
    each([&](const Gap& gap) { bytes = std::max(bytes, gap.bytes()); });
    return bytes;
  }
  // What of [begin, end) no object has.
  void wipe(char* memory, uint64_t begin, uint64_t end) const {
    each([&](const Gap& gap) {
      const uint64_t from = std::max(gap.begin, begin), to = std::min(gap.end, end);
      if (from < to) std::memset(memory + from, 0, to - from);
    });
  }

 private:
  template <class F>
  void each_object(F&& f) const {
    for (const ObjectRecord& record : records_) {
      if (const Extent object = extent_of(record, shape_); object.fits) f(object);
    }
  }

  const std::span<const ObjectRecord> records_;
  const SegmentShape& shape_;
};

}  // namespace og
