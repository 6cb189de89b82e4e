// SPDX-License-Identifier: Apache-2.0
// The objects of a segment are made and taken down, by who has the directory's lock.
#include <algorithm>
#include <cstring>

#include "core/base/shown_text.h"
#include "core/base/size_text.h"
#include "core/scope/segment_found.h"

namespace og {
namespace {

void set_state(ObjectRecord& record, ObjectState state) {
  record.state.store(static_cast<uint64_t>(state), std::memory_order_seq_cst);
}

}  // namespace

// Of what somebody left who died over it. What was being made is none. What was being taken down is
// what it was where somebody uses it, and else none.
void Segment::settle() {
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    ObjectRecord& record = object_records()[i];
    const Extent extent = placed_extent(record, shape_);
    if (extent.state == ObjectState::kForgetting && extent.fits && is_used(i)) {
      set_state(record, ObjectState::kReady);
    } else if (extent.state == ObjectState::kForgetting || extent.state == ObjectState::kMaking) {
      clear_away(record);
    }
  }
}

// The memory of what is no object is as the next one's must be. Who dies in it has left an object
// half made.
void Segment::clear_away(ObjectRecord& record) {
  set_state(record, ObjectState::kMaking);
  const Extent extent = placed_extent(record, shape_);
  const bool all = !extent.fits;  // nobody knows where it was
  free_space().wipe(memory_, all ? 0 : extent.offset, all ? shape_.bytes : extent.end());
  set_state(record, ObjectState::kFree);
}

Result<Segment::Used> Segment::find_or_make(const WantedObject& wanted) {
  settle();
  auto found = find(wanted.kind, wanted.name);  // another may have made it meanwhile
  if (!found) return tl::unexpected(found.error());
  if (*found) {
    if (auto fits = check(**found, wanted); !fits) return tl::unexpected(fits.error());
    if (auto use = this->use(**found)) return as_found(**found, std::move(*use));
    return damaged_object((**found).number);  // with the lock, nobody takes it down
  }
  const auto all = records();
  const auto vacant = std::find_if(all.begin(), all.end(), [](const ObjectRecord& record) {
    return record.state.load(std::memory_order_acquire) ==
           static_cast<uint64_t>(ObjectState::kFree);
  });
  if (vacant == all.end()) {
    return fail(Status::kFull,
                "segment '" + this->name() + "': has room for " + std::to_string(shape_.objects) +
                    " objects and no more",
                "objects");
  }
  const uint64_t room = text_room_for(wanted.options.size());
  const uint64_t needed = aligned(wanted.bytes) + 2 * room;
  const auto gap = free_space().first_of(needed);
  if (!gap) {
    return fail(Status::kFull,
                "segment '" + this->name() + "': '" + std::string(wanted.name) + "' needs " +
                    size_text(needed) + ", and " + size_text(free_space().largest()) + " of " +
                    size_text(shape_.bytes) +
                    " are left: whoever makes the segment gives it a larger size",
                "size");
  }
  return make_object(static_cast<uint32_t>(vacant - all.begin()), gap->begin, room, wanted);
}

// Where it lies is written before it is being made: so that who finds it half made knows what to
// wipe.
Segment::Used Segment::make_object(uint32_t number, uint64_t offset, uint64_t room,
                                   const WantedObject& wanted) {
  ObjectRecord& record = object_records()[number];
  char* memory = memory_ + offset;
  record.made.fetch_add(1, std::memory_order_seq_cst);
  write_once(record.offset, offset);
  write_once(record.bytes, wanted.bytes);
  write_once(record.own_bytes, wanted.own_bytes);
  write_once(record.text_room, static_cast<uint32_t>(room));
  set_state(record, ObjectState::kMaking);
  record.version.store(0, std::memory_order_relaxed);
  write_once(record.kind, wanted.kind);
  write_once(record.layout, wanted.layout.version);
  write_once(record.usable_by, wanted.layout.usable_by);
  write_once(record.name_bytes, static_cast<uint32_t>(wanted.name.size()));
  for (size_t i = 0; i < wanted.name.size(); ++i) write_once(record.name[i], wanted.name[i]);
  if (wanted.begin) wanted.begin(memory);
  std::memcpy(memory + aligned(wanted.bytes), wanted.options.data(), wanted.options.size());
  Used used{{memory, true, wanted.own_bytes, wanted.layout.version, number},
            ObjectUse(users_, number, owner_)};
  set_state(record, ObjectState::kReady);
  return used;
}

Result<void> Segment::forget(CellKind kind, std::string_view name) {
  if (is_read_only()) return file_.refused("was opened to look only");
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  settle();
  auto found = find(static_cast<uint32_t>(kind), name);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return {};
  if (!take_down((**found).number)) return in_use((**found).number, name);
  if (kind != CellKind::kEndpoints && kind != CellKind::kFleetEndpoints) return {};
  // What the policies of its balancers share lies beside it, and is used by who uses the set.
  const std::string parts = std::string(name) + '/';
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    const auto part = read_record(object_records()[i], shape_);
    if (!part || part->state != ObjectState::kReady) continue;
    if (part->kind == static_cast<uint32_t>(CellKind::kPickPolicy) && part->name.starts_with(parts))
      take_down(i);
  }
  return {};
}

// Names the processes that use it.
tl::unexpected<Error> Segment::in_use(uint32_t number, std::string_view name) const {
  constexpr size_t kShown = 3;
  std::string users;
  size_t count = 0;
  users_.any(number, [&](uint32_t user) {
    if (user != ObjectUsers::kNone && !is_attached(user)) return false;
    if (++count > kShown) return false;
    users += count == 1 ? "" : ", ";
    if (user == ObjectUsers::kNone) {
      users += "one that has no attachment";
    } else {
      const AttachmentInfo process = attachment(user);
      users += std::to_string(process.pid) + " (" + shown(process.command, 32) + ")";
    }
    return false;
  });
  if (count > kShown) users += " and " + std::to_string(count - kShown) + " more";
  return fail(Status::kInvalidArgument,
              title() + ": '" + shown(name, ObjectRecord::kMostName) + "' is in use by " +
                  (count == 1 ? "process " : "processes ") + users,
              "name");
}

// False: somebody uses it. Who comes at the same time sees that it is being forgotten, or is seen.
bool Segment::take_down(uint32_t number) {
  ObjectRecord& record = object_records()[number];
  if (is_used(number)) return false;
  set_state(record, ObjectState::kForgetting);
  if (is_used(number)) {
    set_state(record, ObjectState::kReady);
    return false;
  }
  clear_away(record);
  return true;
}

}  // namespace og
