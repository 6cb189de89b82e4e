// SPDX-License-Identifier: Apache-2.0
#include "bindings/cli/autoscale/leader_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace og::cli {

Result<LeaderLock> LeaderLock::take(const std::string& config, const std::string& state) {
  const std::string path = state.empty() ? config : state + ".lock";
  const int flags = state.empty() ? O_RDONLY : O_RDWR | O_CREAT | O_NOFOLLOW;
  const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (file < 0) return fail("cannot open " + path + ": " + std::strerror(errno));
  LeaderLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return fail(path + " is locked: another outgrow autoscale goes by it");
  return fail("cannot lock " + path + ": " + std::strerror(errno));
}

LeaderLock::~LeaderLock() {
  if (file_ >= 0) ::close(file_);
}

}  // namespace og::cli
