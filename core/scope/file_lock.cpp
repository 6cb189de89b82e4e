// SPDX-License-Identifier: Apache-2.0
#include "core/scope/file_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "core/base/clock.h"

namespace og {
namespace {

struct flock on_byte(short type, off_t byte) noexcept {
  struct flock lock {};
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

}  // namespace

int lock_byte(int fd, off_t byte) noexcept { return set(fd, F_WRLCK, byte); }

// By asking again: a wait in the kernel has no end but a signal, and those belong to the host.
int lock_byte_within(int fd, off_t byte, int64_t timeout_ns) noexcept {
  const int64_t end = monotonic_ns() + timeout_ns;
  const timespec pause{0, 200'000};
  for (;;) {
    int error = lock_byte(fd, byte);
    if (error != EAGAIN) return error;
    if (monotonic_ns() >= end) return ETIMEDOUT;
    nanosleep(&pause, nullptr);
  }
}

void unlock_byte(int fd, off_t byte) noexcept { set(fd, F_UNLCK, byte); }

bool is_any_byte_locked(int fd, off_t from) noexcept {
  struct flock lock = on_byte(F_WRLCK, from);
  lock.l_len = 0;  // to the end
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

bool is_byte_locked(int fd, off_t byte) noexcept {
  struct flock lock = on_byte(F_WRLCK, byte);
  return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace og
