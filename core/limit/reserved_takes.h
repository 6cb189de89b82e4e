// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/key_marks.h"
#include "core/limit/reservation_slots.h"
#include "core/limit/verdict.h"

namespace og {

// What is taken on an estimate, and later made what it cost.
//
// A take of a at some time leaves the key's value at v: a bucket is full again then
// (token_bucket.h). Had it been a - d, every value since would have been less, by some D. D is d at
// first, and becomes less where the key was idle in between: what time has refilled was not lacking
// because of the take. It is known of D that
//
//   D >= min(d, v - now)
//
// as values only grow by takes: whatever was taken since, the key had not been idle before v. So
// who settles lowers the value by that, and the key has no more than if the cost had been known at
// once. This holds of a value that other settlements have lowered meanwhile when what they gave
// back of takes from before v is taken off v: they changed what v would have been. Those of later
// takes did not. Where a charge was more than the key may owe, what was forgiven comes off as well:
// the key would have been charged that much more.
//
// The times of those takes are no later than now, for which settlements read the clock last.
//
// So three things are noted in a reservation's slot, by who swaps the cell, before it does so
// (key_marks.h): `lowered`, what takes before it got back; `forgiven`; and that the key was
// forgotten. Who dies in between has noted what did not happen, and less is given back than could
// be. Nobody's death gives a key more than it had.
//
// Cells of a limiter with reservations count in 16 bits of the tag how often their value was
// lowered, so that one that comes back is not taken for the one before. (A caller would have to be
// stopped in the midst of a swap while the key is settled 65,536 times.)
//
// Marks are of whoever meant to swap: where a swap fails, or its caller dies, what was marked
// stays, and a reservation whose take comes after the swap may have it too, if its slot was there.
// None can be taken back, as it is not known then whose slot it is. So less may come back, by what
// was marked so, each of which marks a slot twice at most, and never more. And as a value is only
// ever lowered to what is known, the key has at least what it would have had each reservation cost
// its estimate. What is missing, time refills.
//
// A turn that was given and is to come (token_slots.h) does not come earlier when something before
// it is given back, and who took in its place would come at the same moment. So nothing is.
//
// A value means nothing in an epoch other than its own: what a change of the rate finds reserved
// is not given back by a settlement after it. It is as if it had cost what was reserved.
template <class Cells, class M>
class ReservedTakes {
 public:
  using Slots = ReservationSlots<M>;
  using Slot = typename Slots::Slot;
  using Marks = KeyMarks<M>;

  ReservedTakes(Cells& cells, Slots& slots) noexcept : cells_(cells), slots_(slots) {}

  struct Answer {
    Verdict verdict{};
    int64_t id = 0;        // above 0 where it is reserved
    bool is_full = false;  // there was no slot, and no decision
  };
  Answer reserve(const typename Slots::Reservation& wanted, int64_t time,
                 bool allows_crowded) noexcept {
    Slot* const slot = slots_.claim(wanted);
    if (!slot) return {{}, 0, true};
    typename Cells::Held held;
    const Verdict verdict = cells_.take(wanted.hash, time, wanted.amount, held);
    const bool passes = verdict.wait == 0 || (verdict.crowded_out && allows_crowded);
    if (!passes) {
      slots_.free(*slot);
      return {verdict};
    }
    return {verdict, slots_.hold(*slot, held.epoch, verdict.crowded_out ? 0 : held.value)};
  }

  // Of a slot that is the caller's to settle, and to free.
  template <class When>
  void settle(Slot& slot, uint64_t hash, When when, int64_t actual) noexcept {
    // Of a damaged segment it may be negative.
    const auto reserved = static_cast<int64_t>(slot.amount.load(std::memory_order_acquire));
    const int64_t amount = std::max<int64_t>(reserved, 0);
    if (actual > amount) {
      charge(hash, when(), actual - amount);
      return;
    }
    const typename Cells::Held held{slot.epoch.load(std::memory_order_acquire),
                                    slot.value.load(std::memory_order_acquire)};
    cells_.refund(hash, when, held, amount - actual, Marks(slots_, hash, slot));
  }

  // As the cells', with what a key's reservations are to know of it.
  int64_t give_back(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return cells_.give_back(hash, time, cost, Marks(slots_, hash));
  }
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return cells_.charge(hash, time, cost, Marks(slots_, hash));
  }
  og::Slot reserve_slot(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept {
    return cells_.reserve(hash, time, cost, most, Marks(slots_, hash));
  }
  int64_t cancel_slot(uint64_t hash, int64_t time, int64_t cost, int64_t at) noexcept {
    return cells_.cancel(hash, time, cost, at, Marks(slots_, hash));
  }
  bool forget(uint64_t hash) noexcept { return cells_.forget(hash, Marks(slots_, hash)); }

  template <class When, class Living>
  typename Slots::Swept sweep(int64_t time, When when, uint64_t owner, Living&& is_alive) noexcept {
    return slots_.sweep(time, owner, is_alive,
                        [&](Slot& slot, uint64_t hash) { settle(slot, hash, when, 0); });
  }

 private:
  Cells& cells_;
  Slots& slots_;
};

}  // namespace og
