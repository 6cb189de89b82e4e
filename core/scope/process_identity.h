// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace og {

// The kernel's present boot, as /proc/sys/kernel/random/boot_id has it: what is left of an earlier one
// has clocks and processes that are no more. All zero where it cannot be read.
std::array<char, 16> boot_identity();

// Safe in a forked child: neither allocates.
uint64_t start_time_of_this_process() noexcept;  // clock ticks since boot, 0 when unknown
std::array<char, 32> command_of_this_process() noexcept;  // NUL-padded

}  // namespace og
