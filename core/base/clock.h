// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace og {

// Nanoseconds that never step back, from an arbitrary start near the machine's boot. Four kinds:
//
//   system     the invariant time stamp counter where it is sound, else monotonic
//   monotonic  clock_gettime(CLOCK_MONOTONIC), about 30 ns a read
//   coarse     CLOCK_MONOTONIC_COARSE, about 7 ns, resolution of a kernel tick (1 to 10 ms)
//   manual     stands still until told otherwise: tests and replay
//
// Safe from every thread. now() takes no lock and allocates nothing.
class Clock {
 public:
  enum class Kind : int32_t { kTsc, kMonotonic, kCoarse, kManual };

  virtual ~Clock() = default;
  virtual Kind kind() const noexcept = 0;

  // A clock read is most of what a decision costs: one predicted call, no table of virtuals.
  int64_t now() const noexcept { return read_(this); }

  // Only a manual clock moves; the others answer false. A move backwards is refused.
  virtual bool set(int64_t) noexcept { return false; }
  virtual bool advance(int64_t) noexcept { return false; }

 protected:
  using Read = int64_t (*)(const Clock*) noexcept;
  explicit Clock(Read read) : read_(read) {}

 private:
  const Read read_;
};

using ClockPtr = std::shared_ptr<const Clock>;

// One system clock serves the whole process.
ClockPtr system_clock();
std::shared_ptr<Clock> make_monotonic_clock();
std::shared_ptr<Clock> make_coarse_clock();
std::shared_ptr<Clock> make_manual_clock(int64_t start_ns = 0);

// CLOCK_MONOTONIC as it is, for callers outside any noun.
int64_t monotonic_ns() noexcept;

}  // namespace og
