// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/fork_mutex.h"
#include "core/base/status.h"
#include "core/scope/directory_lock.h"
#include "core/scope/object_users.h"
#include "core/scope/scope.h"
#include "core/scope/segment_file.h"
#include "core/scope/segment_layout.h"

namespace og {

class FreeSpace;

// Memory that the processes of a machine share, and the objects in it by name.
//
// A process attaches by mapping the file; the first one makes it. What is there stays as it is: an
// attachment never resets anything, and an object made under a name is the same one for all, with
// the same options or not at all. An object is taken down only where nobody uses it
// (object_users.h); its memory is the next one's.
//
// Whoever dies, at whatever instruction, leaves the rest working:
//   - Objects are words that are moved by compare-and-swap; no lock is held around them.
//   - The directory is changed under a lock of the kernel's, which goes with its holder. A record
//     is "making" until it is whole, and "forgetting" until its memory is zero again. The next
//     holder of the lock ends what was left so (settle()).
//   - Each attachment has a record, and holds a lock on one byte of the file for as long as its
//     process lives. What an attachment owns (calls in flight, permits) is tagged with its number
//     and the record's generation, and is reclaimed by whoever finds the lock gone. A reused
//     process id is mistaken for nobody, and containers with process ids of their own see each
//     other rightly.
//
// After a fork the child has an attachment of its own; where none is left, or the file cannot be
// opened, it has none, and holds nothing that would have to be reclaimed: regain() tries again.
//
// A program may close the segment's descriptor, as daemons close all, and be given its number for a
// file of its own. The attachment lives on, for the mapping keeps the open file and its locks.
// Whoever then asks the kernel about others is told nothing of them; and who is not known to be
// dead is taken to live.
//
// Nothing in the segment is trusted: bounds are copied when it is attached, and what is read from
// the directory is checked against them (tests/core/corruption_test.cpp). One thing cannot be held
// off: who may open the file may also truncate it, and a process that then touches memory which is
// gone gets SIGBUS, as with any mapped file. The kernel's seals against that are for memfds alone,
// which have no name to meet under. Hence a file's mode and owner are checked.
class Segment final : public Scope,
                      private ForkAware,
                      public std::enable_shared_from_this<Segment> {
 public:
  struct Settings {
    std::string name;
    int64_t bytes;
    int64_t objects;
    int64_t attachments;
    mode_t mode;
  };

  // One per file and process: a second attach gives the first's. An existing segment keeps its own
  // size and shape, whatever the settings say.
  static Result<std::shared_ptr<Segment>> attach(const Settings& settings);
  // To look only: fails where there is none. Takes no attachment.
  static Result<std::shared_ptr<Segment>> inspect(const std::string& name);
  // Whether there is one under the name that this user may open, in whatever state.
  static bool is_there(const std::string& name);
  // Unlinks the name, if it is a segment's, in whatever state: a mistyped path must not cost
  // somebody a file. Who is attached keeps what there is, who comes later makes it anew.
  static Result<void> remove(const std::string& name);
  ~Segment();

  const std::string& name() const noexcept { return file_.name(); }
  std::string title() const override { return "segment '" + name() + "'"; }
  std::string host_name() const override { return name(); }
  int64_t bytes() const noexcept { return static_cast<int64_t>(shape_.bytes); }
  uint64_t seed() const noexcept override { return shape_.seed; }
  uint32_t attachment_limit() const noexcept override { return shape_.attachments; }
  bool is_copied_by_fork() const noexcept override { return false; }

  struct Object {
    void* memory;
    bool made;  // by this call, zeroed
    uint64_t own_bytes;
    uint16_t layout;
    uint32_t number;
  };
  struct WantedObject {
    uint32_t kind;
    std::string_view name;
    std::string options;
    uint64_t bytes;
    uint64_t own_bytes = bytes;
    uint64_t least_own = own_bytes;
    CellLayout layout = {};
    std::function<void(char* own)> begin = {};
  };
  // The object of this kind and name: made when there is none, else the one that is there, if its
  // cells are such as can be used. One that is there is found without the directory's lock; who
  // only looks makes none. It may be taken down as soon as it is returned: for tests.
  Result<Object> object(const WantedObject& wanted);
  // The same for a noun's cells, which stay for as long as they are held.
  Result<Cells> cells(const Wanted& wanted) override;
  std::string options_of(uint32_t object) const;
  const std::atomic<uint64_t>& options_version_of(uint32_t object) const noexcept;
  Result<void> change_options_of(uint32_t object, const ScopeObject::Make& make);
  Result<std::optional<std::string>> options_of(CellKind kind,
                                                std::string_view name) const override;

  Result<std::optional<Cells>> open(CellKind kind, std::string_view name,
                                    const CellLayout& layout) override;
  std::vector<std::string> names(CellKind kind) const override;
  bool is_left(CellKind kind, std::string_view name) const override;
  bool is_used_besides(CellKind kind, std::string_view name, uint32_t own) const override;
  Result<void> forget(CellKind kind, std::string_view name) override;

  Result<Change> change(std::unique_lock<ForkMutex>* own) const override;
  std::optional<Change> try_change() const override;

  // An owner is attachment and generation in one number.
  // Every 10 ms at most: kOk, kFull when all are taken, or kIo.
  Status regain() const noexcept override;
  bool is_alive(uint64_t owner) const noexcept override;  // a system call
  bool is_read_only() const noexcept override { return !attaches_; }

  struct AttachmentInfo {
    uint64_t pid, start_time;
    std::string command;
  };
  std::vector<AttachmentInfo> attachments() const;
  AttachmentInfo attachment(uint32_t index) const;
  int64_t attached() const noexcept;  // how many; a system call for each record
  struct ObjectInfo {
    uint32_t kind;
    std::string name, options;
    int64_t bytes, own_bytes;
  };
  std::vector<ObjectInfo> objects() const;
  std::vector<uint32_t> damaged() const;  // the numbers of those that are not within the segment
  struct Usage {
    int64_t objects, bytes_left;
  };
  Usage usage() const noexcept;
  int64_t stat(Stat which) const noexcept override;
  // What is wrong with head, directory and attachments, a line a fault: nothing in a sound segment,
  // whoever died in it. What is in the objects is for their nouns to say
  // (core/inspect/host_faults.h).
  Result<std::vector<std::string>> verify() const;

 private:
  explicit Segment(SegmentFile file) : file_(std::move(file)) {}

  enum class Attempt { kDone, kBusy, kRemoved };
  static Result<Attempt> attach_once(std::shared_ptr<Segment>& segment, const Settings& settings);
  // Of what change() or try_change() took and a Change carried here: the analysis does not follow.
  void end_change() const noexcept override OG_NOT_ANALYSED;
  Result<void> make_or_check(const Settings& settings);
  Result<void> make(const Settings& settings);
  Result<void> read_shape();
  Result<void> map();
  Result<void> take_attachment();
  int take_free_attachment() const noexcept;
  int attach_again() const noexcept OG_REQUIRES(mutex_);
  int hold_file() const noexcept OG_REQUIRES(mutex_);
  ByteLock attachment_state(uint32_t index) const noexcept;
  bool is_attached(uint32_t index) const noexcept;
  void verify_head(std::vector<std::string>& faults) const;
  void verify_attachments(std::vector<std::string>& faults) const;
  void verify_objects(std::vector<std::string>& faults) const;

  void after_fork_in_child() noexcept override OG_NOT_ANALYSED;  // alone

  AttachmentRecord* attachment_records() const noexcept {
    return reinterpret_cast<AttachmentRecord*>(memory_ + kAttachmentsOffset);
  }
  ObjectRecord* object_records() const noexcept {
    return reinterpret_cast<ObjectRecord*>(memory_ + records_offset(shape_));
  }
  std::span<ObjectRecord> records() const noexcept { return {object_records(), shape_.objects}; }
  FreeSpace free_space() const noexcept;
  tl::unexpected<Error> damaged_object(uint32_t number) const;

  // An object that this process uses.
  struct Used {
    Object object;
    ObjectUse use;
  };
  struct Found;
  Result<std::optional<Found>> find(uint32_t kind, std::string_view name) const;
  Result<void> check(const Found& found, const WantedObject& wanted) const;
  Result<Used> used_object(const WantedObject& wanted);
  std::optional<ObjectUse> use(const Found& found) const;
  Used as_found(const Found& found, ObjectUse use) const;
  Cells cells_of(Used used, bool has_shared);
  bool is_used(uint32_t object) const;  // a system call for each process that does, or did

  // With the directory's lock: segment_making.cpp.
  void settle();
  void clear_away(ObjectRecord& record);
  Result<Used> find_or_make(const WantedObject& wanted);
  Used make_object(uint32_t number, uint64_t offset, uint64_t room, const WantedObject& wanted);
  bool take_down(uint32_t number);
  tl::unexpected<Error> in_use(uint32_t number, std::string_view name) const;

  mutable ObjectUsers users_;  // older than the lock under which it is asked
  mutable ForkMutex mutex_;    // of this process's threads, around the directory's lock
  mutable SegmentFile file_;   // a lost descriptor is opened again
  mutable std::optional<DirectoryLock> changing_ OG_GUARDED_BY(mutex_);  // of the change under way
  SegmentShape shape_{};
  bool is_ready_ = false;  // as the head said when it was read
  char* memory_ = nullptr;
  bool attaches_ = false;
  // The open file, and so its locks, is the parent's. Changed with mutex_, and read without.
  mutable std::atomic<bool> inherited_{false};
  mutable std::atomic<int64_t> regain_at_{0};
  mutable std::atomic<Status> lost_for_{Status::kOk};
};

}  // namespace og
