// SPDX-License-Identifier: Apache-2.0
#include "core/base/process_fence.h"

#if defined(__linux__) && __has_include(<linux/membarrier.h>)
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace og {
namespace {

bool membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0) == 0; }
bool enlist() noexcept { return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED); }

}  // namespace

// No static of this function: a fork while one thread makes it leaves the child to wait for ever.
bool has_process_fence() noexcept {
  static constinit std::atomic<int> enlisted{-1};
  int known = enlisted.load(std::memory_order_relaxed);
  if (known < 0) enlisted.store(known = enlist(), std::memory_order_relaxed);
  return known > 0;
}

// A process enlists once; should a forked one not have inherited that, it does so now.
bool process_fence() noexcept {
  return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) ||
         (enlist() && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED));
}

}  // namespace og

#else

namespace og {

bool has_process_fence() noexcept { return false; }
bool process_fence() noexcept { return false; }

}  // namespace og

#endif
