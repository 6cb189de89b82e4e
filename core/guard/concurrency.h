// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_aware.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/scope/permit_table.h"
#include "core/scope/place.h"
#include "core/scope/placed_counters.h"

namespace og {

extern const OptionTable kConcurrencyOptions;

// At most `limit` calls in flight at a time, over all threads, and in a segment over all processes
// (a bulkhead: Nygard, Release It!, 2007).
//
// What is in flight is what the table of permits holds: never more than the limit, and nothing that
// a dead process could leave behind. A permit past its time is free by the clock; one of a process
// that is gone is taken back by whoever next finds the table full and the last look at all of it,
// for which the kernel is asked about each attachment, kSweepEvery ago.
//
// In a fleet the limit is that of all its machines. What may be out here is what the machine's
// agent allows (core/fleet/leased_permits.h), and the table has no size of its own: so a call finds
// none in take(), and goes on where the fleet's slots are. Elsewhere nothing is paid for that.
//
// After a fork the child has nothing in flight: its parent's permits mean nothing to it, in a
// segment because they are another attachment's.
//
// Safe from every thread; lock-free. To enter and to leave is a compare-and-swap each, mostly on a
// line that no other thread uses; the clock is read unless permits have no time limit.
class ConcurrencyLimiter final : private ForkAware {
 public:
  static Result<std::unique_ptr<ConcurrencyLimiter>> create(const Config& config, ClockPtr clock,
                                                            const Place& place = {});
  ~ConcurrencyLimiter();

  // A permit (> 0), or Status::kFull as its negative number. In a fleet a call waits for the
  // fleet's answer, no longer than its timeout, where the machine has no slot and does not know of
  // the fleet that it has none; with the time given, none waits.
  int64_t enter() noexcept;
  int64_t enter_at(int64_t now) noexcept;

  // kOk, kLapsed when the permit was returned, taken back or another process's, kInvalidArgument
  // for what was never a permit.
  Status exit(int64_t permit) noexcept;
  Status exit_at(int64_t permit, int64_t now) noexcept;

  // Counts the permits that are out, after it took back what had ended: reads the whole table and,
  // in a segment, asks the kernel about each attachment. In a fleet: those of this machine.
  int64_t in_flight() const noexcept { return in_flight_at(clock_->now()); }
  int64_t in_flight_at(int64_t now) const noexcept;
  int64_t limit() const noexcept;
  // What to say of a call that found no room.
  std::string refusal() const;

  // Changes `limit` or `permit_ms` for all who share it, from their next call on; the other options
  // cannot change. A lower limit takes no permit back: there may be more calls in flight until they
  // have ended. A new time limit holds for the permits that are given from then on.
  Result<void> reconfigure(const Config& config);

  // Since its creation; in a segment, by all processes. kExpired: permits taken back for the time,
  // kOrphaned: for the death of their process. kUnattached: refused, as nobody could take the
  // permit back.
  enum Count : size_t { kAdmitted, kRefused, kLapsed, kExpired, kOrphaned, kUnattached, kCounts };
  int64_t stat(Count which) const noexcept;

  void collect(MetricSink& sink) const;
  std::vector<std::string> faults() const;  // what no call leaves behind; in a segment

 private:
  static constexpr int64_t kSweepEvery = 10'000'000;

  struct Leased;

  ConcurrencyLimiter(ClockPtr clock, CellMemory memory, const std::shared_ptr<Fleet>& fleet);

  int64_t permit_ns() const noexcept {  // 0: no time limit
    return table_.owner_word().load(std::memory_order_relaxed);
  }
  bool is_timed() const noexcept { return permit_ns() > 0; }
  // What permits are judged by: where they have no time limit, they are all of time 0.
  int64_t permit_time(int64_t now) const noexcept { return is_timed() ? now : 0; }
  uint64_t owner() const noexcept { return memory_.scope().owner(); }
  // Threads, and processes, begin on lines of their own as far as there are any.
  static uint32_t start(uint64_t owner, uint32_t size) noexcept {
    constexpr uint32_t kGolden = 0x9e3779b9, kSlotsOfLine = 4;
    const auto who = static_cast<uint32_t>(thread_stripe()) + 17 * static_cast<uint32_t>(owner);
    const uint64_t slot = uint64_t{who * kGolden} * size >> 32;
    return static_cast<uint32_t>(slot) & ~(kSlotsOfLine - 1);
  }
  static PermitTable<>::Claimant claimant(uint64_t owner, uint32_t size, int64_t now,
                                          int64_t permit_ns) noexcept {
    const int64_t time = permit_ns > 0 ? now : 0;
    const uint64_t deadline =
        permit_ns > 0 ? PermitSlot<>::deadline_ms(time, permit_ns) : PermitSlot<>::kLastDeadline;
    return {start(owner, size), owner, time, deadline, size};
  }
  int64_t given(const PermitTable<>::Taken& taken) noexcept {
    if (!taken.permit) return 0;
    counts_.add(kAdmitted);
    if (taken.was_expired) counts_.add(kExpired);
    return taken.permit;
  }
  int64_t take(int64_t now, int64_t permit_ns) noexcept;
  Status attach() noexcept;
  int64_t refuse_or_sweep(int64_t now, int64_t permit_ns, bool by_own_clock) noexcept;
  bool sweep_where_due(int64_t now, int64_t permit_ns) noexcept;
  int64_t refuse() noexcept;
  int64_t enter_in_fleet(int64_t now, int64_t permit_ns, bool by_own_clock) noexcept;
  int64_t total(Count which) const noexcept;
  Status give_back(int64_t permit, int64_t now) noexcept;
  int64_t sweep(int64_t now) const noexcept;

  void after_fork_in_child() noexcept override;

  const ClockPtr clock_;
  const CellMemory memory_;
  // Taking back what has ended changes nothing that can be seen but the counts of it.
  mutable PermitTable<> table_;
  mutable PlacedCounters<kCounts> counts_;
  const std::unique_ptr<Leased> leased_;  // in a fleet
};

}  // namespace og
