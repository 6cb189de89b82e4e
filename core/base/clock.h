// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace og {

// Nanoseconds that never step back, from an arbitrary start near the machine's boot. Five kinds:
//
//   system     the invariant time stamp counter where it is sound, else monotonic
//   monotonic  clock_gettime(CLOCK_MONOTONIC), about 30 ns a read
//   coarse     CLOCK_MONOTONIC_COARSE, about 7 ns, resolution of a kernel tick (1 to 10 ms)
//   wall       CLOCK_REALTIME: ns of Unix time, in whole ms. Where the machine's time is set back,
//   it
//              stands still until that has caught up
//   manual     stands still until told otherwise: tests and replay
//
// Safe from every thread. now() takes no lock and allocates nothing.
class Clock {
 public:
  enum class Kind : int32_t { kTsc, kMonotonic, kCoarse, kWall, kManual };

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
ClockPtr wall_clock();  // one for the whole process
std::shared_ptr<Clock> make_manual_clock(int64_t start_ns = 0);

// The greatest time that was seen.
class NeverBack {
 public:
  int64_t of(int64_t seen) noexcept {
    int64_t last = last_.load(std::memory_order_relaxed);
    while (last < seen) {
      if (last_.compare_exchange_weak(last, seen, std::memory_order_relaxed)) return seen;
    }
    return last;
  }

 private:
  std::atomic<int64_t> last_{0};
};

// CLOCK_MONOTONIC as it is, for callers outside any noun.
int64_t monotonic_ns() noexcept;

}  // namespace og
