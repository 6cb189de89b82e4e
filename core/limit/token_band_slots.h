// SPDX-License-Identifier: Apache-2.0
// Of TokenBucket, as one among several rates: its part in a turn that comes once all have room.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_bucket.h"
#include "core/limit/verdict.h"

namespace og {

// acquire() by the time of the turn. The key gets its cell by the present, though: cells of others
// that are idle only by then are theirs. The stamp is the key's value after it.
template <class M, class Units>
Verdict TokenBucket<M, Units>::take_turn(uint64_t hash, int64_t time, int64_t turn, int64_t cost,
                                         uint64_t& stamp) noexcept {
  for (bool may_convert = true;;) {
    Epoch present, epoch;
    if (!epochs_.enter(time, present) || !epochs_.enter(turn, epoch))
      return Verdict::out_of_range();
    const Moment then = moment(epoch);
    if (is_odd(cost, then)) {
      if (!epochs_.stands(epoch)) continue;
      return Verdict::of_odd(cost);
    }
    const auto view = table_.find(hash);
    if (!view.cell || view.pending()) {
      const Claim claim = this->claim(hash, moment(present), 0, &may_convert, false);
      if (claim.is_decided && claim.verdict.crowded_out) return claim.verdict;
      continue;
    }
    const uint64_t need = static_cast<uint64_t>(cost) * then.units.per_token();
    const Decision decision = decide(view.value(), then, need);
    if (!epochs_.stands(epoch)) continue;
    if (decision.wait > 0) {
      if (is_older(view, then) && !table_.is_current(view)) continue;
      return {decision.wait};
    }
    epochs_.give_turns();
    if (!swap(view, decision.full)) continue;
    stamp = decision.full;
    return {0};
  }
}

template <class M, class Units>
uint64_t TokenBucket<M, Units>::stamp(uint64_t hash) noexcept {
  const auto view = table_.find(hash);
  return view.cell && !view.pending() ? view.value() : 0;
}

template <class M, class Units>
bool TokenBucket<M, Units>::is_to_come(uint64_t hash, int64_t time, int64_t cost) noexcept {
  Epoch epoch;
  if (!epochs_.read(time, epoch)) return false;
  const Moment now = moment(epoch);
  if (is_odd(cost, now)) return false;
  return is_to_come(stamp(hash), now, static_cast<uint64_t>(cost) * now.units.per_token());
}

template <class M, class Units>
bool TokenBucket<M, Units>::take_back(uint64_t hash, int64_t time, int64_t cost,
                                      uint64_t stamp) noexcept {
  for (;;) {
    Epoch epoch;
    if (!epochs_.enter(time, epoch)) return false;
    const Moment now = moment(epoch);
    const auto view = table_.find(hash);
    if (!view.cell || view.pending() || is_odd(cost, now) || view.value() != stamp) return false;
    const uint64_t least = std::max({begin_of(stamp, now), now.floor, table_.horizon()});
    const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
    if (epochs_.stands(epoch) && swap_anew(view, without(stamp, need, least))) return true;
  }
}

template <class M, class Units>
int64_t TokenBucket<M, Units>::max_wait() noexcept {
  for (;;) {
    Epoch epoch;
    epochs_.read(0, epoch);
    const auto longest = static_cast<int64_t>(most_ahead(whole_units_of(*epoch.set)));
    if (epochs_.stands(epoch)) return longest;
  }
}

}  // namespace og
