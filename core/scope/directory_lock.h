// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "core/scope/segment_file.h"

namespace og {

// The lock on a segment's directory, between processes: the kernel's, so that it goes with whoever
// dies. Threads of one process hold the segment's own mutex around it.
class DirectoryLock {
 public:
  // Waits for up to 5 s.
  static Result<DirectoryLock> take(const SegmentFile& file);
  // Without waiting: nothing while another process has it.
  static std::optional<DirectoryLock> try_take(const SegmentFile& file) noexcept;

  DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

}  // namespace og
