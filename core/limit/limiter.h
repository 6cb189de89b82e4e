// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/fork_mutex.h"
#include "core/base/metric_sink.h"
#include "core/base/options.h"
#include "core/limit/hot_keys.h"
#include "core/limit/limit_region.h"
#include "core/limit/plan_options.h"
#include "core/limit/policies.h"
#include "core/limit/reservations.h"
#include "core/limit/verdict.h"
#include "core/scope/place.h"
#include "core/scope/placed_counters.h"

namespace og {

extern const OptionTable kLimiterOptions;

// A rate limiter over many keys, in memory fixed at its creation. A policy (policies.h) decides on
// a cell, the table finds the key's (cell_table.h).
//
// A decision's order is its speed: hash the key, prefetch its cell, then read the clock, which
// fences loads, and only then touch the cell. The many form prefetches a batch and reads the clock
// once.
//
// Safe from every thread; lock-free; decisions allocate nothing.
class Limiter {
 public:
  // Without a clock: by the one that suits the policy, the system's or, of a calendar, the wall's.
  static Result<std::unique_ptr<Limiter>> create(const Config& config, ClockPtr clock,
                                                 const Place& place = {});
  ~Limiter();

  // 0 when `cost` was taken, else ns until it could be (kNeverPasses: it is more than the limiter
  // ever holds), or a negative Status. A cost of 0 passes. All or nothing.
  //
  // In a fleet, a call of a key of which the machine knows nothing waits for the fleet's answer, no
  // longer than the fleet's timeout; with the time given, and in the forms of many, none waits.
  int64_t acquire(std::string_view key, int64_t cost) noexcept {
    uint64_t hash = prefetch(key);
    return decide_and_note<true>(key, hash, cost, clock_->now());
  }
  int64_t acquire_at(std::string_view key, int64_t cost, int64_t now) noexcept {
    return decide_and_note(key, prefetch(key), cost, now);
  }

  // Changes the rate and the burst for all who share the limiter, from their next call on. A key's
  // tokens become what `tokens_inheritance` says. Other options cannot change, nor can a rate to
  // more events than a sliding window was made with room for (window_events). The time is when: as
  // of the calls that give theirs.
  Result<void> reconfigure(const Config& config) { return reconfigure_at(config, clock_->now()); }
  Result<void> reconfigure_at(const Config& config, int64_t now);

  // What acquire would answer, taking nothing.
  int64_t peek(std::string_view key, int64_t cost) const noexcept {
    return peek_at(key, cost, clock_->now());
  }
  int64_t peek_at(std::string_view key, int64_t cost, int64_t now) const noexcept;

  // acquire, and where the key stands afterwards. Others may decide in between.
  int64_t acquire_detailed(std::string_view key, int64_t cost, Standing& standing) noexcept {
    return acquire_detailed_at(key, cost, clock_->now(), standing);
  }
  int64_t acquire_detailed_at(std::string_view key, int64_t cost, int64_t now,
                              Standing& standing) noexcept;

  // Where the key stands, taking nothing. Returns what peek of a cost of 1 does.
  int64_t standing(std::string_view key, Standing& standing) const noexcept {
    return standing_at(key, clock_->now(), standing);
  }
  int64_t standing_at(std::string_view key, int64_t now, Standing& standing) const noexcept;

  // The rate and the burst that hold now, whoever gave them.
  struct Terms {
    Rate rate;
    int64_t burst = 0;  // of a sliding window: the rate's count
  };
  Result<Terms> terms() const;  // of several rates, the first's
  // Those of the key, by its plan. `plan` is empty where it is the default one; is_limited: it has
  // a rate.
  struct KeyTerms {
    Terms terms;
    std::string plan;
    bool is_limited = true;
  };
  Result<KeyTerms> terms(std::string_view key) const;
  Result<std::vector<Terms>> terms_of_rates() const;
  size_t bands() const noexcept { return bands_ ? bands_->size() : 1; }  // how many rates

  // Which of several rates has the request wait the longest, by its number; or Status::kNone where
  // it passes. Takes nothing.
  int32_t band(std::string_view key, int64_t cost) const noexcept {
    return band_at(key, cost, clock_->now());
  }
  int32_t band_at(std::string_view key, int64_t cost, int64_t now) const noexcept;
  // Where the key stands by each rate, or by the one.
  std::vector<Standing> standings(std::string_view key) const {
    return standings_at(key, clock_->now());
  }
  std::vector<Standing> standings_at(std::string_view key, int64_t now) const;

  // Takes as many as there are, up to `most`: how many. Or a negative Status.
  int64_t acquire_up_to(std::string_view key, int64_t most) noexcept {
    return acquire_up_to_at(key, most, clock_->now());
  }
  int64_t acquire_up_to_at(std::string_view key, int64_t most, int64_t now) noexcept;

  // Makes the key as if the last `cost` that it took had never been taken. How many of those it had
  // not got back by time, or a negative Status.
  int64_t give_back(std::string_view key, int64_t cost) noexcept {
    return give_back_at(key, cost, clock_->now());
  }
  int64_t give_back_at(std::string_view key, int64_t cost, int64_t now) noexcept;

  // Takes `cost` whether or not it is there, up to what the key may owe. Then what peek of 1
  // answers.
  int64_t charge(std::string_view key, int64_t cost) noexcept {
    return charge_at(key, cost, clock_->now());
  }
  int64_t charge_at(std::string_view key, int64_t cost, int64_t now) noexcept;

  // Takes `cost` for a turn that comes once it is there, behind those before it. 0 when it did;
  // else ns that its turn is away, which is more than `most` or the option max_wait_ms, or a
  // negative Status.
  int64_t reserve_slot(std::string_view key, int64_t cost, int64_t most, Slot& slot) noexcept {
    return reserve_slot_at(key, cost, most, clock_->now(), slot);
  }
  int64_t reserve_slot_at(std::string_view key, int64_t cost, int64_t most, int64_t now,
                          Slot& slot) noexcept;

  // Of a turn that is to come at that time, while nobody has one behind it: takes back what was
  // taken for it. 1 when it did, 0, or a negative Status.
  int64_t cancel_slot(std::string_view key, int64_t cost, int64_t at) noexcept {
    return cancel_slot_at(key, cost, at, clock_->now());
  }
  int64_t cancel_slot_at(std::string_view key, int64_t cost, int64_t at, int64_t now) noexcept;

  // Takes `amount` as acquire does, on an estimate, for settle to make it what it was: `within`
  // that many ns, up to a day; 0 is a minute. The reservation (> 0), or a Status as its negative
  // number: kDenied, where peek tells for how long, and where no more can be out; kUnsupported
  // where none can.
  int64_t reserve(std::string_view key, int64_t amount, int64_t within) noexcept {
    return reserve_at(key, amount, within, clock_->now());
  }
  int64_t reserve_at(std::string_view key, int64_t amount, int64_t within, int64_t now) noexcept;
  // Of what enforce_percent lets through, which took nothing.
  static constexpr int64_t kSparedReservation = 1;
  // Charges or gives back what `actual` is more or less than was reserved. kLapsed, and nothing is
  // charged, where that was settled before, has expired, or is another process's.
  Status settle(int64_t id, int64_t actual) noexcept {
    return settle_at(id, actual, clock_->now());
  }
  Status settle_at(int64_t id, int64_t actual, int64_t now) noexcept;

  // Makes the key as if it had never been seen: 1 where it had been, 0, or a negative Status.
  int64_t forget(std::string_view key) noexcept;

  // Gives the key a plan, by its name, or the word exempt or blocked; `default` takes it away. It
  // keeps it until it is given another, also in the scope. What it has used becomes the plan's by
  // tokens_inheritance; where calls of the key run at that moment, perhaps in proportion.
  Result<void> set_plan(std::string_view key, std::string_view plan) {
    return set_plan_at(key, plan, clock_->now());
  }
  Result<void> set_plan_at(std::string_view key, std::string_view plan, int64_t now);
  Result<std::string> plan(std::string_view key) const;

  // acquire by the plan that the call names, whichever the key has; not of one that is exempt or
  // blocked. What the key has used is counted in proportion. Status::kBadValue: there is no such
  // plan.
  int64_t acquire_as(std::string_view key, std::string_view plan, int64_t cost) noexcept {
    return acquire_as_at(key, plan, cost, clock_->now());
  }
  int64_t acquire_as_at(std::string_view key, std::string_view plan, int64_t cost,
                        int64_t now) noexcept;

  // As many calls of acquire at one time. costs may be null: 1 each. A key that is null with a
  // length other than 0 gets Status::kInvalidArgument. Returns how many passed.
  struct Batch {
    const void* const* keys;
    const int64_t* key_lens;
    const int64_t* costs;
    int64_t count;
    int64_t* waits;
  };
  int64_t acquire_many(const Batch& batch) noexcept;
  int64_t acquire_many_at(const Batch& batch, int64_t now) noexcept;

  const std::string& name() const noexcept { return memory_.name(); }  // "" where it has none
  // What to say of a wait above 0: "over the rate limit 'logins'; try again in 0.25 s". Of a band
  // of several: "over the rate limit 'logins': 5000/h; ...".
  std::string refusal(int64_t wait_ns, int64_t band = static_cast<int64_t>(Status::kNone)) const;

  int64_t allowed() const noexcept { return counts_.total(kAllowed); }
  int64_t denied() const noexcept {
    const auto spared = static_cast<uint64_t>(this->spared());  // first: each is denied before
    // Of what others can scribble over: it may wrap.
    return static_cast<int64_t>(static_cast<uint64_t>(counts_.total(kDenied)) - spared);
  }
  int64_t spared() const noexcept { return counts_.total(kSpared); }  // by enforce_percent
  int64_t crowded_out() const noexcept { return counts_.total(kCrowdedOut); }
  int64_t evictions() const noexcept;
  // What is out now, in number and amount, once what is over has been taken back; and how many have
  // ended so, in a scope over all processes.
  enum class Reserved { kReservations, kAmount, kSettled, kLapsed, kExpired, kOrphaned };
  int64_t reserved(Reserved which) const noexcept;
  int64_t keys_in_use() const noexcept;  // reads the whole table
  // The most denied first: in a scope, or with the option `hottest`.
  std::vector<HotKeys::Hot> hottest() const;
  Result<std::string> hottest_json() const;
  int64_t memory_bytes() const noexcept { return static_cast<int64_t>(memory_.bytes()); }
  std::vector<std::string> faults() const;  // what no call leaves behind; reads the whole table

  void collect(MetricSink& sink) const;

 private:
  friend class AcquireAll;  // acquire_all.h
  struct Settings {
    uint64_t keys;
    Crowd crowd;
    uint64_t seed;
    bool notes_hottest;
    std::shared_ptr<Fleet> fleet;  // null but in a fleet
    TokensInheritance inheritance;
    std::optional<PlanSetup> plans;
    uint32_t reservations;
    uint64_t reservations_at;  // behind the cells
  };
  struct Leased;
  using Region = LimitRegion<>;
  using Epochs = LimitEpochs<>;
  using Policies = std::vector<LimitPolicies::Any>;  // one for each rate
  using LimitBands = Bands<LimitPolicies::OneCells>;

  Limiter(const Settings& settings, const Policies& policies, ClockPtr clock, CellMemory memory);
  LimitPolicies::AnyCells cells_of(const Policies& policies, const Settings& settings);
  static uint64_t plans_at(uint64_t keys) { return Region::stride_for(keys, 0); }  // behind cells
  // f(number, cells) of each rate.
  template <class F>
  void each_rate(F&& f);

  uint64_t prefetch(std::string_view key) const noexcept {
    uint64_t hash = key.empty() ? keyless_ : region_.table().hash(key);
    region_.table().prefetch(hash);
    return hash;
  }
  // decide(), and what a denial comes to.
  template <bool kByOwnClock = false>
  int64_t decide_and_note(std::string_view key, uint64_t hash, int64_t cost, int64_t now) noexcept {
    const int64_t wait = decide(hash, cost, now);
    if (wait > 0 && looks_at_denials_.load(std::memory_order_relaxed)) [[unlikely]]
      return denied(key, hash, cost, wait, now, kByOwnClock);
    return wait;
  }
  int64_t denied(std::string_view key, uint64_t hash, int64_t cost, int64_t wait, int64_t now,
                 bool by_own_clock) noexcept;
  // What the caller is told of a denial, which is noted and counted.
  int64_t enforced(std::string_view key, uint64_t hash, int64_t wait) noexcept {
    if (hot_) hot_->note(key, hash);
    if (enforcement_.holds(key)) return wait;
    counts_.add(kSpared);
    return 0;
  }
  int64_t told(std::string_view key, const Verdict& verdict) const noexcept;
  int64_t ask_fleet(std::string_view key, uint64_t hash, int64_t cost, int64_t now,
                    bool by_own_clock) noexcept;
  int64_t decide(uint64_t hash, int64_t cost, int64_t now) noexcept;
  // The wait, as when_full says.
  [[gnu::always_inline]] int64_t count(Verdict verdict) noexcept {
    if (!verdict.is_answer) [[unlikely]]
      return verdict.wait;
    if (verdict.crowded_out) [[unlikely]] {
      counts_.add(kCrowdedOut);
      if (crowd_ == Crowd::kAllow) verdict.wait = 0;
    }
    counts_.add(verdict.wait == 0 ? kAllowed : kDenied);
    return verdict.wait;
  }

  Plans* plans() const noexcept { return std::get_if<Plans>(&policy_); }
  Result<std::function<void()>> change_plans(const PlanSetup& after, TokensInheritance rule,
                                             int64_t now);
  tl::unexpected<Error> no_plans() const;
  static tl::unexpected<Error> no_room_to_change();
  void collect_plans(MetricSink& sink) const;

  // Of what is denied where something may be reserved.
  [[gnu::noinline]] Verdict decide_again(uint64_t hash, int64_t cost, int64_t now,
                                         Verdict denied) noexcept;

  // limiter_reservations.cpp
  template <class F>
  int64_t with_reserved(F&& f) const noexcept;
  // Reservations that are over, where it is time to look: whether there were any.
  bool take_back(int64_t now) const noexcept;
  // What is reserved of the key is told of it.
  int64_t give_back_reserved(uint64_t hash, int64_t cost, int64_t now) noexcept;
  Verdict charge_reserved(uint64_t hash, int64_t cost, int64_t now) noexcept;
  Slot slot_reserved(uint64_t hash, int64_t cost, int64_t most, int64_t now) noexcept;
  int64_t cancel_slot_reserved(uint64_t hash, int64_t cost, int64_t at, int64_t now) noexcept;
  bool forget_reserved(uint64_t hash) noexcept;
  void collect_reserved(MetricSink& sink) const;

  const ClockPtr clock_;
  const Crowd crowd_;
  const TokensInheritance inheritance_;  // of set_plan
  const CellMemory memory_;
  mutable Region region_;
  std::vector<std::unique_ptr<Region>> more_;  // of the rates but the first
  // In a fleet: what the machine was granted, and where more is asked for.
  const std::unique_ptr<Leased> leased_;
  const bool may_wait_;  // so does who asks there by the system's time
  mutable LimitPolicies::AnyCells policy_;
  LimitBands* const bands_;  // which policy_ is, or null
  const uint64_t keyless_;   // the hash of no key
  // Null where nothing can be reserved. Taking back what is over changes no decision but for good.
  const std::unique_ptr<Reservations> reservations_;

  // Read once a change, as they are a text in the scope.
  struct TermsSeen {
    std::vector<Terms> terms;  // of each rate
    std::vector<PlanSpec> plans;
    uint64_t version;
  };
  Result<std::shared_ptr<const TermsSeen>> all_terms() const;
  std::atomic<uint64_t> own_changes_{0};  // where the scope counts none
  mutable ForkMutex telling_;
  ForkMutex planning_;
  mutable std::shared_ptr<const TermsSeen> seen_ OG_GUARDED_BY(telling_);

  enum Count : size_t { kAllowed, kDenied, kCrowdedOut, kSpared };  // kSpared: of kDenied
  PlacedCounters<4> counts_;
  Enforcement enforcement_;
  struct alignas(64) OwnHotKeys {
    char memory[HotKeys::kBytes] = {};
  };
  std::unique_ptr<OwnHotKeys> own_hot_;  // on the heap
  std::optional<HotKeys> hot_;
  // In a scope always: those who look, and those who change it, are not those who ask.
  std::atomic<bool> looks_at_denials_;
};

}  // namespace og
