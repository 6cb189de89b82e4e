// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "core/base/clock.h"
#include "core/base/fork_aware.h"

namespace og {

// The time stamp counter as a nanosecond clock, held to CLOCK_MONOTONIC.
//
// A line through two points, now = ns + (tsc - anchor) * rate, is published under a sequence lock.
// Until ten milliseconds have passed there is no second point, and readers get the monotonic clock.
// Afterwards the reader that finds the line older than a second draws it anew: its rate comes from
// the whole time since creation, so it sharpens as the process ages, and a small error is bled off
// over the next second instead of stepping back. A reader that meets the redrawing extends the old
// line. When line and kernel disagree by more than a clock crystal can explain, three times, the
// counter is not sound after all (a migrated guest, firmware that writes the counter) and the
// kernel's clock serves from then on.
class TscClock final : public Clock, private ForkAware {
 public:
  TscClock();
  Kind kind() const noexcept override { return Kind::kTsc; }

  // Whether this processor's counter is invariant and the kernel does not distrust it.
  static bool sound();

  // Seams for tests: counter and reference clock of the test's own.
  struct Source {
    uint64_t (*ticks)() noexcept;
    int64_t (*reference_ns)() noexcept;
  };
  explicit TscClock(Source source);
  ~TscClock() override { leave_forks(); }
  bool fell_back() const noexcept { return phase_.load(std::memory_order_acquire) == kKernel; }

 private:
  enum Phase : int32_t { kCalibrating, kLine, kKernel };
  struct Point {
    uint64_t ticks;
    int64_t ns;
  };

  // A line half drawn would never be finished in the child.
  bool before_fork() noexcept override {
    return !redrawing_.test_and_set(std::memory_order_acquire);
  }
  void after_fork_in_parent() noexcept override { redrawing_.clear(std::memory_order_release); }
  void after_fork_in_child() noexcept override { after_fork_in_parent(); }

  static int64_t read(const Clock* clock) noexcept;
  int64_t read_slow(uint64_t ticks) noexcept;
  int64_t extend(uint64_t ticks) const noexcept;
  Point measure() const noexcept;
  void draw(Point from, uint64_t rate) noexcept;
  void redraw() noexcept;
  void give_up() noexcept;

  const Source source_;
  const Point first_;

  alignas(64) std::atomic<uint32_t> sequence_{0};
  std::atomic<int32_t> phase_{kCalibrating};
  std::atomic<uint64_t> anchor_ticks_{0};
  std::atomic<int64_t> anchor_ns_{0};
  std::atomic<uint64_t> rate_{0};      // ns per tick, 32.32 fixed point
  std::atomic<uint64_t> lifetime_{0};  // ticks after which the line wants redrawing

  alignas(64) std::atomic_flag redrawing_ = ATOMIC_FLAG_INIT;
  int strikes_ = 0;                // owned by the redrawing thread
  std::atomic<int64_t> floor_{0};  // the kernel's clock is not shown before this
};

}  // namespace og
