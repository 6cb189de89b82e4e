// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/slot_leases.h"

#include <algorithm>

#include "core/base/time.h"
#include "core/fleet/slot_scripts.h"

namespace og {
namespace {

constexpr int64_t kAskRefused = 20'000'000;  // ns: while calls are refused

}  // namespace

void SlotLeases::step(int64_t in_flight, int64_t refused, int64_t now) {
  refused_ += refused;
  if (in_flight >= needed_ || now - needed_at_ > terms_.idle_ns) {
    needed_ = in_flight;
    needed_at_ = now;
  }
  if (is_called_) return;
  if (!(refused_ > 0 && has_come(ask_at_, now)) && !(held_ > 0 && has_come(renew_at_, now))) return;
  int64_t want = std::max(needed_, in_flight);
  if (refused_ > 0) want = std::max(want + refused_, 2 * slots(now));
  // To who has asked in vain: what is idle, and what is more than a fair share.
  const int64_t fair = std::max<int64_t>(terms_.limit / claimants_, 1);
  if (unmet_ > 0) want = std::min(want, std::max(fair, slots(now) - unmet_));
  want = std::min(want, terms_.limit);
  // By the machine's clock, so that it is greater with the next agent too.
  const int64_t order = now / 1000;
  const bool made = link_.call({&kSlotsScript,
                                key_,
                                {-1, terms_.limit, terms_.lease_ns / 1000, in_flight, want, order},
                                name_},
                               *this, 0, now);
  if (made) {
    is_called_ = true;
    // A slot that is given back is not let in on any more, before the server hears of it.
    held_ = std::min(held_, want);
    wanted_ = want;
    refused_ = 0;
  }
}

int64_t SlotLeases::due() const {
  if (is_called_) return kEndOfTime;
  return std::min(held_ > 0 ? renew_at_ : kEndOfTime, refused_ > 0 ? ask_at_ : kEndOfTime);
}

void SlotLeases::answered(uint64_t, const FleetAnswer& answer, int64_t now) {
  is_called_ = false;
  const auto& list = answer.reply.list;
  if (answer.fate != FleetAnswer::Fate::kDone || list.size() < 4 || list[0].integer < 0) {
    renew_at_ = ask_at_ = later(now, kAskRefused);
    return;
  }
  // Calls in flight that are over the limit are not replaced by others.
  const int64_t over = std::max<int64_t>(-list[1].integer, 0);
  held_ = std::clamp<int64_t>(list[0].integer - over, 0, wanted_);
  claimants_ = std::max<int64_t>(list[2].integer, 1);
  unmet_ = list[3].integer;
  ends_at_ = later(answer.sent_at, terms_.lease_ns);
  renew_at_ = later(answer.sent_at, terms_.lease_ns / 3);
  ask_at_ = later(now, kAskRefused);
  // Calls in flight keep slots from others: soon to be fewer.
  if (list[0].integer > held_) renew_at_ = std::min(renew_at_, ask_at_);
}

}  // namespace og
