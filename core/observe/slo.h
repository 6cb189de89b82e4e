// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/observe/slo_alert.h"
#include "core/observe/slo_windows.h"
#include "core/scope/place.h"
#include "core/scope/placed_counters.h"

namespace og {

extern const OptionTable kSloOptions;

// How fast the budget of a service-level objective burns: the share of bad events over a window by
// the share that the objective allows (Google, The Site Reliability Workbook, 2018, chapter 5).
//
// Counting is a compare-and-swap of one word (slo_windows.h) and an add to a striped count. Reading
// adds up buckets: at most 865 of them for a window, and for the state about 1400.
//
// After a fork the child has its own copy on the heap; in a segment both count the same.
//
// Safe from every thread; lock-free.
class Slo {
 public:
  static Result<std::unique_ptr<Slo>> create(const Config& config, ClockPtr clock,
                                             const Place& place = {});

  // kOk; kInvalidArgument where a count is negative or above kMostAtOnce. Events older than three
  // days before the latest are in the counts since the beginning alone.
  static constexpr int64_t kMostAtOnce = 1'000'000'000;
  Status good(int64_t count) noexcept { return good_at(count, clock_->now()); }
  Status good_at(int64_t count, int64_t now) noexcept { return add(false, count, now); }
  Status bad(int64_t count) noexcept { return bad_at(count, clock_->now()); }
  Status bad_at(int64_t count, int64_t now) noexcept { return add(true, count, now); }
  // One call: good where it succeeded, and within `latency_ms` where there is that option.
  Status record(bool success, int64_t latency_ns) noexcept {
    return record_at(success, latency_ns, clock_->now());
  }
  Status record_at(bool success, int64_t latency_ns, int64_t now) noexcept;

  // kNone as its number without an event in it, kInvalidArgument for a window that is not of
  // five minutes to three days.
  double burn(int64_t window) const noexcept { return burn_at(window, clock_->now()); }
  double burn_at(int64_t window, int64_t now) const noexcept;
  // From 1 to 0, of what the last `budget_ms` allow at their traffic.
  double budget_left() const noexcept { return budget_left_at(clock_->now()); }
  double budget_left_at(int64_t now) const noexcept;
  SloState state() const noexcept { return state_at(clock_->now()); }
  SloState state_at(int64_t now) const noexcept;
  // The state in one line: "page: burns 20.0 times over 1h and 31.5 times over 5m, above 14.4".
  std::string reason() const { return reason_at(clock_->now()); }
  std::string reason_at(int64_t now) const;

  double objective() const noexcept;
  Result<void> reconfigure(const Config& config);

  // Since its creation; in a segment, by all processes. kLate: of those, too late for a window.
  enum Count : size_t { kGood, kBad, kLate, kCounts };
  int64_t stat(Count which) const noexcept { return counts_.total(which); }

  void collect(MetricSink& sink) const;
  std::vector<std::string> faults() const;

 private:
  // What is shared. Pinned: part of a segment's layout.
  struct Cell {
    std::atomic<uint64_t> objective;  // a double's bits
    std::atomic<int64_t> min_bad_events;
    std::atomic<int64_t> budget_ns;
    std::atomic<int64_t> latency_ns;  // 0: none
    std::atomic<uint64_t> unused[4];
    alignas(64) char windows[SloWindows::kBytes];
  };
  struct Fired {
    const SloAlert* alert = nullptr;  // null: none
    double long_burn = 0, short_burn = 0;
  };

  Slo(ClockPtr clock, CellMemory memory);
  static std::function<void(Cell&)> writer(const Options& options);
  Status add(bool is_bad, int64_t count, int64_t now) noexcept;
  double burn_of(const SloWindows::Events& events) const noexcept;
  int64_t budget_ns() const noexcept;
  Fired fired(int64_t now) const noexcept;

  const ClockPtr clock_;
  const CellMemory memory_;
  Cell& cell_;
  SloWindows windows_;
  PlacedCounters<kCounts> counts_;
};

}  // namespace og
