// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "core/scope/segment_layout.h"

namespace og {

// A field of a record that others may scribble over meanwhile: read once, so that the value checked
// is the value used.
template <class T>
T read_once(const T& field) noexcept {
  return std::atomic_ref<T>(const_cast<T&>(field)).load(std::memory_order_relaxed);
}

// What an object's record said when it was looked at.
struct Extent {
  ObjectState state;
  uint64_t offset = 0, bytes = 0, options_bytes = 0;
  bool fits = false;  // ready, and within the segment

  uint64_t end() const { return offset + aligned(bytes) + aligned(options_bytes); }
};

inline Extent extent_of(const ObjectRecord& record, const SegmentShape& shape) {
  Extent seen{static_cast<ObjectState>(record.state.load(std::memory_order_acquire))};
  if (seen.state != ObjectState::kReady) return seen;
  seen.offset = read_once(record.offset);
  seen.bytes = read_once(record.bytes);
  seen.options_bytes = read_once(record.options_bytes);
  const uint64_t room = shape.bytes - std::min(seen.offset, shape.bytes);
  seen.fits = seen.offset % 64 == 0 && seen.offset >= objects_offset(shape) && seen.bytes <= room &&
              seen.options_bytes <= room && seen.end() <= shape.bytes;
  return seen;
}

struct Seen : Extent {
  uint32_t kind = 0;
  std::string name;
};

// Nothing when it is not within the segment.
inline std::optional<Seen> read_record(const ObjectRecord& record, const SegmentShape& shape) {
  Seen seen{extent_of(record, shape), 0, {}};
  if (seen.state != ObjectState::kReady) return seen;
  const uint32_t name_bytes = read_once(record.name_bytes);
  if (!seen.fits || name_bytes > ObjectRecord::kMostName) return std::nullopt;
  seen.kind = read_once(record.kind);
  seen.name.assign(record.name.data(), name_bytes);
  return seen;
}

}  // namespace og
