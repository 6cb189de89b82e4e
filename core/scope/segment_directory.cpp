// SPDX-License-Identifier: Apache-2.0
// The objects of a segment by name.
#include <algorithm>
#include <cstring>
#include <sstream>

#include "core/base/text_argument.h"
#include "core/scope/object_extent.h"
#include "core/scope/segment.h"

namespace og {
namespace {

// Of two texts of options of one table, "rate=100/1s burst=0": the first option that is not the
// same in both. Where the texts are of no such shape, they are given whole.
struct Difference {
  std::string option, one, other;
};
Difference first_difference(const std::string& one, const std::string& other) {
  std::istringstream ones(one), others(other);
  std::string a, b;
  while (ones >> a && others >> b) {
    if (a != b) return {a.substr(0, a.find('=')), a, b};
  }
  return {"", one, other};
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

Result<Scope::Cells> Segment::cells(CellKind kind, std::string_view name,
                                    const std::string& options, Bytes bytes) {
  const uint64_t behind = bytes.shared ? aligned(bytes.own) : bytes.own;
  auto found = object(static_cast<uint32_t>(kind), name, options,
                      static_cast<int64_t>(behind + bytes.shared));
  if (!found) return tl::unexpected(found.error());
  char* memory = static_cast<char*>(found->memory);
  return Cells{memory, bytes.shared ? memory + behind : nullptr, nullptr};
}

Result<Segment::Object> Segment::object(uint32_t kind, std::string_view name,
                                        const std::string& options, int64_t bytes) {
  if (name.empty() || name.size() > ObjectRecord::kMostName) {
    return fail(Status::kInvalidArgument, "an object's name has 1 to " +
                                              std::to_string(ObjectRecord::kMostName) +
                                              " bytes, not " + std::to_string(name.size()));
  }
  if (auto ok = check_text(name, "name"); !ok) return tl::unexpected(ok.error());
  const Wanted wanted{kind, name, options, static_cast<uint64_t>(bytes)};
  auto found = find(wanted);
  if (!found) return tl::unexpected(found.error());
  if (*found) return Object{*found, false};
  if (only_looks()) return file_.refused("has no object '" + std::string(name) + "'");
  auto held = change(nullptr);
  if (!held) return tl::unexpected(held.error());
  return find_or_make(wanted);
}

// An object that is ready stays where and what it is.
Result<char*> Segment::find(const Wanted& wanted) const {
  for (uint32_t i = 0; i < shape_.objects; ++i) {
    auto seen = read_record(object_records()[i], shape_);
    if (!seen && only_looks()) continue;  // one that is damaged hides no other
    if (!seen)
      return file_.refused("is damaged: object " + std::to_string(i) + " is not within it");
    if (seen->state != ObjectState::kReady || seen->kind != wanted.kind ||
        seen->name != wanted.name)
      continue;
    char* memory = memory_ + seen->offset;
    const std::string theirs(memory + aligned(seen->bytes), seen->options_bytes);
    if (theirs == wanted.options && seen->bytes == wanted.bytes) return memory;
    const auto [option, is, asked] = first_difference(theirs, wanted.options);
    return fail(Status::kBadValue,
                "segment '" + this->name() + "': '" + seen->name + "' is there with " + is +
                    ", not with " + asked,
                option);
  }
  return nullptr;
}

// With the directory's lock.
Result<Segment::Object> Segment::find_or_make(const Wanted& wanted) {
  auto found = find(wanted);  // another may have made it meanwhile
  if (!found) return tl::unexpected(found.error());
  if (*found) return Object{*found, false};
  const auto& [kind, name, options, bytes] = wanted;
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
  const uint64_t needed = aligned(bytes) + aligned(options.size());
  if (needed > shape_.bytes - end) {
    return fail(Status::kFull,
                "segment '" + this->name() + "': '" + std::string(name) + "' needs " +
                    std::to_string(needed) + " bytes, and " + std::to_string(shape_.bytes - end) +
                    " of " + std::to_string(shape_.bytes) + " are left",
                "size");
  }
  char* memory = memory_ + end;
  if (half_made)
    std::memset(memory, 0, shape_.bytes - end);  // what one left who died; else untouched
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
    auto seen = read_record(object_records()[i], shape_);
    if (!seen || seen->state != ObjectState::kReady) continue;
    const char* options = memory_ + seen->offset + aligned(seen->bytes);
    all.push_back({seen->kind,
                   seen->name,
                   {options, seen->options_bytes},
                   static_cast<int64_t>(seen->bytes)});
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
  }
  return 0;
}

}  // namespace og
