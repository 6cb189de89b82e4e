// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace og {

// A full fence between a side that passes often and one that passes seldom (Dice, Huang and Yang
// 2001: "asymmetric Dekker"). The often side only keeps the compiler from reordering; the seldom
// one has the kernel run a full fence on every processor where the process runs, and so between any
// two instructions of the others. The often side's fence, the greater part of a short read's cost,
// is gone.
//
// This is Linux's membarrier(2), in its private expedited form (4.14): microseconds, no waiting.

// Whether process_fence() works here. Where not, both sides must use fences of their own.
bool has_process_fence() noexcept;

// False when the fence could not be made: then nothing may be concluded.
[[nodiscard]] bool process_fence() noexcept;

// The often side.
inline void light_fence() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace og
