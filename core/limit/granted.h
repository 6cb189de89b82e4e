// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/fleet/grant_cells.h"
#include "core/fleet/lease_door.h"
#include "core/fleet/leased_object.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/policy.h"
#include "core/limit/verdict.h"

namespace og {

// How a limiter in a fleet decides: on what its machine was granted. Its policy is the server's;
// here is none, and so none of a policy's words.
class Granted {
 public:
  // A wait that says: ask the fleet (Limiter::denied). Nothing was counted.
  static constexpr int64_t kAsk = 1;

  Granted(LeasedObject object, GrantCells<>& grants, LeaseDoor& door)
      : object_(object),
        most_(object.mode() == LeaseMode::kExact ? &kNone : object.burst_word()),
        grants_(&grants),
        door_(&door) {}

  static LimitEpochs<>::Begun first(const LimitWords&) noexcept { return {}; }

  Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    if (is_beyond(cost, *most_)) [[unlikely]]
      return is_odd(cost) ? Verdict::of_odd(cost) : Verdict{kAsk, false, false};
    if (grants_->take(hash, time, static_cast<uint64_t>(cost))) [[likely]]
      return {0};
    return {kAsk, false, false};
  }
  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    if (is_odd(cost)) return Verdict::of_odd(cost);
    return {door_->peek(hash, cost, time)};
  }
  // What the machine holds and what the server had left, as it last told: others take of that.
  Standing standing(uint64_t hash, int64_t time, Crowd) noexcept {
    const auto told = door_->told(hash);
    const auto held = static_cast<int64_t>(grants_->held(hash, time).tokens);
    const bool is_full = told.full_at <= time;
    const int64_t limit = object_.burst();
    const int64_t there = is_full ? limit : std::min(limit, told.left + held);
    const int64_t reset_after = is_full ? 0 : told.full_at - time;
    const int64_t next_after = there < limit ? door_->peek(hash, there + 1, time) : 0;
    return {limit, there, reset_after, std::min(next_after, reset_after)};
  }
  // Not in a fleet: the server counts what was granted, and cannot be told what was given back.
  int64_t give_back(uint64_t, int64_t, int64_t) noexcept { return kUnsupported; }
  Verdict charge(uint64_t, int64_t, int64_t) noexcept { return {kUnsupported, false, false}; }
  Slot reserve(uint64_t, int64_t, int64_t, int64_t) noexcept { return Slot::unsupported(); }
  int64_t cancel(uint64_t, int64_t, int64_t, int64_t) noexcept { return kUnsupported; }
  bool forget(uint64_t) noexcept { return false; }
  int64_t in_use(int64_t time) noexcept { return grants_->in_use(time); }

  // A change is one of the terms: LeasedObject.
  bool has_room_for(const LimitWords&, int64_t) noexcept { return true; }
  bool change(const LimitWords&, int64_t, TokensInheritance) noexcept { return true; }

 private:
  using Word = Memory::Word;
  static constexpr auto kUnsupported = static_cast<int64_t>(Status::kUnsupported);

  static bool is_beyond(int64_t cost, const Word& most) noexcept {
    return static_cast<uint64_t>(cost) - 1 >= most.load(std::memory_order_acquire) ||
           static_cast<uint64_t>(cost) > GrantCells<>::kMostTokens;
  }
  bool is_odd(int64_t cost) const noexcept { return is_beyond(cost, *object_.burst_word()); }

  // Where each call asks the fleet no cost is decided here.
  static inline const Word kNone{0};

  LeasedObject object_;
  const Word* most_;  // the largest cost that is decided here
  GrantCells<>* grants_;
  LeaseDoor* door_;
};
static_assert(DecidesOnCells<Granted>);

}  // namespace og
