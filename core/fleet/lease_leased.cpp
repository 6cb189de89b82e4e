// SPDX-License-Identifier: Apache-2.0
// LeaseMode::kLeased: core/fleet/lease_agent.h.
#include <algorithm>

#include "core/base/time.h"
#include "core/fleet/lease_agent.h"

namespace og {

// Whether it is time to ask for more of the key, and for how many.
void LeaseAgent::consider_leased(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  if (key.not_before > now ||
      (key.none_until > now && (key.asked == 0 || key.largest >= key.none_of)))
    return;
  if (held.is_doubled) return;
  const bool is_fast = tell_whether_fast(at, key, now);
  const int64_t ahead = ahead_ns();
  const bool is_short = held.ends_at - now < ahead ||
                        static_cast<double>(held.tokens) < key.rate * static_cast<double>(ahead);
  if (key.asked == 0 && !(is_fast && is_short)) return;
  const int64_t need = key.asked > 0 ? key.largest : 1;
  const int64_t room = slice() - static_cast<int64_t>(held.tokens);
  const int64_t want = std::max(need, std::min({std::max(in_a_lease(key), key.asked), room,
                                                static_cast<int64_t>(GrantCells<>::kMostTokens)}));
  take(at, key, held, {need, want, terms_.share}, now);
}

void LeaseAgent::answered_leased(size_t at, Key& key, const Taken& taken, int64_t now) {
  if (taken.tokens < key.wanted) key.not_before = later(now, pause_ns());
  if (taken.tokens > 0) {
    counts_.granted += taken.tokens;
    put(at, key, taken.tokens, later(taken.sent_at, terms_.lease_ns), now);
  } else {
    const int64_t wait = taken.wait_ns < 0 ? terms_.lease_ns : taken.wait_ns;
    none_until(at, key, std::max(later(now, wait), key.not_before), key.needed);
  }
}

// After a call that got less than it wanted.
int64_t LeaseAgent::pause_ns() const {
  const auto half =
      static_cast<__int128>(terms_.rate.burst) * terms_.rate.period_us * 500 / terms_.rate.count;
  return static_cast<int64_t>(std::min<__int128>(half, terms_.lease_ns / 10));
}

}  // namespace og
