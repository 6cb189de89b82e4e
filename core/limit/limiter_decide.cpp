// SPDX-License-Identifier: Apache-2.0
// How a limiter decides.
#include <algorithm>
#include <array>

#include "core/limit/limiter.h"
#include "core/limit/limiter_leased.h"

namespace og {

// A denial as it is noted, and as the caller is told of it.
int64_t Limiter::denied(std::string_view key, uint64_t hash, int64_t cost, int64_t wait,
                        int64_t now, bool by_own_clock) noexcept {
  if (leased_ && wait == Granted::kAsk) [[unlikely]]
    wait = ask_fleet(key, hash, cost, now, by_own_clock);
  return wait > 0 ? enforced(key, hash, wait) : wait;
}

int64_t Limiter::decide(uint64_t hash, int64_t cost, int64_t now) noexcept {
  Verdict verdict =
      visit_variant(policy_, [&](auto& policy) { return policy.acquire(hash, now, cost); });
  if (verdict.wait > 0 && reservations_) [[unlikely]]
    verdict = decide_again(hash, cost, now, verdict);
  return count(verdict);
}

Verdict Limiter::decide_again(uint64_t hash, int64_t cost, int64_t now, Verdict denied) noexcept {
  if ((denied.crowded_out && crowd_ == Crowd::kAllow) || !take_back(now)) return denied;
  return visit_variant(policy_, [&](auto& policy) { return policy.acquire(hash, now, cost); });
}

int64_t Limiter::ask_fleet(std::string_view key, uint64_t hash, int64_t cost, int64_t now,
                           bool by_own_clock) noexcept {
  int64_t wait = leased_->door.ask(key, hash, cost, now, by_own_clock && may_wait_);
  if (wait == LeaseDoor::kCrowded) {
    counts_.add(kCrowdedOut);
    wait = crowd_ == Crowd::kAllow ? 0 : leased_->door.again_after();
  }
  counts_.add(wait == 0 ? kAllowed : kDenied);
  return wait;
}

int64_t Limiter::peek_at(std::string_view key, int64_t cost, int64_t now) const noexcept {
  const uint64_t hash = prefetch(key);
  const auto peek = [&] {
    return visit_variant(policy_, [&](auto& policy) { return policy.peek(hash, now, cost); });
  };
  Verdict verdict = peek();
  if (verdict.wait > 0 && reservations_ && take_back(now)) [[unlikely]]
    verdict = peek();
  return told(key, verdict);
}

// What acquire would answer.
int64_t Limiter::told(std::string_view key, const Verdict& verdict) const noexcept {
  if (verdict.wait <= 0) return verdict.wait;
  if (verdict.crowded_out && crowd_ == Crowd::kAllow) return 0;
  return enforcement_.would_hold(key) ? verdict.wait : 0;
}

int64_t Limiter::acquire_detailed_at(std::string_view key, int64_t cost, int64_t now,
                                     Standing& standing) noexcept {
  const uint64_t hash = prefetch(key);
  const int64_t wait = decide_and_note(key, hash, cost, now);
  if (wait < 0) return wait;
  standing =
      visit_variant(policy_, [&](auto& policy) { return policy.standing(hash, now, crowd_); });
  return wait;
}

int64_t Limiter::standing_at(std::string_view key, int64_t now, Standing& standing) const noexcept {
  if (reservations_) take_back(now);
  const uint64_t hash = prefetch(key);
  const Verdict verdict =
      visit_variant(policy_, [&](auto& policy) { return policy.peek(hash, now, 1); });
  if (verdict.wait < 0) return verdict.wait;
  standing =
      visit_variant(policy_, [&](auto& policy) { return policy.standing(hash, now, crowd_); });
  return told(key, verdict);
}

int64_t Limiter::acquire_many(const Batch& batch) noexcept {
  return acquire_many_at(batch, clock_->now());
}

int64_t Limiter::acquire_many_at(const Batch& batch, int64_t now) noexcept {
  constexpr int64_t kAhead = 16;  // cells on their way from memory at a time
  std::array<uint64_t, kAhead> hashes;
  int64_t passed = 0;
  for (int64_t from = 0; from < batch.count; from += kAhead) {
    const int64_t size = std::min(kAhead, batch.count - from);
    for (int64_t i = 0; i < size; ++i) {
      const auto* data = static_cast<const char*>(batch.keys[from + i]);
      const int64_t len = batch.key_lens[from + i];
      if (len > 0 && data)
        hashes[static_cast<size_t>(i)] = prefetch({data, static_cast<size_t>(len)});
      else
        hashes[static_cast<size_t>(i)] = prefetch({});
    }
    for (int64_t i = 0; i < size; ++i) {
      const int64_t row = from + i;
      const bool valid = batch.key_lens[row] == 0 || (batch.key_lens[row] > 0 && batch.keys[row]);
      const int64_t cost = !valid ? -1 : batch.costs ? batch.costs[row] : 1;
      const std::string_view key(static_cast<const char*>(batch.keys[row]),
                                 valid ? static_cast<size_t>(batch.key_lens[row]) : 0);
      batch.waits[row] = decide_and_note(key, hashes[static_cast<size_t>(i)], cost, now);
      passed += batch.waits[row] == 0;
    }
  }
  return passed;
}

}  // namespace og
