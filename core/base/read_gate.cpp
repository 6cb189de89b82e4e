// SPDX-License-Identifier: Apache-2.0
#include "core/base/read_gate.h"

#include "core/base/clock.h"

namespace og {
namespace {

constexpr int64_t kSettled = 100'000'000;

}  // namespace

void ReadGate::after_fork_in_child() noexcept {
  for (Line& line : lines_) {
    for (auto& readers : line.readers) readers.store(0, std::memory_order_relaxed);
  }
}

bool ReadGate::fence() noexcept {
  if (light_.load(std::memory_order_acquire)) {
    if (process_fence()) return true;
    heavy_since_.store(monotonic_ns(), std::memory_order_relaxed);
    light_.store(false, std::memory_order_seq_cst);
    return false;
  }
  const int64_t since = heavy_since_.load(std::memory_order_relaxed);
  return since == 0 || monotonic_ns() - since > kSettled;
}

bool ReadGate::Grace::over(ReadGate& gate) noexcept {
  if (!fenced_ && !(fenced_ = gate.fence())) return false;
  uint32_t phase = gate.phase_.load(std::memory_order_relaxed);
  bool idle_drained = true;
  for (size_t i = 0; i < 2 * kStripes; ++i) {
    uint64_t bit = uint64_t{1} << i;
    if ((pending_ & bit) == 0) continue;
    if (gate.lines_[i / 2].readers[i % 2].load(std::memory_order_seq_cst) == 0) {
      pending_ &= ~bit;
    } else if (i % 2 != phase) {
      idle_drained = false;
    }
  }
  if (pending_ == 0) return true;
  if (idle_drained) {
    gate.phase_.compare_exchange_strong(phase, 1 - phase, std::memory_order_relaxed);
  }
  return false;
}

}  // namespace og
