// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace og {

// Waits on a word that processes share, by the kernel's futex: without a descriptor, and whoever
// dies in it leaves nothing behind.

// Until somebody wakes, or the word is no longer `seen`, or for `timeout_ns`: who returns looks
// again.
void futex_wait(const std::atomic<uint32_t>& word, uint32_t seen, int64_t timeout_ns) noexcept;
// All who wait on it.
void futex_wake(std::atomic<uint32_t>& word) noexcept;

}  // namespace og
