// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>

namespace og {

// What lies in a segment, in this order: the head, a record for each attachment, a record for each
// named object, who uses those (object_users.h), and then what the objects take, each on a cache
// line's boundary. Offsets only: every process maps the segment where it likes.
//
// Changing any of this changes kLayoutVersion. What a noun keeps in its cells has a version of its
// own (CellLayout).

constexpr uint32_t kLayoutVersion = 6;
constexpr std::array<char, 8> kSegmentMagic{'o', 'u', 't', 'g', 'r', 'o', 'w', '\0'};

// Fixed when the segment is made, and read once, when it is attached: what is scribbled over it
// later moves nobody's bounds.
struct SegmentShape {
  std::array<char, 8> magic;
  uint32_t layout_version;
  uint32_t objects;           // records
  uint32_t attachments;       // records
  uint32_t time_namespace;    // of whoever made it; 0: not known
  uint64_t bytes;             // of the file
  std::array<char, 16> boot;  // of this kernel's present boot
  uint64_t seed;              // of the hashes of keys, which must agree
  uint64_t check;             // hash of the above
};

struct alignas(64) SegmentHead {
  SegmentShape shape;
  std::atomic<uint64_t> ready;  // 1 when all memory is reserved
};

struct alignas(64) AttachmentRecord {
  // Who is attached, to be shown; that it lives is what its lock tells.
  std::atomic<uint64_t> pid;
  std::atomic<uint64_t> start_time;  // of the process, in clock ticks since boot
  std::atomic<uint64_t> generation;  // how often the record has been taken
  std::array<char, 32> command;
};

// An owner's number: the record's generation over its index + 1. Of 0, nobody's, the index is none.
constexpr int kOwnerIndexBits = 16;
constexpr uint64_t owner_of(uint64_t index, uint64_t generation) {
  return generation << kOwnerIndexBits | (index + 1);
}
constexpr uint32_t owner_index(uint64_t owner) {
  return static_cast<uint32_t>(owner & ((1u << kOwnerIndexBits) - 1)) - 1;
}
constexpr uint64_t owner_generation(uint64_t owner) { return owner >> kOwnerIndexBits; }

enum class ObjectState : uint64_t { kFree = 0, kMaking = 1, kReady = 2, kForgetting = 3 };

struct alignas(64) ObjectRecord {
  static constexpr uint32_t kMostName = 99;
  std::atomic<uint64_t> state;
  uint64_t offset;     // of its memory, behind which there is room for two texts of its options
  uint64_t bytes;      // of its memory
  uint64_t own_bytes;  // of those, before the ones that the noun needs as others use it too
  // How often its options have been changed: the text that holds is number version % 2. The other
  // one is written first.
  std::atomic<uint64_t> version;
  uint32_t text_room;  // of each text, which ends at a zero byte or with its room
  uint32_t kind;
  uint16_t layout, usable_by;  // of its cells, as of CellLayout
  uint32_t name_bytes;
  std::array<char, kMostName> name;
  std::atomic<uint64_t> made;  // how often the record has been an object's
};
static_assert(sizeof(ObjectRecord) == 192);

constexpr uint64_t aligned(uint64_t bytes) { return (bytes + 63) / 64 * 64; }
// Of the texts of an object that is made with options of so many bytes: others that are longer may
// take their place.
constexpr uint64_t text_room_for(uint64_t bytes) {
  return std::max<uint64_t>(aligned(2 * bytes), 256);
}
constexpr uint64_t kAttachmentsOffset = aligned(sizeof(SegmentHead));

inline uint64_t records_offset(const SegmentShape& shape) {
  return kAttachmentsOffset + uint64_t{shape.attachments} * sizeof(AttachmentRecord);
}
inline uint64_t users_offset(const SegmentShape& shape) {
  return records_offset(shape) + uint64_t{shape.objects} * sizeof(ObjectRecord);
}
inline uint32_t user_words(const SegmentShape& shape) { return shape.attachments / 64 + 1; }
inline uint64_t objects_offset(const SegmentShape& shape) {
  return aligned(users_offset(shape) + uint64_t{shape.objects} * user_words(shape) * 8);
}

// Bytes of the file that are locked: the directory's, and one an attachment.
constexpr int64_t kDirectoryLock = 0;
constexpr int64_t attachment_lock(uint32_t index) { return 1 + int64_t{index}; }

}  // namespace og
