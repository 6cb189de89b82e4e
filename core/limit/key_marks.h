// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/limit/reservation_slots.h"

namespace og {

// Of a limiter without reservations.
struct NoMarks {
  void lowers(uint64_t) noexcept {}
  void forgives(uint64_t) noexcept {}
  void promises() noexcept {}
  void forgets() noexcept {}
};

// Notes in a key's reservations what happens to the key, by whoever does it, once it has read the
// key's cell and before it swaps that (reserved_takes.h says what for). Whoever took before that
// cell was read is found then: its slot had the key's hash before it took. So in a second attempt
// only those are to be told who came since the first: tickets tell.
template <class M = Memory>
class KeyMarks {
 public:
  using Slots = ReservationSlots<M>;
  using Slot = typename Slots::Slot;

  KeyMarks(Slots& slots, uint64_t hash) noexcept
      : slots_(slots), hash_(hash), since_(slots.tickets()) {}
  // By who settles one: what took before it did is not concerned.
  KeyMarks(Slots& slots, uint64_t hash, const Slot& own) noexcept
      : slots_(slots),
        hash_(hash),
        own_(&own),
        ticket_(own.ticket.load(std::memory_order_acquire)),
        since_(slots.tickets()) {}

  // The key's value becomes so much less.
  void lowers(uint64_t units) noexcept { say(units, lowered_, &Slot::lowered); }
  // So much of what was asked is not added to it, as it owes as much as it can.
  void forgives(uint64_t units) noexcept { say(units, forgiven_, &Slot::forgiven); }
  // A turn to come is behind all of them, and does not come earlier.
  void promises() noexcept { ends_all(); }
  // It is as if there had never been any of them.
  void forgets() noexcept { ends_all(); }

  struct Owed {
    uint64_t lowered, forgiven;
  };
  Owed owed() const noexcept {
    return {own_->lowered.load(std::memory_order_seq_cst),
            own_->forgiven.load(std::memory_order_seq_cst)};
  }

 private:
  void ends_all() noexcept {
    slots_.each(hash_,
                [](Slot& slot) { slot.lowered.fetch_or(Slots::kAll, std::memory_order_seq_cst); });
  }
  // In a later attempt, as much as it is more, and all of it to those who came in between. What an
  // attempt said that came to nothing stays.
  void say(uint64_t units, uint64_t& said, typename Slots::Word Slot::* where) noexcept {
    const uint64_t tickets = slots_.tickets();
    if (tickets != since_ && said > 0) {
      slots_.each(hash_, [&](Slot& slot) {
        if (slot.ticket.load(std::memory_order_acquire) >= since_) add(slot, said, where);
      });
    }
    since_ = tickets;
    if (units <= said) return;
    slots_.each(hash_, [&](Slot& slot) { add(slot, units - said, where); });
    said = units;
  }
  void add(Slot& slot, uint64_t units, typename Slots::Word Slot::* where) noexcept {
    if (&slot == own_ || Slots::took_before(slot, ticket_)) return;
    (slot.*where).fetch_add(units, std::memory_order_seq_cst);
  }

  Slots& slots_;
  const uint64_t hash_;
  const Slot* const own_ = nullptr;
  const uint64_t ticket_ = 0;
  uint64_t since_;
  uint64_t lowered_ = 0, forgiven_ = 0;
};

}  // namespace og
