// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "core/base/status.h"
#include "core/scope/file_lock.h"

namespace og {

// The file behind a segment: POSIX shared memory under a name ("/checkout"), or any file by its
// path
// ("/run/app/outgrow.segment"), which containers can share by mounting it. Open until destroyed.
class SegmentFile {
 public:
  // Makes the file, empty and of this mode, where there is none. An existing one must be a regular
  // file of this user's (of this user's group, where the mode lets the group write), and no wider
  // open than the mode says.
  static Result<SegmentFile> open(const std::string& name, mode_t mode);
  static Result<SegmentFile> open_existing(const std::string& name, mode_t mode);
  // Unlinks it: who is attached keeps the memory, who comes later makes a new one.
  static Result<void> remove(const std::string& name);

  SegmentFile(SegmentFile&& other) noexcept;
  SegmentFile& operator=(SegmentFile&& other) noexcept;
  ~SegmentFile();

  int fd() const noexcept { return fd_.load(std::memory_order_relaxed); }
  const std::string& name() const noexcept { return name_; }
  // Which file it is, whatever name it was opened by.
  bool same_as(const SegmentFile& other) const noexcept {
    return device_ == other.device_ && inode_ == other.inode_;
  }
  // Whether the name still leads to this file.
  bool is_linked() const noexcept;

  // Whether the descriptor is still the file's. A program may close all descriptors, as daemons do,
  // and be given the number again for a file of its own.
  bool has_descriptor() const noexcept { return is_it(fd()); }
  // Opens the same file anew: 0 or an errno. Allocates nothing.
  int reopen() noexcept;

  // Whether another open file has locked the byte; kUnknown when the descriptor is not the file's.
  ByteLock lock_of(int64_t byte) const noexcept;

  Result<int64_t> size() const;
  // Whether this process may write a file of so many bytes.
  Result<void> check_limit(int64_t bytes) const;
  Result<void> empty() const;
  // Grows it and reserves its memory, so that a full /dev/shm is an error here and no SIGBUS later.
  Result<void> reserve(int64_t bytes) const;
  // At most so many bytes from the start; how many there were.
  Result<int64_t> read(void* out, int64_t bytes) const;
  Result<void> write(const void* data, int64_t bytes, int64_t at) const;
  // Shared, for reading and writing. The pages before and behind are nobody's: an access outside
  // ends the process instead of changing what lies there.
  Result<void*> map(int64_t bytes) const;
  // The same memory at the same place, by the file as it is open now. A mapping keeps its open
  // file, and so its locks: one inherited over a fork keeps those of the parent, even when the
  // parent has died.
  bool remap(void* memory, int64_t bytes) const noexcept;
  static void unmap(void* memory, int64_t bytes) noexcept;

  // "segment '/checkout': cannot be opened: Permission denied"
  tl::unexpected<Error> failed(const char* what, int error) const;
  tl::unexpected<Error> refused(const std::string& why) const;

 private:
  SegmentFile(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  static Result<SegmentFile> open(const std::string& name, mode_t mode, int flags);
  static Result<void> check_name(const std::string& name);
  Result<void> check(mode_t mode);
  bool is_it(int fd) const noexcept;

  std::string name_;
  std::atomic<int> fd_ = -1;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace og
