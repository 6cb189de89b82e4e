// SPDX-License-Identifier: Apache-2.0
#include "core/scope/directory_lock.h"

#include <cerrno>

#include "core/scope/file_lock.h"
#include "core/scope/segment_layout.h"

namespace og {
namespace {

constexpr int64_t kLongestWait = 5'000'000'000;

}  // namespace

Result<DirectoryLock> DirectoryLock::take(const SegmentFile& file) {
  const int error = lock_byte_within(file.fd(), kDirectoryLock, kLongestWait);
  if (error == 0) return DirectoryLock(file.fd());
  if (error != ETIMEDOUT) return file.failed("cannot be locked", error);
  return fail(Status::kTimeout,
              "segment '" + file.name() + "': another process has held its directory for 5 s", "name");
}

std::optional<DirectoryLock> DirectoryLock::try_take(const SegmentFile& file) noexcept {
  if (lock_byte(file.fd(), kDirectoryLock) != 0) return std::nullopt;
  return DirectoryLock(file.fd());
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) unlock_byte(fd_, kDirectoryLock);
}

}  // namespace og
