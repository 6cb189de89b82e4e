// SPDX-License-Identifier: Apache-2.0
// The objects of a segment by name.
#include <algorithm>
#include <cstring>
#include <optional>

#include "core/scope/segment.h"

namespace og {
namespace {

// What a record said when it was looked at, so that what is checked is what is used.
struct Seen {
  ObjectState state;
  uint64_t offset = 0, bytes = 0, options_bytes = 0;
  uint32_t kind = 0;
  std::string name;

  uint64_t end() const { return offset + aligned(bytes) + aligned(options_bytes); }
};

// Nothing when it is not within the segment.
std::optional<Seen> look_at(const ObjectRecord& record, const SegmentShape& shape) {
  Seen seen{static_cast<ObjectState>(record.state.load(std::memory_order_acquire))};
  if (seen.state != ObjectState::kReady) return seen;
  seen.offset = record.offset;
  seen.bytes = record.bytes;
  seen.options_bytes = record.options_bytes;
  seen.kind = record.kind;
  const uint32_t name_bytes = record.name_bytes;
  const uint64_t room = shape.bytes - std::min(seen.offset, shape.bytes);
  const bool fits = seen.offset % 64 == 0 && seen.offset >= objects_offset(shape) &&
                    seen.bytes <= room && seen.options_bytes <= room && seen.end() <= shape.bytes &&
                    name_bytes <= ObjectRecord::kMostName;
  if (!fits) return std::nullopt;
  seen.name.assign(record.name.data(), name_bytes);
  return seen;
}

}  // namespace

Result<Segment::Object> Segment::object(uint32_t kind, std::string_view name,
                                        const std::string& options, int64_t bytes) {
  if (name.empty() || name.size() > ObjectRecord::kMostName) {
    return fail(Status::kInvalidArgument, "an object's name has 1 to " +
                std::to_string(ObjectRecord::kMostName) + " bytes, not " + std::to_string(name.size()));
  }
  if (auto locked = lock_directory(); !locked) return tl::unexpected(locked.error());
  auto found = find_or_make(kind, name, options, static_cast<uint64_t>(bytes));
  unlock_directory();
  return found;
}

Result<Segment::Object> Segment::find_or_make(uint32_t kind, std::string_view name,
                                              const std::string& options, uint64_t bytes) {
  ObjectRecord* vacant = nullptr;
  uint64_t end = objects_offset(shape_);
  bool half_made = false;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    ObjectRecord& record = object_records()[i];
    auto seen = look_at(record, shape_);
    if (!seen) return file_.refused("is damaged: object " + std::to_string(i) + " is not within it");
    if (seen->state != ObjectState::kReady) {
      half_made = half_made || seen->state == ObjectState::kMaking;
      if (!vacant) vacant = &record;
      continue;
    }
    end = std::max(end, seen->end());
    if (seen->kind != kind || seen->name != name) continue;
    char* memory = memory_ + seen->offset;
    const std::string theirs(memory + aligned(seen->bytes), seen->options_bytes);
    if (theirs != options || seen->bytes != bytes) {
      return fail(Status::kBadValue, "segment '" + this->name() + "': '" + seen->name + "' is there with " +
                  theirs + ", not with " + options);
    }
    return Object{memory, false};
  }
  if (!vacant) {
    return fail(Status::kFull, "segment '" + this->name() + "': has room for " +
                std::to_string(shape_.objects) + " objects and no more", "objects");
  }
  const uint64_t needed = aligned(bytes) + aligned(options.size());
  if (needed > shape_.bytes - end) {
    return fail(Status::kFull, "segment '" + this->name() + "': '" + std::string(name) + "' needs " +
                std::to_string(needed) + " bytes, and " + std::to_string(shape_.bytes - end) + " of " +
                std::to_string(shape_.bytes) + " are left", "bytes");
  }
  char* memory = memory_ + end;
  if (half_made) std::memset(memory, 0, shape_.bytes - end);  // what one left who died; else untouched
  vacant->state.store(static_cast<uint64_t>(ObjectState::kMaking), std::memory_order_seq_cst);
  vacant->offset = end;
  vacant->bytes = bytes;
  vacant->options_bytes = static_cast<uint32_t>(options.size());
  vacant->kind = kind;
  vacant->name_bytes = static_cast<uint32_t>(name.size());
  std::memcpy(vacant->name.data(), name.data(), name.size());
  std::memcpy(memory + aligned(bytes), options.data(), options.size());
  vacant->state.store(static_cast<uint64_t>(ObjectState::kReady), std::memory_order_release);
  return Object{memory, true};
}

std::vector<Segment::ObjectInfo> Segment::objects() const {
  std::vector<ObjectInfo> all;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = look_at(object_records()[i], shape_);
    if (!seen || seen->state != ObjectState::kReady) continue;
    const char* options = memory_ + seen->offset + aligned(seen->bytes);
    all.push_back({seen->kind, seen->name, {options, seen->options_bytes}, static_cast<int64_t>(seen->bytes)});
  }
  return all;
}

}  // namespace og
