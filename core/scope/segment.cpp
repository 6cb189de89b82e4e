// SPDX-License-Identifier: Apache-2.0
#include "core/scope/segment.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/made_once.h"
#include "core/base/random.h"
#include "core/base/size_text.h"
#include "core/scope/file_lock.h"
#include "core/scope/process_identity.h"

namespace og {
namespace {

constexpr mode_t kAnyMode = 0666;
constexpr int64_t kRegainEvery = 10'000'000;

uint64_t check_of(const SegmentShape& shape) {
  return hash64({reinterpret_cast<const char*>(&shape), offsetof(SegmentShape, check)}, 0);
}

// The segments that this process is attached to. Its lock is taken after a segment's own, as before
// a fork, where the newest object's comes first.
struct Attached {
  ForkMutex mutex;
  std::vector<std::weak_ptr<Segment>> segments OG_GUARDED_BY(mutex);

  static Attached& instance() {
    static constinit MadeOnce<Attached> attached;
    return attached.get([] { return new Attached; });
  }
};

}  // namespace

// ---- attaching ----

Result<std::shared_ptr<Segment>> Segment::attach(const Settings& settings) {
  Attached::instance();  // older than any segment
  DirectoryWait wait;
  for (int attempt = 0; attempt < 16; ++attempt) {
    auto file = SegmentFile::open(settings.name, settings.mode);
    if (!file) return tl::unexpected(file.error());
    std::shared_ptr<Segment> segment(new Segment(std::move(*file)));
    segment->join_forks();
    auto attached = attach_once(segment, settings);
    while (attached && *attached == Attempt::kBusy) {
      if (auto waited = wait.go_on(segment->file_); !waited)
        return tl::unexpected(std::move(waited.error()));
      attached = attach_once(segment, settings);
    }
    if (!attached) return tl::unexpected(attached.error());
    if (*attached == Attempt::kDone) return segment;
  }
  return fail(Status::kIo, "segment '" + settings.name + "': is removed again and again", "name");
}

// Makes it this process's segment of the file: itself, or the one that there was. Removed is a file
// whose name is another's now.
Result<Segment::Attempt> Segment::attach_once(std::shared_ptr<Segment>& segment,
                                              const Settings& settings) {
  auto& attached = Attached::instance();
  std::vector<std::shared_ptr<Segment>>
      seen;  // may be the last to hold one: let go after the locks
  const std::shared_ptr<Segment> made = segment;
  ForkLock own(made->mutex_);
  ForkLock only(attached.mutex);
  std::erase_if(attached.segments, [](const auto& known) { return known.expired(); });
  for (const auto& known : attached.segments) {
    seen.push_back(known.lock());
    if (!seen.back() || !seen.back()->file_.same_as(made->file_)) continue;
    segment = seen.back();
    return Attempt::kDone;
  }
  auto held = DirectoryLock::try_take(made->file_);
  if (!held) return tl::unexpected(held.error());
  if (!*held) return Attempt::kBusy;
  if (!made->file_.is_linked()) return Attempt::kRemoved;
  auto done = made->make_or_check(settings);
  if (done) done = made->map();
  if (done) done = made->take_attachment();
  if (!done) return tl::unexpected(done.error());
  attached.segments.push_back(made);
  return Attempt::kDone;
}

Result<std::shared_ptr<Segment>> Segment::inspect(const std::string& name) {
  auto file = SegmentFile::open_existing(name, kAnyMode);
  if (!file) return tl::unexpected(file.error());
  std::shared_ptr<Segment> segment(new Segment(std::move(*file)));
  auto done = segment->read_shape();
  if (done && !segment->is_ready_) {
    return segment->file_.refused("is not ready: who made it died over it, or is still at it");
  }
  if (done) done = segment->map();
  if (!done) return tl::unexpected(done.error());
  return segment;
}

bool Segment::is_there(const std::string& name) {
  auto file = SegmentFile::open_existing(name, kAnyMode);
  if (!file) return false;
  std::array<char, kSegmentMagic.size()> magic{};
  auto got = file->read(magic.data(), magic.size());
  return got && magic == kSegmentMagic;
}

Result<void> Segment::remove(const std::string& name) {
  auto file = SegmentFile::open_existing(name, kAnyMode);
  if (!file) return tl::unexpected(file.error());
  std::array<char, kSegmentMagic.size()> magic{};
  auto got = file->read(magic.data(), magic.size());
  if (!got) return tl::unexpected(got.error());
  if (*got != 0 && magic != kSegmentMagic) return file->refused("is no segment of outgrow's");
  return SegmentFile::remove(name);
}

Segment::~Segment() {
  leave_forks();
  if (memory_ != nullptr) SegmentFile::unmap(memory_, bytes());
}

// With the directory's lock. A segment whose maker died before it was ready, or that is of an
// earlier boot, is nobody's: it is made anew. One that somebody is attached to is not, whatever its
// head says: emptied, its memory would be gone under their feet.
Result<void> Segment::make_or_check(const Settings& settings) {
  auto size = file_.size();
  if (!size) return tl::unexpected(size.error());
  if (*size == 0) return make(settings);
  if (auto read = read_shape(); !read) return read;
  if (shape_.boot == boot_identity() && is_ready_) return {};
  if (lock_of_bytes(file_.fd(), attachment_lock(0)) != ByteLock::kFree) {
    return file_.refused("is damaged: its head does not say that it is ready, and it is in use");
  }
  return make(settings);
}

Result<void> Segment::make(const Settings& settings) {
  SegmentHead head{};
  head.shape = {.magic = kSegmentMagic,
                .layout_version = kLayoutVersion,
                .objects = static_cast<uint32_t>(settings.objects),
                .attachments = static_cast<uint32_t>(settings.attachments),
                .time_namespace = time_namespace(),
                .bytes = static_cast<uint64_t>(settings.bytes),
                .boot = boot_identity(),
                .seed = entropy_seed() | 1,
                .check = 0};
  head.shape.check = check_of(head.shape);
  if (objects_offset(head.shape) >= head.shape.bytes) {
    return fail(Status::kBadValue,
                "option 'size' cannot be " + std::to_string(settings.bytes) +
                    ": the segment's own records take " + size_text(objects_offset(head.shape)),
                "size");
  }
  if (auto may = file_.check_limit(settings.bytes); !may) return may;
  if (auto emptied = file_.empty(); !emptied) return emptied;
  if (auto put = file_.write(&head, sizeof head, 0); !put) return put;
  if (auto room = file_.reserve(settings.bytes); !room) return room;
  const uint64_t ready = 1;
  if (auto put = file_.write(&ready, sizeof ready, offsetof(SegmentHead, ready)); !put) return put;
  shape_ = head.shape;
  return {};
}

Result<void> Segment::read_shape() {
  SegmentHead head{};
  auto got = file_.read(&head, sizeof head);
  if (!got) return tl::unexpected(got.error());
  if (*got < static_cast<int64_t>(sizeof head) || head.shape.magic != kSegmentMagic) {
    return file_.refused("is no segment of outgrow's");
  }
  const SegmentShape& shape = head.shape;
  if (shape.layout_version != kLayoutVersion) {
    return file_.refused("has layout " + std::to_string(shape.layout_version) +
                         ", this library has layout " + std::to_string(kLayoutVersion));
  }
  if (shape.check != check_of(shape) || objects_offset(shape) >= shape.bytes) {
    return file_.refused("is damaged: its head does not add up");
  }
  const uint32_t own = time_namespace();
  const bool is_elsewhere = own != 0 && shape.time_namespace != 0 && shape.time_namespace != own;
  if (is_elsewhere && shape.boot == boot_identity()) {
    return file_.refused("is of time namespace " + std::to_string(shape.time_namespace) +
                         ", and this process is in " + std::to_string(own) +
                         ": their clocks differ, and all who share a segment must read the same");
  }
  auto size = file_.size();
  if (!size) return tl::unexpected(size.error());
  is_ready_ = head.ready.load(std::memory_order_relaxed) == 1;
  if (is_ready_ && static_cast<uint64_t>(*size) != shape.bytes) {
    return file_.refused("is damaged: it has " + std::to_string(*size) + " of " +
                         std::to_string(shape.bytes) + " bytes");
  }
  shape_ = shape;
  return {};
}

Result<void> Segment::map() {
  auto memory = file_.map(static_cast<int64_t>(shape_.bytes));
  if (!memory) return tl::unexpected(memory.error());
  memory_ = static_cast<char*>(*memory);
  users_.open(memory_, shape_);
  return {};
}

// ---- attachments ----

// With the directory's lock.
Result<void> Segment::take_attachment() {
  if (int error = take_free_attachment(); error == EAGAIN) {
    return fail(Status::kFull,
                "segment '" + name() + "': " + std::to_string(shape_.attachments) +
                    " processes are attached, and it was made for no more",
                "attachments");
  } else if (error != 0) {
    return file_.failed("cannot be locked", error);
  }
  attaches_ = true;
  return {};
}

// Also of a forked child, which may do little: no allocation.
int Segment::take_free_attachment() const noexcept {
  for (uint32_t i = 0; i < shape_.attachments; ++i) {
    int error = lock_byte(file_.fd(), attachment_lock(i));
    if (error == EAGAIN) continue;
    if (error != 0) return error;
    AttachmentRecord& record = attachment_records()[i];
    const uint64_t generation = record.generation.fetch_add(1, std::memory_order_acq_rel) + 1;
    record.pid.store(static_cast<uint64_t>(getpid()), std::memory_order_relaxed);
    record.start_time.store(start_time_of_this_process(), std::memory_order_relaxed);
    record.command = command_of_this_process();
    users_.attached(i);
    owner_.store(owner_of(i, generation), std::memory_order_relaxed);
    return 0;
  }
  return EAGAIN;
}

// Under the mutex, or alone in a forked child. Sees to it that the descriptor is the file's, and
// this process's own: 0 or an errno.
int Segment::hold_file() const noexcept {
  if (!inherited_ && file_.has_descriptor()) return 0;
  if (const int error = file_.reopen(); error != 0) return error;
  if (inherited_.exchange(false) && memory_) file_.remap(memory_, bytes());
  return 0;
}

int Segment::attach_again() const noexcept {
  const int error = hold_file();
  return error != 0 ? error : take_free_attachment();
}

Status Segment::regain() const noexcept {
  if (owner() != 0 || is_read_only()) return Status::kOk;
  const int64_t now = monotonic_ns();
  if (now < regain_at_.load(std::memory_order_relaxed))
    return lost_for_.load(std::memory_order_relaxed);
  std::unique_lock lock(mutex_, std::defer_lock);
  if (!mutex_.is_mine() && !lock.try_lock()) return lost_for_.load(std::memory_order_relaxed);
  mutex_.assert_held();
  if (owner() != 0) return Status::kOk;
  const int error = attach_again();
  if (error == 0) return Status::kOk;
  regain_at_.store(now + kRegainEvery, std::memory_order_relaxed);
  const Status lost = error == EAGAIN ? Status::kFull : Status::kIo;
  lost_for_.store(lost, std::memory_order_relaxed);
  return lost;
}

// By a descriptor of this process's own: by its parent's the parent's locks would look free.
ByteLock Segment::attachment_state(uint32_t index) const noexcept {
  const ByteLock seen = inherited_ ? ByteLock::kUnknown : file_.lock_of(attachment_lock(index));
  if (seen != ByteLock::kUnknown) return seen;
  std::unique_lock lock(mutex_, std::defer_lock);
  if (!mutex_.is_mine() && !lock.try_lock()) return ByteLock::kUnknown;
  mutex_.assert_held();
  if (hold_file() != 0) return ByteLock::kUnknown;
  return file_.lock_of(attachment_lock(index));
}

bool Segment::is_alive(uint64_t owner) const noexcept {
  if (owner == this->owner()) return true;
  const uint32_t index = owner_index(owner);
  if (index >= shape_.attachments) return false;
  return attachment_state(index) != ByteLock::kFree &&
         attachment_records()[index].generation.load(std::memory_order_acquire) ==
             owner_generation(owner);
}

bool Segment::is_attached(uint32_t index) const noexcept {
  const bool own = owner_index(owner()) == index;
  return own || attachment_state(index) != ByteLock::kFree;
}

int64_t Segment::attached() const noexcept {
  int64_t count = 0;
  for (uint32_t i = 0; i < shape_.attachments; ++i) count += is_attached(i);
  return count;
}

std::vector<Segment::AttachmentInfo> Segment::attachments() const {
  std::vector<AttachmentInfo> all;
  for (uint32_t i = 0; i < shape_.attachments; ++i) {
    if (!is_attached(i)) continue;
    all.push_back(attachment(i));
  }
  return all;
}

Segment::AttachmentInfo Segment::attachment(uint32_t index) const {
  const AttachmentRecord& record = attachment_records()[index];
  const char* command = record.command.data();
  return {record.pid.load(std::memory_order_relaxed),
          record.start_time.load(std::memory_order_relaxed),
          {command, strnlen(command, record.command.size())}};
}

// ---- forks ----

// The open file, and so its locks, is the parent's: the child opens the file for itself. Where that
// fails, or no attachment is left, it has none.
void Segment::after_fork_in_child() noexcept {
  inherited_ = true;
  if (!attaches_) return;
  owner_.store(0, std::memory_order_relaxed);
  regain_at_.store(0, std::memory_order_relaxed);
  if (attach_again() != 0) users_.attached(ObjectUsers::kNone);
}

}  // namespace og
