// SPDX-License-Identifier: Apache-2.0
// Of WindowLog: turns that are taken before the window has room for them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_units.h"
#include "core/limit/verdict.h"
#include "core/limit/window_log.h"

namespace og {

// The turn is the time at which the entry that decides leaves the window, and no earlier than the
// latest admission. It is noted as an admission of then: so the ring holds it, and what it replaces
// there has left the window by then, before which nobody comes.
template <class M>
Slot WindowLog<M>::reserve(uint64_t hash, int64_t time, int64_t cost_given, int64_t most) noexcept {
  const auto cost = static_cast<uint64_t>(cost_given);
  for (;;) {
    Epoch epoch;
    if (most < 0 || !epochs_.enter(time, epoch)) return {Verdict::out_of_range()};
    const Moment moment = at(epoch);
    if (!epochs_.stands(epoch)) continue;
    if (cost - 1 >= moment.limit) return {Verdict::of_odd(cost_given), 0, time};
    View view = table_.find(hash);
    if (!view.cell || view.pending()) {
      const auto claimed = table_.claim(hash, idle_line(moment), moment.now);
      view = claimed.view;
      if (!view.cell) return {{wait(claimed.soonest, moment), true}};
    }
    uint64_t turn = std::max(moment.now, view.pending() ? table_.horizon() : view.value());
    if (!settle(view, cost)) continue;
    int64_t after = 0;
    if (!view.pending()) {
      uint64_t oldest = 0;
      if (!deciding_entry(view, moment, cost, &oldest)) continue;
      if (!has_left(oldest, moment, turn)) {
        turn = oldest + moment.window;
        after = wait_until(turn, moment);
      }
      after = held_back(view, moment, after);
    }
    if (after > 0) {
      const uint64_t longest = epochs_.all_words(*epoch.set)[kBesideSets];
      if (!epochs_.stands(epoch)) continue;
      if (after > most || static_cast<uint64_t>(after) > std::min(longest, TokenUnits::kMostWait))
        return {{after}};
      const auto elapsed = turn - epoch.set->base.load(std::memory_order_acquire);
      if (elapsed >= epoch.now) {
        if (!epochs_.reach(static_cast<int64_t>(elapsed), epoch)) return {{after}};
        continue;
      }
      epochs_.give_turns();
    }
    if (!epochs_.stands(epoch)) continue;
    const uint64_t number = table_.low_bits(view);
    if (!table_.swap(view, (number + cost) % (2 * ring_), turn)) continue;
    for (uint64_t i = 0; i < cost; ++i) write(view, moment, number + i, turn);
    return {{0}, after, later(time, after)};
  }
}

// Admissions of one time are alike, so that the time tells which they are; and one from the middle
// can be given back too: what came behind it has its own time, and waits for none that is later.
// The key's latest time stays.
template <class M>
int64_t WindowLog<M>::cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at_time) noexcept {
  for (;;) {
    Epoch epoch;
    if (cost < 0 || at_time < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
    const Moment moment = at(epoch);
    const View view = table_.find(hash);
    if (!epochs_.stands(epoch)) continue;
    if (!view.cell || view.pending() || cost == 0 || at_time <= time) return 0;
    const auto early = moment.since < 0 ? 0 - static_cast<uint64_t>(moment.since) : 0;
    const uint64_t ahead = static_cast<uint64_t>(at_time - time);
    const uint64_t turn = moment.now + ahead - std::min(ahead, early);
    uint64_t later_ones = 0, word = 0, found = 0, seen = 0;
    while (later_ones < ring_ && read_back(view, later_ones + 1, &seen, &word) && seen > turn)
      ++later_ones;
    while (found < static_cast<uint64_t>(cost) && later_ones + found < ring_ &&
           read_back(view, later_ones + found + 1, &seen, &word) && seen == turn)
      ++found;
    if (found < static_cast<uint64_t>(cost)) return 0;
    return shift(view, moment, found, later_ones) > 0 ? 1 : 0;
  }
}

// acquire() by the time of the turn; the key gets its cell by the present.
template <class M>
Verdict WindowLog<M>::take_turn(uint64_t hash, int64_t time, int64_t turn, int64_t cost_given,
                                uint64_t& stamp) noexcept {
  const auto cost = static_cast<uint64_t>(cost_given);
  for (;;) {
    Epoch present, epoch;
    if (!epochs_.enter(time, present) || !epochs_.enter(turn, epoch))
      return Verdict::out_of_range();
    const Moment now = at(present), then = at(epoch);
    if (!epochs_.stands(epoch)) continue;
    if (cost - 1 >= then.limit) return Verdict::of_odd(cost_given);
    View view = table_.find(hash);
    if (!view.cell || view.pending()) {
      const auto claimed = table_.claim(hash, idle_line(now), now.now);
      view = claimed.view;
      if (!view.cell) return {wait(claimed.soonest, now), true};
    }
    const uint64_t start = std::max(then.now, view.pending() ? table_.horizon() : view.value());
    if (!settle(view, cost)) continue;
    if (!view.pending()) {
      uint64_t oldest = 0;
      if (!deciding_entry(view, then, cost, &oldest)) continue;
      if (!epochs_.stands(epoch)) continue;
      const int64_t longer = has_left(oldest, then, start) ? 0 : wait(oldest, then);
      if (const int64_t wait = held_back(view, then, longer); wait > 0) return {wait};
    }
    epochs_.give_turns();
    if (!epochs_.stands(epoch)) continue;
    const uint64_t number = table_.low_bits(view), next = (number + cost) % (2 * ring_);
    if (!table_.swap(view, next, start)) continue;
    for (uint64_t i = 0; i < cost; ++i) write(view, then, number + i, start);
    stamp = stamp_of(start, next);
    return {0};
  }
}

template <class M>
uint64_t WindowLog<M>::stamp(uint64_t hash) noexcept {
  const View view = table_.find(hash);
  return view.cell && !view.pending() ? stamp_of(view) : 0;
}

template <class M>
bool WindowLog<M>::is_to_come(uint64_t hash, int64_t time, int64_t) noexcept {
  Epoch epoch;
  const View view = table_.find(hash);
  return epochs_.read(time, epoch) && view.cell && !view.pending() &&
         held_back(view, at(epoch), 0) > 0;
}

template <class M>
bool WindowLog<M>::take_back(uint64_t hash, int64_t time, int64_t cost, uint64_t stamp) noexcept {
  for (;;) {
    Epoch epoch;
    if (!epochs_.enter(time, epoch)) return false;
    const View view = table_.find(hash);
    if (!view.cell || view.pending() || stamp_of(view) != stamp) return false;
    if (!epochs_.stands(epoch)) continue;
    return shift(view, at(epoch), std::min(static_cast<uint64_t>(cost), ring_)) > 0;
  }
}

template <class M>
int64_t WindowLog<M>::max_wait() noexcept {
  for (;;) {
    Epoch epoch;
    epochs_.read(0, epoch);
    const uint64_t longest = epochs_.all_words(*epoch.set)[kBesideSets];
    if (epochs_.stands(epoch))
      return static_cast<int64_t>(std::min(longest, TokenUnits::kMostWait));
  }
}

}  // namespace og
