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
#include "core/guard/breaker_cell.h"
#include "core/guard/breaker_policies.h"
#include "core/guard/breaker_word.h"
#include "core/scope/place.h"
#include "core/scope/placed_counters.h"

namespace og {

class Fleet;

extern const OptionTable kBreakerOptions;

// A circuit breaker (Nygard, Release It!, 2007) in one word.
//
// State, generation and count share a 64-bit word, so a transition is one compare-and-swap and a
// healthy call is one load on the way in and one on the way out, without a clock read. Each
// transition starts a new generation; a permit names the generation it was given in, so the result
// of a call that began before the breaker last changed state finds a newer number and counts for
// nothing. Without that, one slow failure from before an outage re-opens a breaker that has just
// recovered.
//
// Half-open, a permit also occupies one of a few slots (half_open_slots.h). A slot of an older
// generation is free by its number alone, one past its deadline by the time, and one of a process
// that is gone by the kernel's word, so nothing needs sweeping and a caller that died cannot keep
// the breaker half-open.
//
// The time at which an open breaker may be tried only grows until the breaker is reset, so whoever
// loses the race to open does no harm by having moved it first.
//
// In a fleet, its machine judges by its own calls as it does elsewhere, and votes while the breaker
// is not closed (core/fleet/breaker_votes.h). Where the fleet opens, the machine's agent says so in
// the state of the same word: so a healthy call costs what it does elsewhere. Callers then go by
// what the agent told (core/guard/voted_object.h), for as long as that holds.
//
// Safe from every thread; lock-free.
class Breaker {
 public:
  static Result<std::unique_ptr<Breaker>> create(const Config& config, ClockPtr clock,
                                                 const Place& place = {});
  ~Breaker();

  // A permit (> 0), or Status::kRefused as its negative number.
  int64_t enter() noexcept;
  int64_t enter_at(int64_t now) noexcept;

  // kOk when the result counted, kLapsed when the permit is of an earlier generation or was taken
  // back, kInvalidArgument for what was never a permit.
  Status exit(int64_t permit, bool success) noexcept;
  Status exit_at(int64_t permit, bool success, int64_t now) noexcept;
  // The call was not made: a half-open permit is free again, and nothing is recorded.
  Status cancel(int64_t permit) noexcept;
  Status cancel_at(int64_t permit, int64_t now) noexcept;

  // Of the public ones: what a fleet has opened is open.
  BreakerState state() const noexcept;
  const char* state_in_words() const noexcept;
  int64_t retry_after_at(int64_t now) const noexcept;
  int64_t retry_after() const noexcept { return retry_after_at(clock_->now()); }
  int64_t transitions() const noexcept;
  // What to say of a call that was refused, with what retry_after() was then; 0: half-open.
  std::string refusal(int64_t retry_after_ns) const;

  void force_open() noexcept { force(BreakerState::kForcedOpen); }
  void force_closed() noexcept { force(BreakerState::kForcedClosed); }
  void reset() noexcept { force(BreakerState::kClosed); }
  // As new, for another callee: closed, counts at zero; what was permitted before has lapsed. While
  // nobody enters.
  void renew() noexcept;

  // Changes what options it names, for all who share the breaker, from their next call on. Its
  // state and counts stay: a breaker that is open stays so until the time that was set when it
  // opened, and a permit keeps its deadline. `policy` cannot change.
  Result<void> reconfigure(const Config& config);

  void collect(MetricSink& sink) const;
  std::vector<std::string> faults() const;  // what no call leaves behind

  static constexpr int kMaxPermits = BreakerCell<>::kMostPermits;

 private:
  using Word = BreakerWord;
  struct Permit {
    int64_t generation;
    int slot;  // -1: given while closed
    uint64_t sequence;
  };

  using Slots = HalfOpenSlots<>;
  // What the options mean, read where it is needed: so that a change holds with the next call. No
  // two of them must be of one configuration.
  struct Settings {
    std::atomic<int64_t> open_ns;
    std::atomic<int64_t> success_threshold;
    std::atomic<int64_t> half_open_permits;
    std::atomic<int64_t> most_permits;  // that half_open_permits ever was
    std::atomic<int64_t> permit_ns;
  };
  // What is shared.
  struct Cell : BreakerCell<> {
    alignas(64) Settings settings;
    alignas(16) char policy[BreakerPolicies::kMostBytes];
  };

  // In a fleet: what its machines agreed on.
  struct Voted;

  Breaker(BreakerPolicies::Any (*policy)(char*), std::shared_ptr<Fleet> fleet, ClockPtr clock,
          CellMemory memory);

  // What writes the meaning of the options into a cell. It cannot fail.
  static std::function<void(Cell&)> writer(const Options& options);
  static int64_t now_in(const std::atomic<int64_t>& setting) noexcept {
    return setting.load(std::memory_order_relaxed);
  }

  static uint64_t pack(Word word) noexcept { return word.pack(); }
  static Word unpack(uint64_t bits) noexcept { return Word::unpack(bits); }
  static int64_t pack(Permit permit) noexcept;
  static Permit unpack_permit(int64_t bits) noexcept;

  static uint64_t with_probe(Word word, bool success) noexcept;
  bool move(uint64_t from, BreakerState to) noexcept;
  uint64_t opened(int64_t generation, int64_t now) noexcept;
  void force(BreakerState to) noexcept;
  int64_t enter_half_open(int64_t generation, int64_t now) noexcept;
  int64_t enter_by_fleet(uint64_t bits, int64_t now) noexcept;
  void refused_by_fleet(int64_t now) noexcept;
  void tell_agent() noexcept;
  int64_t retry_after_by_fleet(const Word& word, int64_t now) const noexcept;
  uint64_t own_attachment() const noexcept;
  bool is_current(int64_t generation) const noexcept;
  bool is_alive(uint64_t attachment) const noexcept;
  bool return_slot(const Word& word, Permit permit, int64_t now) noexcept;
  bool return_probe(Permit permit, int64_t now) noexcept;
  Status exit_closed(int64_t generation, bool success, const int64_t* now) noexcept;
  Status exit_half_open(Permit permit, bool success, int64_t now) noexcept;
  Status exit_any(int64_t permit, bool success, const int64_t* now) noexcept;
  Status cancel_any(int64_t permit, const int64_t* now) noexcept;

  const ClockPtr clock_;
  const CellMemory memory_;
  Cell* const cell_;
  Settings& settings_;
  Slots slots_;
  BreakerPolicies::Any policy_;

  PlacedCounters<4> counts_;
  const std::unique_ptr<Voted> voted_;  // null but in a fleet
};

}  // namespace og
