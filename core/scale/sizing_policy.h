// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/scale/state_archive.h"
#include "core/scale/usage_histogram.h"

namespace og {

// Buckets as the Vertical Pod Autoscaler has them: 5 % wider each, cores and bytes.
inline constexpr Buckets kCpuBuckets{1000, 0.01, 1.05};
inline constexpr Buckets kMemoryBuckets{1e12, 1e7, 1.05};

struct SizingRules {
  int64_t half_life_ns, interval_ns;  // interval: of memory's peaks
  double lower, target, upper;        // shares of the use that fit
  double oom_ratio, oom_bytes;        // what an out-of-memory asks for on top
  double overrun, underrun, change;   // what they cost
  int64_t window_ns;
};

struct UseBounds {
  double lower = 0, target = 0, upper = 0;
};

// What says of the use of one resource how much is to be given. Weights are above 0; times do not
// step back.
class SizingPolicy {
 public:
  virtual ~SizingPolicy() = default;
  virtual void cpu(double cores, double weight, int64_t at) = 0;
  virtual void memory(double bytes, double weight, int64_t at) = 0;
  // The process was killed at so many bytes; 0: whatever it used.
  virtual void out_of_memory(double bytes, double weight, int64_t at) = 0;
  // Before margin and bounds; zero where the resource was never observed.
  virtual UseBounds cpu_bounds(int64_t now) const = 0;
  virtual UseBounds memory_bounds(int64_t now) const = 0;
  virtual void state(StateArchive& archive) = 0;
};

// What a process needs that was killed at `used` bytes.
inline double oom_needs(const SizingRules& rules, double used) {
  return std::max(used + rules.oom_bytes, used * rules.oom_ratio);
}

// The end of the period of that length which `at` is in, when one ended at `end` or does so before
// it.
inline int64_t period_end(int64_t end, int64_t at, int64_t length) {
  const int64_t began = at - (at - end) % length;
  int64_t next = 0;
  return __builtin_add_overflow(began, length, &next) ? INT64_MAX : next;
}

}  // namespace og
