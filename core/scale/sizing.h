// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/scale/sizing_policy.h"

namespace og {

// Numbers are pinned: they are capi/include/outgrow/sizer.h's.
enum class SizingReason : int32_t {
  kObserved = 0,
  kLittleHistory = 1,
  kOutOfMemory = 2,
  kMinimum = 3,
  kMaximum = 4,
};
const char* sizing_reason_name(SizingReason reason);

// How much CPU and memory to give. What was never observed of a resource is NaN.
struct Sizing {
  UseBounds cpu, memory;  // cores, bytes
  double cpu_startup = 0;
  double confidence = 0;  // days of history, as the intervals are days
  SizingReason reason = SizingReason::kObserved;

  // The files of a cgroup v2 that say so. A process of the share `target` is not bound by it but
  // for what others want (cpu.weight) and by reclaim (memory.high); the upper bounds bind it.
  static constexpr std::size_t kFileSize = 48;
  void print_cpu_max(std::span<char> out) const;
  int64_t cpu_weight() const;
  void print_memory_high(std::span<char> out) const;
  void print_memory_max(std::span<char> out) const;

  static constexpr std::size_t kTextSize = 320;
  void print(std::span<char> out) const;
  std::string text() const;
  std::string cpu_max() const;
  std::string memory_high() const;
  std::string memory_max() const;
};

}  // namespace og
