// SPDX-License-Identifier: Apache-2.0
#include "core/base/clock.h"

#include <ctime>

#include "core/base/made_once.h"
#include "core/base/tsc_clock.h"

namespace og {
namespace {

int64_t read_kernel(clockid_t id) noexcept {
  timespec t;
  clock_gettime(id, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

class MonotonicClock final : public Clock {
 public:
  MonotonicClock() : Clock([](const Clock*) noexcept { return read_kernel(CLOCK_MONOTONIC); }) {}
  Kind kind() const noexcept override { return Kind::kMonotonic; }
};

class CoarseClock final : public Clock {
 public:
  CoarseClock()
      : Clock([](const Clock*) noexcept { return read_kernel(CLOCK_MONOTONIC_COARSE); }) {}
  Kind kind() const noexcept override { return Kind::kCoarse; }
};

// Whole milliseconds, so that its readers write once in each. A second begins with one: what is due
// then is not seen late.
class WallClock final : public Clock {
 public:
  WallClock() : Clock(&read) {}
  Kind kind() const noexcept override { return Kind::kWall; }

 private:
  static int64_t read(const Clock* c) noexcept {
    constexpr int64_t kMs = 1'000'000;
    return static_cast<const WallClock*>(c)->never_back_.of(read_kernel(CLOCK_REALTIME) / kMs *
                                                            kMs);
  }
  mutable NeverBack never_back_;
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t start) : Clock(&read), now_(start) {}
  Kind kind() const noexcept override { return Kind::kManual; }

  bool set(int64_t t) noexcept override {
    int64_t seen = now_.load(std::memory_order_relaxed);
    do {
      if (t < seen) return false;
    } while (!now_.compare_exchange_weak(seen, t, std::memory_order_acq_rel));
    return true;
  }

  bool advance(int64_t by) noexcept override {
    int64_t seen = now_.load(std::memory_order_relaxed);
    do {
      if (by < 0 || by > INT64_MAX - seen) return false;
    } while (!now_.compare_exchange_weak(seen, seen + by, std::memory_order_acq_rel));
    return true;
  }

 private:
  static int64_t read(const Clock* c) noexcept {
    return static_cast<const ManualClock*>(c)->now_.load(std::memory_order_acquire);
  }
  std::atomic<int64_t> now_;
};

}  // namespace

int64_t monotonic_ns() noexcept { return read_kernel(CLOCK_MONOTONIC); }

ClockPtr system_clock() {
  static constinit MadeOnce<const ClockPtr> clock;
  return clock.get([] {
    if (TscClock::sound()) return new ClockPtr(std::make_shared<TscClock>());
    return new ClockPtr(std::make_shared<MonotonicClock>());
  });
}

std::shared_ptr<Clock> make_monotonic_clock() { return std::make_shared<MonotonicClock>(); }
std::shared_ptr<Clock> make_coarse_clock() { return std::make_shared<CoarseClock>(); }
ClockPtr wall_clock() {
  static constinit MadeOnce<const ClockPtr> clock;
  return clock.get([] { return new ClockPtr(std::make_shared<WallClock>()); });
}
std::shared_ptr<Clock> make_manual_clock(int64_t start_ns) {
  return std::make_shared<ManualClock>(start_ns);
}

}  // namespace og
