// SPDX-License-Identifier: Apache-2.0
// The objects of a segment by name.
#include <algorithm>
#include <cstring>

#include "core/base/size_text.h"
#include "core/base/text_argument.h"
#include "core/scope/object_extent.h"
#include "core/scope/segment.h"

namespace og {
struct Segment::Found : Seen {
  uint32_t number;
};

namespace {

class SegmentObject final : public ScopeObject {
 public:
  SegmentObject(std::shared_ptr<Segment> segment, uint32_t number)
      : segment_(std::move(segment)), number_(number) {}

  std::string options() const override { return segment_->options_of(number_); }
  const std::atomic<uint64_t>* options_version() const noexcept override {
    return &segment_->options_version_of(number_);
  }
  Result<void> change_options(const Make& make) override {
    return segment_->change_options_of(number_, make);
  }

 private:
  const std::shared_ptr<Segment> segment_;
  const uint32_t number_;
};

tl::unexpected<Error> damaged_object(const SegmentFile& file, uint32_t number) {
  return file.refused("is damaged: object " + std::to_string(number) + " is not within it");
}

}  // namespace

Result<Segment::Change> Segment::change(std::unique_lock<ForkMutex>* own) const {
  for (DirectoryWait wait;;) {
    {
      std::unique_lock thread(mutex_);
      mutex_.assert_held();
      if (const int error = hold_file(); error != 0)
        return file_.failed("cannot be opened again", error);
      auto process = DirectoryLock::try_take(file_);
      if (!process) return tl::unexpected(process.error());
      if (*process) {
        changing_.emplace(std::move(**process));
        thread.release();
        return Change(*this);
      }
    }
    if (own) own->unlock();
    Result<void> waited = wait.go_on(file_);
    if (own) own->lock();
    if (!waited) return tl::unexpected(std::move(waited.error()));
  }
}

std::optional<Segment::Change> Segment::try_change() const {
  std::unique_lock thread(mutex_, std::try_to_lock);
  if (!thread) return std::nullopt;
  mutex_.assert_held();
  if (hold_file() != 0) return std::nullopt;
  auto process = DirectoryLock::try_take(file_);
  if (!process || !*process) return std::nullopt;
  changing_.emplace(std::move(**process));
  thread.release();
  return Change(*this);
}

void Segment::end_change() const noexcept {
  changing_.reset();
  mutex_.unlock();
}

Result<Scope::Cells> Segment::cells(const Wanted& wanted) {
  const uint64_t own = wanted.bytes.own, shared = wanted.bytes.shared;
  const uint64_t behind = shared ? aligned(own) : own;
  auto found =
      object({static_cast<uint32_t>(wanted.kind), wanted.name, wanted.options, behind + shared,
              behind, wanted.bytes.least, wanted.layout, wanted.bytes.begin});
  if (!found) return tl::unexpected(found.error());
  char* memory = static_cast<char*>(found->memory);
  return Cells{memory, shared ? memory + found->own_bytes : nullptr,
               std::make_shared<SegmentObject>(shared_from_this(), found->number), found->own_bytes,
               found->layout};
}

Result<std::optional<std::string>> Segment::options_of(CellKind kind, std::string_view name) const {
  auto found = find(static_cast<uint32_t>(kind), name);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  return options_of((**found).number);
}

bool Segment::is_left(CellKind kind, std::string_view name) const {
  auto found = find(static_cast<uint32_t>(kind), name);
  if (is_read_only() || !found || !*found) return false;
  const uint64_t era = object_records()[(**found).number].era.load(std::memory_order_relaxed);
  return era != 0 && era != head().era.load(std::memory_order_relaxed);
}

std::string Segment::options_of(uint32_t object) const {
  const ObjectRecord& record = object_records()[object];
  const Extent extent = extent_of(record, shape_);
  return extent.fits ? read_options(record, extent, memory_) : std::string();
}

const std::atomic<uint64_t>& Segment::options_version_of(uint32_t object) const noexcept {
  return object_records()[object].version;
}

Result<void> Segment::change_options_of(uint32_t object, const ScopeObject::Make& make) {
  if (is_read_only()) return file_.refused("was opened to look only");
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  ObjectRecord& record = object_records()[object];
  const Extent extent = extent_of(record, shape_);
  if (!extent.fits) return damaged_object(file_, object);
  auto made = make(read_options(record, extent, memory_));
  if (!made) return tl::unexpected(std::move(made.error()));
  const std::string& text = made->text;
  if (text.size() > extent.text_room) {
    return fail(Status::kFull, title() + ": there is room for " + std::to_string(extent.text_room) +
                                   " bytes of options, and these have " +
                                   std::to_string(text.size()));
  }
  const uint64_t next = record.version.load(std::memory_order_relaxed) + 1;
  char* room = memory_ + extent.text(next);
  std::memset(room, 0, extent.text_room);
  std::memcpy(room, text.data(), text.size());
  made->write();
  record.version.store(next, std::memory_order_release);
  return {};
}

Result<Segment::Object> Segment::object(const WantedObject& wanted) {
  const std::string_view name = wanted.name;
  if (name.empty() || name.size() > ObjectRecord::kMostName) {
    return fail(Status::kInvalidArgument, "an object's name has 1 to " +
                                              std::to_string(ObjectRecord::kMostName) +
                                              " bytes, not " + std::to_string(name.size()));
  }
  if (auto ok = check_text(name, "name"); !ok) return tl::unexpected(ok.error());
  auto found = find(wanted.kind, name);
  if (!found) return tl::unexpected(found.error());
  if (*found) return as_found(**found, wanted);
  if (is_read_only()) return file_.refused("has no object '" + std::string(name) + "'");
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  return find_or_make(wanted);
}

// An object that is ready stays where and what it is.
Result<std::optional<Segment::Found>> Segment::find(uint32_t kind, std::string_view name) const {
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = read_record(object_records()[i], shape_);
    if (!seen && is_read_only()) continue;  // one that is damaged hides no other
    if (!seen) return damaged_object(file_, i);
    if (seen->state == ObjectState::kReady && seen->kind == kind && seen->name == name)
      return Found{std::move(*seen), i};
  }
  return std::nullopt;
}

// Each release tells the versions of cells that it can use. An older one's have what they have.
Result<void> Segment::check(const Found& found, const WantedObject& wanted) const {
  const CellLayout& own = wanted.layout;
  const std::string where = title() + ": '" + found.name + "' ";
  const bool is_newer = found.layout > own.version;
  if (is_newer ? found.usable_by > own.version : found.layout < own.uses) {
    return fail(Status::kIo, where + "is of " + (is_newer ? "a newer" : "an older") +
                                 " release: its cells have layout " + std::to_string(found.layout) +
                                 ", and this library uses " + std::to_string(own.uses) + " to " +
                                 std::to_string(own.version));
  }
  const bool has_own = found.layout < own.version || found.own_bytes >= wanted.least_own;
  const bool has_shared = found.bytes - found.own_bytes >= wanted.bytes - wanted.own_bytes;
  if (has_own && has_shared) return {};
  return fail(Status::kBadValue, where + "has " + std::to_string(found.bytes) +
                                     " bytes: too few for " + std::to_string(wanted.bytes));
}

void Segment::use(uint32_t object) const noexcept {
  object_records()[object].era.store(head().era.load(std::memory_order_relaxed),
                                     std::memory_order_relaxed);
}

Result<Segment::Object> Segment::as_found(const Found& found, const WantedObject& wanted) const {
  if (auto fits = check(found, wanted); !fits) return tl::unexpected(fits.error());
  if (!is_read_only()) use(found.number);
  return Object{memory_ + found.offset, false, found.own_bytes, found.layout, found.number};
}

// With the directory's lock.
Result<Segment::Object> Segment::find_or_make(const WantedObject& wanted) {
  auto found = find(wanted.kind, wanted.name);  // another may have made it meanwhile
  if (!found) return tl::unexpected(found.error());
  if (*found) return as_found(**found, wanted);
  ObjectRecord* vacant = nullptr;
  uint64_t end = objects_offset(shape_);
  bool half_made = false;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    ObjectRecord& record = object_records()[i];
    const Extent seen = extent_of(record, shape_);
    if (seen.state == ObjectState::kReady) {
      end = std::max(end, seen.end());
      continue;
    }
    half_made = half_made || seen.state == ObjectState::kMaking;
    if (!vacant) vacant = &record;
  }
  if (!vacant) {
    return fail(Status::kFull,
                "segment '" + this->name() + "': has room for " + std::to_string(shape_.objects) +
                    " objects and no more",
                "objects");
  }
  const uint64_t room = text_room_for(wanted.options.size());
  const uint64_t needed = aligned(wanted.bytes) + 2 * room;
  if (needed > shape_.bytes - end) {
    return fail(Status::kFull,
                "segment '" + this->name() + "': '" + std::string(wanted.name) + "' needs " +
                    size_text(needed) + ", and " + size_text(shape_.bytes - end) + " of " +
                    size_text(shape_.bytes) +
                    " are left: whoever makes the segment gives it a larger size",
                "size");
  }
  char* memory = memory_ + end;
  if (half_made)
    std::memset(memory, 0, shape_.bytes - end);  // what one left who died; else untouched
  vacant->state.store(static_cast<uint64_t>(ObjectState::kMaking), std::memory_order_seq_cst);
  vacant->offset = end;
  vacant->bytes = wanted.bytes;
  vacant->own_bytes = wanted.own_bytes;
  vacant->version.store(0, std::memory_order_relaxed);
  vacant->text_room = static_cast<uint32_t>(room);
  vacant->kind = wanted.kind;
  vacant->layout = wanted.layout.version;
  vacant->usable_by = wanted.layout.usable_by;
  vacant->name_bytes = static_cast<uint32_t>(wanted.name.size());
  std::memcpy(vacant->name.data(), wanted.name.data(), wanted.name.size());
  if (wanted.begin) wanted.begin(memory);
  std::memcpy(memory + aligned(wanted.bytes), wanted.options.data(), wanted.options.size());
  use(static_cast<uint32_t>(vacant - object_records()));
  vacant->state.store(static_cast<uint64_t>(ObjectState::kReady), std::memory_order_release);
  return Object{memory, true, wanted.own_bytes, wanted.layout.version,
                static_cast<uint32_t>(vacant - object_records())};
}

std::vector<Segment::ObjectInfo> Segment::objects() const {
  std::vector<ObjectInfo> all;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = read_record(object_records()[i], shape_);
    if (!seen || seen->state != ObjectState::kReady) continue;
    all.push_back({seen->kind, seen->name, read_options(object_records()[i], *seen, memory_),
                   static_cast<int64_t>(seen->bytes), static_cast<int64_t>(seen->own_bytes)});
  }
  return all;
}

std::vector<uint32_t> Segment::damaged() const {
  std::vector<uint32_t> all;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    if (!read_record(object_records()[i], shape_)) all.push_back(i);
  }
  return all;
}

Segment::Usage Segment::usage() const noexcept {
  uint64_t end = objects_offset(shape_);
  int64_t objects = 0;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    const Extent extent = extent_of(object_records()[i], shape_);
    if (!extent.fits) continue;
    ++objects;
    end = std::max(end, extent.end());
  }
  return {objects, static_cast<int64_t>(shape_.bytes - end)};
}

int64_t Segment::stat(Stat which) const noexcept {
  switch (which) {
    case Stat::kBytes:
      return bytes();
    case Stat::kBytesLeft:
      return usage().bytes_left;
    case Stat::kObjects:
      return usage().objects;
    case Stat::kAttachments:
      return attached();
    case Stat::kDifferences:
      return static_cast<int64_t>(differences().size());
  }
  return 0;
}

}  // namespace og
