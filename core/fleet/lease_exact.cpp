// SPDX-License-Identifier: Apache-2.0
// LeaseMode::kExact: core/fleet/lease_agent.h.
#include <algorithm>

#include "core/base/time.h"
#include "core/fleet/lease_agent.h"

namespace og {
namespace {

constexpr int64_t kLookSoon = 200'000;  // ns

}  // namespace

// What all calls wait for that have asked since the last command: of the server as a whole, so that
// there is one command of a key on its way.
void LeaseAgent::consider_exact(size_t at, Key& key, const GrantCells<>::Held& held, int64_t now) {
  if (key.asked == 0) return;
  if (key.none_until > now && key.largest >= key.none_of) {
    // Who asked for so many has been told until when there are not, and waits no longer.
    key.asked = key.none_of <= 1 ? 0 : std::max<int64_t>(key.asked - key.largest, 0);
    key.largest = 1;
    if (key.asked == 0) {
      board_.begin_round(at);
      return board_.end_rounds(at);
    }
  }
  if (held.is_doubled) {  // there is no room for a third: who waits for them is on its way
    look_at_ = std::min(look_at_, later(now, kLookSoon));
    return;
  }
  board_.begin_round(at);
  take(at, key, held, {key.largest, std::max(key.asked, key.largest), 100}, now);
  if (!key.is_called) board_.end_rounds(at);
}

// Tokens only come, and no sooner than the server said: so to refuse without asking until then is
// what it would do. That counts from when it was asked, as the answer was on its way for a while.
void LeaseAgent::answered_exact(size_t at, Key& key, const Taken& taken, int64_t now) {
  if (taken.tokens > 0) {
    counts_.granted += taken.tokens;
    put(at, key, taken.tokens, later(taken.sent_at, life_ns()), now);
    if (taken.tokens < key.wanted)
      none_until(at, key, later(taken.sent_at, next_token_ns(taken)), 1);
    return;
  }
  none_until(at, key, later(taken.sent_at, taken.wait_ns < 0 ? terms_.lease_ns : taken.wait_ns),
             key.needed);
}

// Until there is one, as of a bucket that is full in full_ns; 0 where there is.
int64_t LeaseAgent::next_token_ns(const Taken& taken) const {
  const auto between = static_cast<__int128>(terms_.rate.burst - 1) * terms_.rate.period_us * 1000 /
                       terms_.rate.count;
  // What it told was rounded up to a microsecond.
  const __int128 wait = __int128(taken.full_ns) - 1000 - between;
  return static_cast<int64_t>(std::clamp<__int128>(wait, 0, kEndOfTime));
}

}  // namespace og
