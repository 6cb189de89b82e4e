// SPDX-License-Identifier: Apache-2.0
// The objects of a segment by name.
#include <algorithm>
#include <cstring>

#include "core/base/text_argument.h"
#include "core/scope/segment.h"
#include "core/scope/segment_found.h"

namespace og {
namespace {

class SegmentObject final : public ScopeObject {
 public:
  SegmentObject(std::shared_ptr<Segment> segment, uint32_t number, ObjectUse use)
      : segment_(std::move(segment)), number_(number), use_(std::move(use)) {}

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
  const ObjectUse use_;
};

}  // namespace

tl::unexpected<Error> Segment::damaged_object(uint32_t number) const {
  return file_.refused("is damaged: object " + std::to_string(number) + " is not within it");
}

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
  auto used =
      used_object({static_cast<uint32_t>(wanted.kind), wanted.name, wanted.options, behind + shared,
                   behind, wanted.bytes.least, wanted.layout, wanted.bytes.begin});
  if (!used) return tl::unexpected(used.error());
  return cells_of(std::move(*used), shared > 0);
}

Scope::Cells Segment::cells_of(Used used, bool has_shared) {
  const Object& found = used.object;
  char* memory = static_cast<char*>(found.memory);
  return {memory, has_shared ? memory + found.own_bytes : nullptr,
          std::make_shared<SegmentObject>(shared_from_this(), found.number, std::move(used.use)),
          found.own_bytes, found.layout};
}

Result<std::optional<Scope::Cells>> Segment::open(CellKind kind, std::string_view name,
                                                  const CellLayout& layout) {
  auto found = find(static_cast<uint32_t>(kind), name);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  if (auto fits = check(**found, {static_cast<uint32_t>(kind), name, {}, 0, 0, 0, layout}); !fits)
    return tl::unexpected(fits.error());
  auto use = this->use(**found);
  if (!use) return std::nullopt;
  const bool has_shared = (**found).bytes > (**found).own_bytes;
  return cells_of(as_found(**found, std::move(*use)), has_shared);
}

std::vector<std::string> Segment::names(CellKind kind) const {
  std::vector<std::string> all;
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = read_record(object_records()[i], shape_);
    if (seen && seen->state == ObjectState::kReady && seen->kind == static_cast<uint32_t>(kind))
      all.push_back(std::move(seen->name));
  }
  return all;
}

Result<std::optional<std::string>> Segment::options_of(CellKind kind, std::string_view name) const {
  auto found = find(static_cast<uint32_t>(kind), name);
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::nullopt;
  const auto use = this->use(**found);  // so that it stays while it is read
  if (!use) return std::nullopt;
  return options_of((**found).number);
}

bool Segment::is_left(CellKind kind, std::string_view name) const {
  if (is_read_only()) return false;
  auto found = find(static_cast<uint32_t>(kind), name);
  return found && *found && !is_used((**found).number);
}

bool Segment::is_used_besides(CellKind kind, std::string_view name, uint32_t own) const {
  auto found = find(static_cast<uint32_t>(kind), name);
  if (!found || !*found) return false;
  const uint32_t object = (**found).number, mine = owner_index(owner());
  if (users_.count(object) > own) return true;
  return users_.any(object, [&](uint32_t user) {
    return user == ObjectUsers::kNone || (user != mine && is_attached(user));
  });
}

bool Segment::is_used(uint32_t object) const {
  return users_.any(
      object, [this](uint32_t user) { return user == ObjectUsers::kNone || is_attached(user); });
}

// Of one that is in use, whatever its state: for a moment it is being forgotten, until who does
// that sees that it is used; and for longer where that one died.
std::string Segment::options_of(uint32_t object) const {
  const ObjectRecord& record = object_records()[object];
  const Extent extent = placed_extent(record, shape_);
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
  const Extent extent = placed_extent(record, shape_);
  if (!extent.fits) return damaged_object(object);
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
  auto used = used_object(wanted);
  if (!used) return tl::unexpected(used.error());
  return used->object;
}

Result<Segment::Used> Segment::used_object(const WantedObject& wanted) {
  const std::string_view name = wanted.name;
  if (name.empty() || name.size() > ObjectRecord::kMostName) {
    return fail(Status::kInvalidArgument, "an object's name has 1 to " +
                                              std::to_string(ObjectRecord::kMostName) +
                                              " bytes, not " + std::to_string(name.size()));
  }
  if (auto ok = check_text(name, "name"); !ok) return tl::unexpected(ok.error());
  auto found = find(wanted.kind, name);
  if (!found) return tl::unexpected(found.error());
  if (*found) {
    if (auto fits = check(**found, wanted); !fits) return tl::unexpected(fits.error());
    if (auto use = this->use(**found)) return as_found(**found, std::move(*use));
  }
  if (is_read_only()) return file_.refused("has no object '" + std::string(name) + "'");
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  return find_or_make(wanted);
}

// An object that is ready stays where and what it is for as long as it is used.
Result<std::optional<Segment::Found>> Segment::find(uint32_t kind, std::string_view name) const {
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = read_record(object_records()[i], shape_);
    if (!seen && is_read_only()) continue;  // one that is damaged hides no other
    if (!seen) return damaged_object(i);
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

// Nothing where it was taken down after it was found.
std::optional<ObjectUse> Segment::use(const Found& found) const {
  if (is_read_only()) return ObjectUse();
  ObjectUse use(users_, found.number, owner_);
  const ObjectRecord& record = object_records()[found.number];
  const auto state = static_cast<ObjectState>(record.state.load(std::memory_order_seq_cst));
  if (state != ObjectState::kReady || record.made.load(std::memory_order_seq_cst) != found.made)
    return std::nullopt;
  return use;
}

Segment::Used Segment::as_found(const Found& found, ObjectUse use) const {
  return {{memory_ + found.offset, false, found.own_bytes, found.layout, found.number},
          std::move(use)};
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
  int64_t objects = 0;
  for (const ObjectRecord& record : records()) objects += extent_of(record, shape_).fits;
  return {objects, static_cast<int64_t>(free_space().largest())};
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
