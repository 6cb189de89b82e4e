// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "core/scope/segment_file.h"

namespace og {

// The lock on a segment's directory, between processes: the kernel's, so that it goes with whoever
// dies. Threads of one process hold the segment's own mutex around it, and never while they wait
// for it: another process may have been stopped with it.
class DirectoryLock {
 public:
  // Without waiting: nothing while another process has it.
  static Result<std::optional<DirectoryLock>> try_take(const SegmentFile& file);

  DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

// How long a change waits for one that another is at, by asking again: a wait in the kernel has no
// end but a signal, and those belong to the program.
class DirectoryWait {
 public:
  DirectoryWait();
  // Pauses; an error once 5 s are over or the caller is interrupted. Called with none of the
  // library's locks held.
  Result<void> go_on(const SegmentFile& file);

 private:
  int64_t end_;
  int64_t ask_at_;  // Patience, which may be dear
};

}  // namespace og
