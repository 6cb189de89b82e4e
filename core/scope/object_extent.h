// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
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
  uint64_t offset = 0, bytes = 0, own_bytes = 0, text_room = 0;
  bool fits = false;  // ready, and within the segment

  uint64_t text(uint64_t version) const {
    return offset + aligned(bytes) + version % 2 * text_room;
  }
  uint64_t end() const { return offset + aligned(bytes) + 2 * text_room; }
};

inline Extent extent_of(const ObjectRecord& record, const SegmentShape& shape) {
  Extent seen{static_cast<ObjectState>(record.state.load(std::memory_order_acquire))};
  if (seen.state != ObjectState::kReady) return seen;
  seen.offset = read_once(record.offset);
  seen.bytes = read_once(record.bytes);
  seen.own_bytes = read_once(record.own_bytes);
  seen.text_room = read_once(record.text_room);
  const uint64_t room = shape.bytes - std::min(seen.offset, shape.bytes);
  seen.fits = seen.offset % 64 == 0 && seen.offset >= objects_offset(shape) && seen.bytes <= room &&
              seen.own_bytes <= seen.bytes && seen.text_room % 64 == 0 && seen.text_room <= room &&
              seen.end() <= shape.bytes;
  return seen;
}

struct Seen : Extent {
  uint32_t kind = 0;
  uint16_t layout = 0, usable_by = 0;
  std::string name;
};

// Nothing when it is not within the segment.
inline std::optional<Seen> read_record(const ObjectRecord& record, const SegmentShape& shape) {
  Seen seen{extent_of(record, shape)};
  if (seen.state != ObjectState::kReady) return seen;
  const uint32_t name_bytes = read_once(record.name_bytes);
  if (!seen.fits || name_bytes > ObjectRecord::kMostName) return std::nullopt;
  seen.kind = read_once(record.kind);
  seen.layout = read_once(record.layout);
  seen.usable_by = read_once(record.usable_by);
  seen.name.assign(record.name.data(), name_bytes);
  return seen;
}

// The text of its options. Who changes them writes the other text first: what was read stands when
// there has been no second change meanwhile.
inline std::string read_options(const ObjectRecord& record, const Extent& extent,
                                const char* memory) {
  for (int attempt = 0;; ++attempt) {
    const uint64_t version = record.version.load(std::memory_order_acquire);
    const char* text = memory + extent.text(version);
    std::string options(text, strnlen(text, extent.text_room));
    std::atomic_thread_fence(std::memory_order_acquire);
    if (record.version.load(std::memory_order_relaxed) - version < 2 || attempt == 16)
      return options;
  }
}

}  // namespace og
