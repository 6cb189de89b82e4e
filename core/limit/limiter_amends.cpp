// SPDX-License-Identifier: Apache-2.0
// What a limiter does to a key besides deciding on a request.
#include <algorithm>

#include "core/limit/limiter.h"
#include "core/limit/take_up_to.h"

namespace og {

int64_t Limiter::acquire_up_to_at(std::string_view key, int64_t most, int64_t now) noexcept {
  if (leased_) return static_cast<int64_t>(Status::kUnsupported);
  const uint64_t hash = prefetch(key);
  if (reservations_) take_back(now);
  TakenUpTo taken =
      visit_variant(policy_, [&](auto& cells) { return take_up_to(cells, hash, now, most); });
  if (!taken.verdict.is_answer || most == 0) return taken.verdict.wait;
  if (taken.verdict.crowded_out) {
    counts_.add(kCrowdedOut);
    if (crowd_ == Crowd::kDeny) taken.count = 0;
  }
  counts_.add(taken.count > 0 ? kAllowed : kDenied);
  if (taken.count > 0) return taken.count;
  return enforced(key, hash, 1) == 0 ? most : 0;
}

int64_t Limiter::give_back_at(std::string_view key, int64_t cost, int64_t now) noexcept {
  const uint64_t hash = prefetch(key);
  if (reservations_) return give_back_reserved(hash, cost, now);
  return visit_variant(policy_, [&](auto& cells) { return cells.give_back(hash, now, cost); });
}

int64_t Limiter::charge_at(std::string_view key, int64_t cost, int64_t now) noexcept {
  const uint64_t hash = prefetch(key);
  const Verdict verdict =
      reservations_
          ? charge_reserved(hash, cost, now)
          : visit_variant(policy_, [&](auto& cells) { return cells.charge(hash, now, cost); });
  if (!verdict.crowded_out) return verdict.wait;
  counts_.add(kCrowdedOut);
  return crowd_ == Crowd::kAllow ? 0 : verdict.wait;
}

int64_t Limiter::reserve_slot_at(std::string_view key, int64_t cost, int64_t most, int64_t now,
                                 Slot& slot) noexcept {
  const uint64_t hash = prefetch(key);
  // In a trial run nobody waits: where there is none now, it is let through and takes none.
  if (most > 0 && !enforcement_.would_hold(key)) most = 0;
  if (reservations_) take_back(now);
  slot = reservations_ ? slot_reserved(hash, cost, most, now)
                       : visit_variant(policy_, [&](auto& cells) {
                           return cells.reserve(hash, now, cost, most);
                         });
  const int64_t wait = count(slot.verdict);
  return wait > 0 ? enforced(key, hash, wait) : wait;
}

int64_t Limiter::cancel_slot_at(std::string_view key, int64_t cost, int64_t at,
                                int64_t now) noexcept {
  const uint64_t hash = prefetch(key);
  if (reservations_) return cancel_slot_reserved(hash, cost, at, now);
  return visit_variant(policy_, [&](auto& cells) { return cells.cancel(hash, now, cost, at); });
}

int64_t Limiter::forget(std::string_view key) noexcept {
  if (leased_) return static_cast<int64_t>(Status::kUnsupported);
  const uint64_t hash = prefetch(key);
  if (reservations_) {
    if (hot_) hot_->forget(hash);
    return forget_reserved(hash);
  }
  const int64_t was_known =
      visit_variant(policy_, [&](auto& cells) -> int64_t { return cells.forget(hash); });
  if (hot_ && was_known >= 0) hot_->forget(hash);
  return was_known;
}

}  // namespace og
