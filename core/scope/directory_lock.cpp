// SPDX-License-Identifier: Apache-2.0
#include "core/scope/directory_lock.h"

#include <cerrno>
#include <ctime>

#include "core/base/clock.h"
#include "core/base/patience.h"
#include "core/scope/file_lock.h"
#include "core/scope/segment_layout.h"

namespace og {
namespace {

constexpr int64_t kLongestWait = 5'000'000'000;

}  // namespace

Result<std::optional<DirectoryLock>> DirectoryLock::try_take(const SegmentFile& file) {
  const int error = lock_byte(file.fd(), kDirectoryLock);
  if (error == 0) return DirectoryLock(file.fd());
  if (error == EAGAIN) return std::nullopt;
  return file.failed("cannot be locked", error);
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) unlock_byte(fd_, kDirectoryLock);
}

DirectoryWait::DirectoryWait()
    : end_(monotonic_ns() + kLongestWait),
      ask_at_(end_ - kLongestWait + std::chrono::nanoseconds(Patience::kSlice).count()) {}

Result<void> DirectoryWait::go_on(const SegmentFile& file) {
  const int64_t now = monotonic_ns();
  bool over = now >= end_;
  if (now >= ask_at_) {
    if (Patience::interrupted()) return Patience::interruption();
    over = over || Patience::is_late();
    ask_at_ = now + std::chrono::nanoseconds(Patience::kSlice).count();
  }
  if (over) {
    return fail(Status::kTimeout,
                "segment '" + file.name() + "': another process has held its directory for 5 s",
                "name");
  }
  const timespec pause{0, 200'000};
  nanosleep(&pause, nullptr);
  return {};
}

}  // namespace og
