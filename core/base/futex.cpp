// SPDX-License-Identifier: Apache-2.0
#include "core/base/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <ctime>

namespace og {

static_assert(sizeof(std::atomic<uint32_t>) == 4 && std::atomic<uint32_t>::is_always_lock_free);

void futex_wait(const std::atomic<uint32_t>& word, uint32_t seen, int64_t timeout_ns) noexcept {
  const int64_t ns = std::max<int64_t>(timeout_ns, 0);
  timespec timeout{};
  timeout.tv_sec = ns / 1'000'000'000;
  timeout.tv_nsec = ns % 1'000'000'000;
  syscall(SYS_futex, &word, FUTEX_WAIT, seen, &timeout, nullptr, 0);
}

void futex_wake(std::atomic<uint32_t>& word) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace og
