// SPDX-License-Identifier: Apache-2.0
#include "core/limit/acquire_all.h"

#include <algorithm>
#include <limits>

#include "core/base/visit_variant.h"
#include "core/limit/take_up_to.h"

namespace og {

AcquireAll::Answer AcquireAll::of(std::span<const Part> parts,
                                  std::optional<int64_t> now) noexcept {
  Takings takings(parts, now);
  if (takings.wrong.wait < 0 || takings.count == 0) return takings.wrong;
  Taking* const first = takings.all;
  bool may_pass = true;
  for (Taking* each = first + 1; each < takings.end(); ++each) {
    if (each->limiter->leased_) break;  // it knows no more without asking the fleet
    look(*each);
    if (each->verdict.wait < 0) return {each->verdict.wait, each->which};
    may_pass &= each->verdict.wait == 0;
  }
  if (!may_pass) {
    if (!first->limiter->leased_) look(*first);
    if (first->verdict.wait < 0) return {first->verdict.wait, first->which};
    return refused(takings);
  }
  for (Taking* each = first; each < takings.end(); ++each) {
    take(*each);
    if (each->verdict.wait == 0) continue;
    std::for_each(first, each, give_back);
    return each->verdict.wait < 0 ? Answer{each->verdict.wait, each->which} : refused(takings);
  }
  std::for_each(first, takings.end(), count_passed);
  return {};
}

AcquireAll::Takings::Takings(std::span<const Part> parts, std::optional<int64_t> now) noexcept {
  size_t final = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto which = static_cast<int64_t>(i);
    const auto [limiter, key, cost] = parts[i];
    if (cost < 0) {
      wrong = {static_cast<int64_t>(Status::kInvalidArgument), which};
      return;
    }
    if (cost == 0) continue;
    const uint64_t hash = limiter->prefetch(key);
    const auto same = std::find_if(all, end(), [&, of = limiter](const Taking& each) {
      return each.limiter->memory_.data() == of->memory_.data() && each.hash == hash;
    });
    if (same != end()) {
      const int64_t most = std::numeric_limits<int64_t>::max();
      same->cost = cost > most - same->cost ? most : same->cost + cost;
      continue;
    }
    if (gives_nothing_back(*limiter) && ++final > 1) {
      wrong = {static_cast<int64_t>(Status::kUnsupported), which};
      return;
    }
    all[count++] = {limiter, key, which, cost, hash, 0, !now};
  }
  std::stable_partition(all, end(),
                        [](const Taking& each) { return !gives_nothing_back(*each.limiter); });
  for (Taking* each = all; each < end(); ++each) {
    const bool is_known = each > all && each->limiter->clock_ == each[-1].limiter->clock_;
    each->now = now ? *now : is_known ? each[-1].now : each->limiter->clock_->now();
  }
}

// So it is the last to take.
bool AcquireAll::gives_nothing_back(const Limiter& limiter) noexcept {
  return limiter.leased_ || visit_variant(limiter.policy_, []<class C>(const C&) {
           return requires { C::kGivesNothingBack; };
         });
}

void AcquireAll::look(Taking& taking) noexcept {
  const Limiter& limiter = *taking.limiter;
  if (limiter.reservations_) limiter.take_back(taking.now);
  bool has_taken = false;
  taking.verdict = visit_variant(limiter.policy_, [&](auto& cells) {
    const Verdict verdict = cells.peek(taking.hash, taking.now, taking.cost);
    if (verdict.wait <= 0 || !is_yet_to_begin(cells, taking.hash)) return verdict;
    // Refused, it begins all the same (option `initial`).
    const Verdict begun = cells.acquire(taking.hash, taking.now, taking.cost);
    has_taken = begun.wait == 0;
    return begun;
  });
  if (has_taken) give_back(taking);
  int64_t& wait = taking.verdict.wait;
  const bool is_allowed = taking.verdict.crowded_out && limiter.crowd_ == Crowd::kAllow;
  if (is_allowed || (wait > 0 && !limiter.enforcement_.would_hold(taking.key))) wait = 0;
}

// Counts nothing. But a fleet's limiter, which is the last, decides and counts as it does alone.
void AcquireAll::take(Taking& taking) noexcept {
  Limiter& limiter = *taking.limiter;
  auto& [of, key, which, cost, hash, now, by_own_clock, verdict, is_spared] = taking;
  if (limiter.leased_) {
    verdict = {by_own_clock ? limiter.decide_and_note<true>(key, hash, cost, now)
                            : limiter.decide_and_note(key, hash, cost, now)};
    return;
  }
  if (limiter.reservations_) limiter.take_back(now);
  verdict = visit_variant(limiter.policy_, [&, h = hash, t = now, c = cost](auto& cells) {
    return cells.acquire(h, t, c);
  });
  if (verdict.crowded_out && limiter.crowd_ == Crowd::kAllow) verdict.wait = 0;
  is_spared = verdict.wait > 0 && !limiter.enforcement_.holds(key);
  if (is_spared) verdict.wait = 0;
}

void AcquireAll::give_back(const Taking& taking) noexcept {
  if (taking.verdict.crowded_out || taking.is_spared) return;  // it passed and took nothing
  Limiter& limiter = *taking.limiter;
  if (limiter.reservations_) {
    limiter.give_back_reserved(taking.hash, taking.cost, taking.now);
    return;
  }
  visit_variant(limiter.policy_,
                [&](auto& cells) { return cells.give_back(taking.hash, taking.now, taking.cost); });
}

// It is counted where the wait is longest.
AcquireAll::Answer AcquireAll::refused(Takings& takings) noexcept {
  const Taking& longest = *std::max_element(
      takings.all, takings.end(),
      [](const Taking& a, const Taking& b) { return a.verdict.wait < b.verdict.wait; });
  Limiter& limiter = *longest.limiter;
  if (!limiter.leased_) {
    if (longest.verdict.crowded_out) limiter.counts_.add(Limiter::kCrowdedOut);
    limiter.counts_.add(Limiter::kDenied);
    if (limiter.hot_) limiter.hot_->note(longest.key, longest.hash);
    if (longest.key.empty()) limiter.enforcement_.holds({});  // of those, each takes its turn
  }
  return {longest.verdict.wait, longest.which};
}

void AcquireAll::count_passed(const Taking& taking) noexcept {
  Limiter& limiter = *taking.limiter;
  if (limiter.leased_) return;
  if (taking.verdict.crowded_out) limiter.counts_.add(Limiter::kCrowdedOut);
  if (!taking.is_spared) return limiter.counts_.add(Limiter::kAllowed);
  limiter.counts_.add(Limiter::kDenied);
  limiter.counts_.add(Limiter::kSpared);
  if (limiter.hot_) limiter.hot_->note(taking.key, taking.hash);
}

}  // namespace og
