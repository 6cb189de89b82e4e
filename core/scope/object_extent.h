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
  ObjectState state = ObjectState::kFree;
  uint64_t offset = 0, bytes = 0, own_bytes = 0, text_room = 0;
  bool fits = false;  // ready, and within the segment

  uint64_t text(uint64_t version) const {
    return offset + aligned(bytes) + version % 2 * text_room;
  }
  uint64_t end() const { return offset + aligned(bytes) + 2 * text_room; }
};

// Of an object in whatever state.
inline Extent placed_extent(const ObjectRecord& record, const SegmentShape& shape) {
  Extent seen;
  seen.state = static_cast<ObjectState>(record.state.load(std::memory_order_acquire));
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

inline Extent extent_of(const ObjectRecord& record, const SegmentShape& shape) {
  Extent seen;
  seen.state = static_cast<ObjectState>(record.state.load(std::memory_order_acquire));
  return seen.state == ObjectState::kReady ? placed_extent(record, shape) : seen;
}

struct Seen : Extent {
  uint32_t kind = 0;
  uint16_t layout = 0, usable_by = 0;
  uint64_t made = 0;
  std::string name;
};

// The record of an object that is made where another lay is written while others look at it: who
// must know that it read one object's looks at `made` again.
template <class T>
void write_once(T& field, T value) noexcept {
  std::atomic_ref<T>(field).store(value, std::memory_order_relaxed);
}
inline std::string read_name(const ObjectRecord& record, uint32_t bytes) {
  std::string name(bytes, '\0');
  for (uint32_t i = 0; i < bytes; ++i) name[i] = read_once(record.name[i]);
  return name;
}

// Nothing when it is not within the segment. What is read is one object's: where another takes its
// place meanwhile, it is read again.
inline std::optional<Seen> read_record(const ObjectRecord& record, const SegmentShape& shape) {
  constexpr int kAttempts = 64;  // beyond them somebody scribbles
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Seen seen;
    seen.made = record.made.load(std::memory_order_acquire);
    static_cast<Extent&>(seen) = extent_of(record, shape);
    if (seen.state != ObjectState::kReady) return seen;
    const uint32_t name_bytes = read_once(record.name_bytes);
    const bool fits = seen.fits && name_bytes <= ObjectRecord::kMostName;
    if (fits) {
      seen.kind = read_once(record.kind);
      seen.layout = read_once(record.layout);
      seen.usable_by = read_once(record.usable_by);
      seen.name = read_name(record, name_bytes);
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    const auto state = static_cast<ObjectState>(record.state.load(std::memory_order_relaxed));
    if (state != ObjectState::kReady || record.made.load(std::memory_order_relaxed) != seen.made)
      continue;
    if (!fits) return std::nullopt;
    return seen;
  }
  return Seen{};
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
