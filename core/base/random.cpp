// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace og {
namespace {

bool from_kernel(uint64_t& seed) {
  ssize_t got;
  do {
    got = getrandom(&seed, sizeof seed, 0);
  } while (got < 0 && errno == EINTR);
  return got == ssize_t{sizeof seed};
}

// For a sandbox that does not know the call.
bool from_device(uint64_t& seed) {
  const int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t got;
  do {
    got = read(file, &seed, sizeof seed);
  } while (got < 0 && errno == EINTR);
  close(file);
  return got == ssize_t{sizeof seed};
}

// For a sandbox without either: the kernel's random bytes for this program, told apart by the
// moment.
uint64_t from_program() {
  uint64_t bytes[2] = {};
  if (const auto* given = reinterpret_cast<const void*>(getauxval(AT_RANDOM))) {
    std::memcpy(bytes, given, sizeof bytes);
  }
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto moment = static_cast<uint64_t>(now.tv_sec) << 32 ^ static_cast<uint64_t>(now.tv_nsec);
  return mix64(bytes[0] ^ mix64(bytes[1] ^ mix64(moment ^ static_cast<uint64_t>(getpid()))));
}

}  // namespace

// Not std::random_device: linked statically it needs the newest C library (arc4random), and it
// throws.
uint64_t entropy_seed() {
  uint64_t seed = 0;
  if (from_kernel(seed) || from_device(seed)) return seed;
  return from_program();
}

}  // namespace og
