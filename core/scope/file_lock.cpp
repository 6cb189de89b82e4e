// SPDX-License-Identifier: Apache-2.0
#include "core/scope/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace og {
namespace {

struct flock on_byte(short type, off_t byte) noexcept {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

int set(int fd, short type, off_t byte) noexcept {
  struct flock lock = on_byte(type, byte);
  int done;
  do {
    done = fcntl(fd, F_OFD_SETLK, &lock);
  } while (done != 0 && errno == EINTR);
  return done == 0 ? 0 : errno == EACCES ? EAGAIN : errno;
}

ByteLock query(int fd, struct flock lock) noexcept {
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return ByteLock::kUnknown;
  return lock.l_type == F_UNLCK ? ByteLock::kFree : ByteLock::kHeld;
}

}  // namespace

int lock_byte(int fd, off_t byte) noexcept { return set(fd, F_WRLCK, byte); }

void unlock_byte(int fd, off_t byte) noexcept { set(fd, F_UNLCK, byte); }

ByteLock lock_of_byte(int fd, off_t byte) noexcept { return query(fd, on_byte(F_WRLCK, byte)); }

ByteLock lock_of_bytes(int fd, off_t from) noexcept {
  struct flock lock = on_byte(F_WRLCK, from);
  lock.l_len = 0;  // to the end
  return query(fd, lock);
}

}  // namespace og
