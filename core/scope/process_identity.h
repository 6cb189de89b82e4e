// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace og {

// The kernel's present boot, as /proc/sys/kernel/random/boot_id has it: what is left of an earlier
// one has clocks and processes that are no more. All zero where it cannot be read.
std::array<char, 16> boot_identity();

// The namespace whose clocks this process reads (time_namespaces(7)), by its number; 0 when it
// cannot be read. In another one the same moment has another time.
uint32_t time_namespace() noexcept;

// Safe in a forked child: neither allocates.
uint64_t start_time_of_this_process() noexcept;           // clock ticks since boot, 0 when unknown
std::array<char, 32> command_of_this_process() noexcept;  // NUL-padded

}  // namespace og
