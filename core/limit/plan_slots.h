// SPDX-License-Identifier: Apache-2.0
// Of PlanBucket: turns that are taken before their tokens are there. token_slots.h says of a bucket
// without plans what is as true here.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/plan_bucket.h"
#include "core/limit/verdict.h"

namespace og {

// The turn comes as the key's present plan says. Turns that were given by another plan stay where
// they are in time, and those that are given now come behind them.
template <class M>
template <class P>
Slot PlanBucket<M>::reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most,
                            P&& plan_of) noexcept {
  for (;;) {
    Epoch epoch;
    if (most < 0 || !epochs_.enter(time, epoch)) return {Verdict::out_of_range()};
    const View view = table_.find(hash);
    const Moment now = moment(epoch, plan_of());
    if (now.is_odd(cost)) {
      if (!epochs_.stands(epoch)) continue;
      return {now.of_odd(cost), 0, time};
    }
    const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
    if (!view.cell || view.pending()) {
      if (const auto verdict = claim(hash, now, need)) return {*verdict, 0, time};
      continue;
    }
    const Valued valued = this->valued(view, hash, now);
    const bool is_idle = valued.full <= now.floor;
    const uint64_t next = (is_idle ? now.ceil : valued.full) + need;
    int64_t after = 0;
    if (!is_idle && next - now.floor > now.units.capacity()) {
      const int64_t due = now.units.when(next - now.units.capacity() - now.base);
      after = og::wait_until(due, epoch.since);
      if (!epochs_.stands(epoch)) continue;
      if (after > most || static_cast<uint64_t>(after) > most_ahead(now.units)) {
        if (is_older(view, now) && !table_.is_current(view)) continue;
        return {{after}};
      }
      if (static_cast<uint64_t>(due) >= epoch.now) {
        if (!epochs_.reach(due, epoch)) return {{after}};
        continue;
      }
      epochs_.give_turns();
    }
    if (epochs_.stands(epoch) && swap(view, hash, now, valued, next))
      return {{0}, after, later(time, after)};
  }
}

// Not one of before a change of the key's plan: that has moved the value by a nanosecond at least.
template <class M>
template <class P>
int64_t PlanBucket<M>::cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at,
                              P&& plan_of) noexcept {
  for (;;) {
    Epoch epoch;
    if (cost < 0 || at < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
    const View view = table_.find(hash);
    const Moment now = moment(epoch, plan_of());
    const bool is_known = view.cell && !view.pending() && !now.is_odd(cost);
    const Valued valued = is_known ? this->valued(view, hash, now) : Valued{};
    const uint64_t there = now.floor + now.units.capacity();
    const int64_t due = valued.full > there
                            ? now.units.when(valued.full - now.units.capacity() - now.base)
                            : epoch.since;
    if (at <= time || due <= epoch.since || og::wait_until(due, epoch.since) != at - time) {
      if (was_so(view, now)) return 0;
      continue;
    }
    const uint64_t least =
        std::max({now.floor, at_floor(table_.horizon(), now), at_floor(latest_of(hash), now)});
    const uint64_t before = valued.full - static_cast<uint64_t>(cost) * now.units.per_token();
    const uint64_t after = std::min(std::max(before, least), valued.full);
    if (epochs_.stands(epoch) && swap(view, hash, now, valued, after)) return 1;
  }
}

}  // namespace og
