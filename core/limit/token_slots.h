// SPDX-License-Identifier: Apache-2.0
// Of TokenBucket: turns that are taken before their tokens are there.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_bucket.h"
#include "core/limit/verdict.h"

namespace og {

// The turn is the time from which acquire() would have passed, had it come at the same place among
// the others: of windows, the beginning of the first that has room for all of it, behind what was
// taken before.
template <class M, class Units>
typename TokenBucket<M, Units>::Turn TokenBucket<M, Units>::turn_of(uint64_t full,
                                                                    const Moment& now,
                                                                    uint64_t need) const noexcept {
  if (full <= now.floor) return {now.ceil + need, 0, true};
  if constexpr (Units::kAreTokens) {
    const uint64_t next = full + need;
    if (next - now.floor <= now.units.capacity()) return {next, 0, true};
    return {next, now.units.when(next - now.units.capacity() - now.base)};
  } else {
    // Each look is at a later window, or later in one; the third passes, unless cells are damaged.
    constexpr int kLooks = 4;
    const uint64_t value = full - now.base;
    auto taken = taken_of(full, now, need);
    if (taken.passes) return {now.base + taken.value, 0, true};
    for (int look = 0; look < kLooks; ++look) {
      const auto then = now.units.at(static_cast<uint64_t>(taken.due));
      if (value <= then.floor) return {now.base + then.ceil + need, taken.due};
      const auto there = now.units.take(value, then, need);
      if (there.passes) return {now.base + there.value, taken.due};
      taken.due = std::max(there.due, taken.due);
    }
    return {0, taken.due};
  }
}

// The epoch is told of that time before the swap, so that the value is one of those that an epoch's
// end reckons with; and of windows, that such times are given at all.
template <class M, class Units>
template <class Marks>
Slot TokenBucket<M, Units>::reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most,
                                    Marks marks) noexcept {
  for (bool may_convert = true;;) {
    Epoch epoch;
    if (most < 0 || !epochs_.enter(time, epoch)) return {Verdict::out_of_range()};
    const Moment now = moment(epoch);
    if (is_odd(cost, now)) {
      if (!epochs_.stands(epoch)) continue;
      return {Verdict::of_odd(cost), 0, time};
    }
    const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
    auto view = table_.find(hash);
    if (!view.cell || view.pending()) {
      const Claim claim = this->claim(hash, now, need, &may_convert);
      if (claim.is_decided) return {claim.verdict, 0, Units::kAreTokens ? time : 0};
      if (!claim.view.cell) continue;
      view = claim.view;
    }
    const Turn turn = turn_of(valued(view, now), now, need);
    int64_t after = 0;
    if (!turn.is_now) {
      after = wait_until(turn.due, epoch.since);
      const uint64_t furthest = most_ahead(whole_units_of(*epoch.set));
      if (!epochs_.stands(epoch)) continue;
      if (turn.value == 0 || after > most || static_cast<uint64_t>(after) > furthest) {
        if (is_older(view, now) && !table_.is_current(view)) continue;
        return {{after}};
      }
      if (static_cast<uint64_t>(turn.due) >= epoch.now) {
        if (!epochs_.reach(turn.due, epoch)) return {{after}};
        continue;
      }
      if constexpr (!Units::kAreTokens) epochs_.give_turns();
    }
    if (!epochs_.stands(epoch)) continue;
    if (after > 0) marks.promises();
    if (swap(view, turn.value)) return {{0}, after, number_of(turn, time, after)};
  }
}

// Turns of tokens are a nanosecond apart at least. Those of a window begin with it, all of them, so
// that the value tells them: 0 for one that is there at once, and cannot be given back.
template <class M, class Units>
int64_t TokenBucket<M, Units>::number_of(const Turn& turn, int64_t time, int64_t after) noexcept {
  if constexpr (Units::kAreTokens)
    return later(time, after);
  else
    return turn.is_now ? 0 : static_cast<int64_t>(turn.value);
}

// Whether what was taken last would not be there yet.
template <class M, class Units>
bool TokenBucket<M, Units>::is_to_come(uint64_t full, const Moment& now,
                                       uint64_t need) const noexcept {
  if (full <= now.floor) return false;
  const uint64_t before = without(full, need, begin_of(full, now));
  return before > now.floor && !taken_of(before, now, need).passes;
}

// Whether the value says that this turn is the last that was given, and is still to come.
template <class M, class Units>
bool TokenBucket<M, Units>::is_last(uint64_t full, const Moment& now, int64_t time, uint64_t need,
                                    int64_t number) const noexcept {
  if constexpr (Units::kAreTokens) {
    const uint64_t there = now.floor + now.units.capacity();
    const int64_t due =
        full > there ? now.units.when(full - now.units.capacity() - now.base) : now.epoch.since;
    return number > time && due > now.epoch.since &&
           wait_until(due, now.epoch.since) == number - time;
  } else {
    return static_cast<uint64_t>(number) == full && is_to_come(full, now, need);
  }
}

// A turn from the middle is not given back. Those behind it were told when theirs are, and do not
// come earlier: who took in its place would come at the same moment as one of them, and more than
// the burst would pass at once. (golang.org/x/time/rate gives back what was not taken behind it.
// With costs above 1, cancelled one after another, more than the burst passes there.) Those of the
// last epoch are none, as inherit() and the base have moved them. Of windows, what an earlier one
// had left when the turn was given is gone: nobody knows it any more.
template <class M, class Units>
template <class Marks>
int64_t TokenBucket<M, Units>::cancel(uint64_t hash, int64_t time, int64_t cost, int64_t number,
                                      Marks marks) noexcept {
  for (;;) {
    Epoch epoch;
    if (cost < 0 || number < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
    const Moment now = moment(epoch);
    const auto view = table_.find(hash);
    const bool is_known = view.cell && !view.pending() && !is_odd(cost, now);
    const uint64_t full = is_known ? valued(view, now) : now.base;
    const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
    if (!is_known || !is_last(full, now, time, need, number)) {
      if (was_so(view, now)) return 0;
      continue;
    }
    const uint64_t least = std::max({begin_of(full, now), now.floor, table_.horizon()});
    const uint64_t after = without(full, need, least);
    if (!epochs_.stands(epoch)) continue;
    marks.lowers(full - after);
    if (swap_anew(view, after)) return 1;
  }
}

}  // namespace og
