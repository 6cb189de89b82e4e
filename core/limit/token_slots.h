// SPDX-License-Identifier: Apache-2.0
// Of TokenBucket: turns that are taken before their tokens are there.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_bucket.h"
#include "core/limit/verdict.h"

namespace og {

// The turn is the time from which acquire() would have passed, had it come at the same place among
// the others. The epoch is told of that time before the swap, so that the value is one of those
// that an epoch's end reckons with.
template <class M, class Units>
template <class Marks>
Slot TokenBucket<M, Units>::reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most,
                                    Marks marks) noexcept {
  if constexpr (!Units::kAreTokens) return Slot::unsupported();
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
      if (claim.is_decided) return {claim.verdict, 0, time};
      if (!claim.view.cell) continue;
      view = claim.view;
    }
    const uint64_t full = valued(view, now);
    const bool is_idle = full <= now.floor;
    const uint64_t next = (is_idle ? now.ceil : full) + need;
    int64_t after = 0;
    if (!is_idle && next - now.floor > now.units.capacity()) {
      const int64_t due = now.units.when(next - now.units.capacity() - now.base);
      after = wait_until(due, epoch.since);
      const uint64_t furthest = most_ahead(whole_units_of(*epoch.set));
      if (!epochs_.stands(epoch)) continue;
      if (after > most || static_cast<uint64_t>(after) > furthest) {
        if (is_older(view, now) && !table_.is_current(view)) continue;
        return {{after}};
      }
      if (static_cast<uint64_t>(due) >= epoch.now) {
        if (!epochs_.reach(due, epoch)) return {{after}};
        continue;
      }
    }
    if (!epochs_.stands(epoch)) continue;
    if (after > 0) marks.promises();
    if (swap(view, next)) return {{0}, after, later(time, after)};
  }
}

// A turn from the middle is not given back. Those behind it were told when theirs are, and do not
// come earlier: who took in its place would come at the same moment as one of them, and more than
// the burst would pass at once. (golang.org/x/time/rate gives back what was not taken behind it.
// With costs above 1, cancelled one after another, more than the burst passes there.) So the last
// one's time tells which it is: turns are a nanosecond apart at least. Those of the last epoch are
// none, as inherit() has moved them.
template <class M, class Units>
template <class Marks>
int64_t TokenBucket<M, Units>::cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at,
                                      Marks marks) noexcept {
  if constexpr (!Units::kAreTokens) return Slot::unsupported().verdict.wait;
  for (;;) {
    Epoch epoch;
    if (cost < 0 || at < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
    const Moment now = moment(epoch);
    const auto view = table_.find(hash);
    const bool is_known = view.cell && !view.pending() && !is_odd(cost, now);
    const uint64_t full = is_known ? valued(view, now) : now.base;
    const uint64_t there = now.floor + now.units.capacity();
    const int64_t due =
        full > there ? now.units.when(full - now.units.capacity() - now.base) : epoch.since;
    if (at <= time || due <= epoch.since || wait_until(due, epoch.since) != at - time) {
      if (was_so(view, now)) return 0;
      continue;
    }
    const uint64_t least = std::max(now.floor, table_.horizon());
    const uint64_t before = full - static_cast<uint64_t>(cost) * now.units.per_token();
    const uint64_t after = std::min(std::max(before, least), full);
    if (!epochs_.stands(epoch)) continue;
    marks.lowers(full - after);
    if (swap_anew(view, after)) return 1;
  }
}

}  // namespace og
