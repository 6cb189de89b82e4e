// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/slot_leases.h"

#include "core/base/time.h"
#include "core/fleet/slot_scripts.h"

namespace og {
namespace {

constexpr int64_t kAskRefused = 20'000'000;     // ns: while calls are refused
constexpr int64_t kLookAtSlots = 5'000'000;     // ns: while calls are in flight
constexpr int64_t kApartFor = 500'000'000;      // ns: what a machine may do without the server
constexpr int64_t kReadyFor = 600'000'000'000;  // ns: with a slot for the next call

}  // namespace

// What was allowed without the server is nobody's grant.
SlotLeases::SlotLeases(const Terms& terms, std::string key, std::string name, FleetLink& link,
                       SlotUse& use, const SlotUse::Allowance& left)
    : terms_(terms),
      key_(std::move(key)),
      name_(std::move(name)),
      link_(link),
      use_(use),
      held_(left.is_granted ? left.slots : 0),
      ends_at_(left.is_granted ? left.ends_at : 0),
      is_apart_(!left.is_granted && left.slots > 0) {}

void SlotLeases::set_terms(const Terms& terms) {
  terms_ = terms;
  renew_at_ = ask_at_ = 0;
}

// What the machine may have in flight.
SlotUse::Allowance SlotLeases::allowance(int64_t now) const {
  if (now < ends_at_) return {std::min(held_, terms_.limit), ends_at_, true};
  if (!is_apart_ || terms_.when_apart == WhenApart::kClosed) return {0, 0, false};
  const bool is_open = terms_.when_apart == WhenApart::kOpen;
  const int64_t own = is_open ? terms_.limit : std::max<int64_t>(terms_.limit / machines_, 1);
  return {is_called_ ? std::min(frozen_, own) : own, later(now, kApartFor), false};
}

bool SlotLeases::allow(const SlotUse::Allowance& allowance, int64_t now) {
  const int64_t in_flight = use_.allow(allowance, now);
  if (in_flight < 0) {
    is_over_ = true;
    due_ = kEndOfTime;
    return false;
  }
  in_flight_ = in_flight;
  return true;
}

void SlotLeases::step(int64_t refused, int64_t now) {
  if (is_over_) return;
  refused_ += refused;
  if (!allow(allowance(now), now)) return;
  if (in_flight_ > 0 || refused > 0 || used_at_ == 0) used_at_ = now;
  if (now - needed_at_ > terms_.idle_ns / 2) {
    needed_before_ = std::exchange(needed_, 0);
    needed_at_ = now;
  }
  needed_ = std::max(needed_, in_flight_);
  if (!is_called_) {
    if (now >= ends_at_ && in_flight_ == 0) held_ = 0;
    if (refused_ > 0 && slots(now) >= terms_.limit) {  // it has all there is
      needed_ = terms_.limit;
      refused_ = 0;
      use_.none_until(renew_at_);
    }
    if ((refused_ > 0 && has_come(ask_at_, now)) ||
        ((held_ > 0 || in_flight_ > 0) && has_come(renew_at_, now)))
      ask(now);
  }
  set_due(now);
}

int64_t SlotLeases::wanted(int64_t now) const {
  int64_t want = std::max({needed_before_, needed_, in_flight_});
  if (refused_ > 0) want = std::max(want + refused_, 2 * slots(now));
  const bool is_room = free_ + slots(now) - 1 >= std::max<int64_t>(terms_.limit / 4, 1);
  if (unmet_ == 0 && is_room && now - used_at_ < kReadyFor) want = std::max<int64_t>(want, 1);
  // To who has asked in vain: what is idle, and what is more than a fair share.
  const int64_t fair = std::max<int64_t>(terms_.limit / claimants_, 1);
  if (unmet_ > 0) want = std::min(want, std::max(fair, slots(now) - unmet_));
  return std::min(want, terms_.limit);
}

// What it will not have any more it gives up before the server hears of it, and only then counts
// what is in flight.
void SlotLeases::ask(int64_t now) {
  if (!link_.takes_calls()) {
    refused_ = 0;
    is_apart_ = true;
    if (allow(allowance(now), now)) use_.none_until(later(now, kAskRefused));
    return;
  }
  const int64_t want = wanted(now);
  auto kept = allowance(now);
  kept.slots = std::min(kept.slots, kept.is_granted ? want : in_flight_);
  if (!allow(kept, now)) return;
  // By the machine's clock, so that it is greater with the next agent too.
  const int64_t order = now / 1000;
  is_called_ = link_.call({&kSlotsScript,
                           key_,
                           {-1, terms_.limit, terms_.lease_ns / 1000, in_flight_, want, order},
                           name_},
                          *this, 0, now);
  frozen_ = kept.is_granted ? 0 : kept.slots;
  held_ = std::min(held_, want);
  wanted_ = want;
  refused_ = 0;
}

void SlotLeases::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  is_called_ = false;
  if (is_over_) return;
  const auto& list = answer.reply.list;
  const bool is_done = answer.fate == FleetAnswer::Fate::kDone && list.size() >= 4;
  if (!is_done || list[0].integer < 0) {
    const bool is_refused = answer.fate == FleetAnswer::Fate::kRefused;
    renew_at_ = ask_at_ = later(now, is_refused ? FleetLink::kRefusedFor : kAskRefused);
    if (is_refused) {
      is_apart_ = true;
      use_.none_until(ask_at_);
    }
  } else {
    // Calls in flight that are over the limit are not replaced by others.
    const int64_t over = std::max<int64_t>(-list[1].integer, 0);
    held_ = std::clamp<int64_t>(list[0].integer - over, 0, wanted_);
    free_ = std::max<int64_t>(list[1].integer, 0);
    claimants_ = std::max<int64_t>(list[2].integer, 1);
    unmet_ = list[3].integer;
    ends_at_ = later(answer.sent_at, terms_.lease_ns);
    renew_at_ = later(answer.sent_at, terms_.lease_ns / 3);
    ask_at_ = later(now, kAskRefused);
    // Others need what is idle, or what calls in flight keep from them: soon to be fewer.
    if (list[0].integer > held_ || (unmet_ > 0 && wanted(now) < held_))
      renew_at_ = std::min(renew_at_, ask_at_);
    is_apart_ = false;
    use_.none_until(held_ < wanted_ ? ask_at_ : held_ >= terms_.limit ? renew_at_ : 0);
  }
  if (allow(allowance(now), now)) set_due(now);
}

void SlotLeases::set_due(int64_t now) {
  const int64_t soon = later(now, kLookAtSlots);
  due_ = in_flight_ > 0 || is_apart_ ? soon : kEndOfTime;
  if (is_called_) return;
  if (held_ > 0) due_ = std::min(due_, std::max(renew_at_, soon));
  if (refused_ > 0) due_ = std::min(due_, std::max(ask_at_, soon));
}

}  // namespace og
