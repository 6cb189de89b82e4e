// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace og {

// Locks on bytes of a file, which the kernel releases when their holder dies, by whatever signal:
// no process leaves one behind. They belong to the open file, not to the process (Linux's open file
// description locks, since 3.15), so they hold between threads, tell processes of different PID
// namespaces apart, and survive another close() of the same file in this process. A forked child
// shares its parent's until it opens the file anew.

// Takes the byte for writing: 0, EAGAIN when another open file holds it, or another errno.
int lock_byte(int fd, off_t byte) noexcept;
void unlock_byte(int fd, off_t byte) noexcept;
// Whether another open file holds it. An error answers neither: who asks must not take it for
// "free".
enum class ByteLock { kFree, kHeld, kUnknown };
ByteLock lock_of_byte(int fd, off_t byte) noexcept;
// Whether one holds it, or any behind it.
ByteLock lock_of_bytes(int fd, off_t from) noexcept;

}  // namespace og
