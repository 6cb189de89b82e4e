// SPDX-License-Identifier: Apache-2.0
// LeaseMode::kOptimistic: core/fleet/lease_agent.h.
#include <algorithm>

#include "core/base/time.h"
#include "core/fleet/bucket_scripts.h"
#include "core/fleet/lease_agent.h"

namespace og {
namespace {

constexpr int64_t kSyncEvery = 50'000'000;  // ns, while there is something to tell

}  // namespace

// Tells the server what was spent, half an allowance or kSyncEvery of it, and asks whether to go on
// where a call found too few.
void LeaseAgent::consider_optimistic(size_t at, Key& key, const GrantCells<>::Held& held,
                                     int64_t now) {
  tell_whether_fast(at, key, now);
  const bool is_refused = key.none_until > now && key.largest >= key.none_of;
  if (is_refused) key.asked = 0, key.largest = 1;
  const int64_t untold = board_.untold(at);
  const bool has_to_tell =
      untold > 0 && (2 * untold >= allowance(key) || now - key.told_at >= kSyncEvery);
  const bool wants = key.asked > 0 && !held.is_doubled;
  if (!has_to_tell && !wants) return;
  FleetLink::Call call{
      &kSpentScript,
      prefix_ + key.name,
      {-1, terms_.rate.count, terms_.rate.period_us, terms_.rate.burst, untold + owed(key, now)}};
  if (this->call(at, key, std::move(call), now)) {
    ++counts_.calls;
    key.is_called = true;
    key.told = untold;
    key.apart_told = key.apart_spent;
    key.told_at = now;
    key.needed = key.asked > 0 ? key.largest : 0;
    key.wanted = key.asked;
  } else if (wants) {
    grant_apart(at, key, key.largest, std::max(key.asked, key.largest), now);
  } else {
    return;
  }
  key.asked = 0;
  key.largest = 1;
}

void LeaseAgent::answered_optimistic(size_t at, Key& key, const Spent& spent, int64_t now) {
  board_.set_untold(at, std::max<int64_t>(board_.untold(at) - std::exchange(key.told, 0), 0));
  if (spent.left <= 0) return none_until(at, key, later(now, spent.wait_ns), 1);
  const auto held = cells_.held(key.hash, now);
  look(at, key, held, now);
  if (held.is_doubled) return;
  const auto tokens = static_cast<int64_t>(held.tokens);
  int64_t more = std::max(allowance(key), key.needed) - board_.untold(at) - tokens;
  // Small ones would stand in the way of the next.
  const bool ends = held.ends_at - now < ahead_ns();
  if (!ends && tokens > 0 && 2 * more < allowance(key) && tokens >= key.needed) return;
  if (keeps_to_share(now)) more = std::min(more, share_left(at, key, held, key.needed, now));
  if (more <= 0) return;
  counts_.granted += more;
  put(at, key, more, later(spent.sent_at, terms_.lease_ns), now);
}

}  // namespace og
