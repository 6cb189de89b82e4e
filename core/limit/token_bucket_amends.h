// SPDX-License-Identifier: Apache-2.0
// What a token bucket (token_bucket.h) does to a key besides deciding on a request.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "core/limit/take_up_to.h"
#include "core/limit/token_bucket.h"

namespace og {

// Nothing is given that the key has by now, nor to a caller whose time is old what a key before it
// in the cell had used.
template <class M, class Units>
template <class Marks>
int64_t TokenBucket<M, Units>::give_back(uint64_t hash, int64_t time, int64_t cost,
                                         Marks marks) noexcept {
  for (;;) {
    Epoch epoch;
    if (cost < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
    const Moment now = moment(epoch);
    const auto view = table_.find(hash);
    const bool is_known = view.cell && !view.pending();
    const uint64_t full = is_known ? valued(view, now) : now.base;
    const uint64_t least = std::max({begin_of(full, now), now.floor, table_.horizon()});
    if (cost == 0 || full <= least) {
      if (was_so(view, now)) return 0;
      continue;
    }
    const uint64_t per_token = std::max<uint64_t>(now.units.per_token(), 1);
    const uint64_t whole = std::min((full - least) / per_token, static_cast<uint64_t>(cost));
    const uint64_t after = whole < static_cast<uint64_t>(cost) ? least : full - whole * per_token;
    if (!epochs_.stands(epoch)) continue;
    marks.lowers(full - after);
    if (swap_anew(view, after)) return static_cast<int64_t>(whole);
  }
}

// What no window has room for is not noted: nobody can owe it. What is forgiven is then as much as
// the key lacks or more: no settlement gives any of it back.
template <class M, class Units>
template <class Marks>
Verdict TokenBucket<M, Units>::charge(uint64_t hash, int64_t time, int64_t cost,
                                      Marks marks) noexcept {
  // Of a sliding_counter's cells, which have no marks, a cost is no sum.
  if constexpr (!Units::kAreTokens && std::is_same_v<Marks, NoMarks>) {
    const TakenUpTo taken = take_up_to(*this, hash, time, cost);
    if (!taken.verdict.is_answer || taken.verdict.crowded_out) return taken.verdict;
    return peek(hash, time, 1);
  }
  for (bool may_convert = true;;) {
    Epoch epoch;
    if (cost < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range();
    if (cost == 0) return peek(hash, time, 1);
    const Moment now = moment(epoch);
    const uint64_t most = most_owed(whole_units_of(*epoch.set));
    const uint64_t per_token = std::max<uint64_t>(now.units.per_token(), 1);
    const uint64_t need = static_cast<uint64_t>(cost) > most / per_token
                              ? most
                              : static_cast<uint64_t>(cost) * per_token;
    auto view = table_.find(hash);
    if (!view.cell || view.pending()) {
      const Claim claim = this->claim(hash, now, need, &may_convert);
      if (claim.is_decided) return claim.verdict.wait == 0 ? peek(hash, time, 1) : claim.verdict;
      if (!claim.view.cell) continue;
      view = claim.view;
    }
    const uint64_t full = valued(view, now);
    const uint64_t from = full <= now.floor ? now.ceil : full;
    const uint64_t next =
        std::max(from, std::min(from + need, std::max(begin_of(from, now), now.ceil) + most));
    if (!epochs_.stands(epoch)) continue;
    marks.forgives(from + need - next);
    if (swap_anew(view, next)) return peek(hash, time, 1);
  }
}

template <class M, class Units>
template <class Marks>
bool TokenBucket<M, Units>::forget(uint64_t hash, Marks marks) noexcept {
  for (;;) {
    const auto view = table_.find(hash);
    if (!view.cell || view.pending()) return false;
    marks.forgets();
    if (table_.free(view, table_.next_low_bits(view))) return true;
  }
}

// The time is asked for once the cell was read: it is no less than that of any take that is in
// there.
template <class M, class Units>
template <class When, class Marks>
uint64_t TokenBucket<M, Units>::refund(uint64_t hash, When when, const Held& held, int64_t less,
                                       Marks marks) noexcept {
  for (;;) {
    const auto view = table_.find(hash);
    if (less <= 0 || held.value == 0 || !view.cell || view.pending()) return 0;
    Epoch epoch;
    if (!epochs_.enter(when(), epoch) || Epochs::number(epoch) != held.epoch) return 0;
    const Moment now = moment(epoch);
    if (!epochs_.stands(epoch)) continue;
    const uint64_t full = view.value();
    if (full < now.base) return 0;
    const uint64_t line = std::max({begin_of(full, now), now.ceil, table_.horizon()});
    // Who adds to it does so before a swap, which ours finds.
    const auto owed = marks.owed();
    const uint64_t slack = std::min(held.value - std::min(held.value, owed.lowered), full);
    const uint64_t units = static_cast<uint64_t>(less) * now.units.per_token();
    const uint64_t known = std::min(units, slack - std::min(slack, line));
    const uint64_t back = known - std::min(known, owed.forgiven);
    if (back == 0) return 0;
    marks.lowers(back);
    // Of what is not a whole ns, the rest of an idle key is idle too.
    const uint64_t least = std::max({begin_of(full, now), now.floor, table_.horizon()});
    if (swap_anew(view, full - back == line ? least : full - back)) return back;
  }
}

}  // namespace og
