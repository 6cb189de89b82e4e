// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/double_word.h"

namespace og {

// Reservations that are out: a slot each, in memory that it is given (zeroed, or in use as the same
// slots), which may be a segment mapped by several processes, any of which may be killed at any
// instruction.
//
//   free -> taking    the caller takes what it reserves; then it notes what the take was
//   taking -> held    the reservation is out
//   held -> settling  by who settles it, or by who finds it expired or its process gone
//   -> free           also from taking, where the take was refused
//
// State and owner are swapped as one. The owner of what is settling is the attachment that settles
// it, so that a death in between is seen as well. Who dies while it takes or settles leaves a slot
// whose take is not known: it is freed, and nothing is given back for it.
//
// A reservation is named by its slot and its generation. The slots in use are the first ones, so
// that who looks at all of them looks at few.
template <class M = Memory>
class ReservationSlots {
 public:
  using Word = typename M::Word;
  static constexpr uint32_t kMost = 65536;
  static constexpr uint64_t kAll = uint64_t{1} << 63;  // in `lowered`: nothing of it is known

  enum State : uint64_t { kFree, kTaking, kHeld, kSettling };
  struct Slot {
    alignas(16) Word state;  // generation << 2 | State
    Word owner;              // an attachment; 0 on the heap
    Word amount;             // tokens
    Word deadline;           // ns of the clock
    Word epoch, value;       // of its take (TokenBucket::Held)
    Word ticket;             // drawn before its take, kNone until then
    Word taken_by;           // as many tickets were drawn by the time that it had taken
    Word lowered, forgiven;  // key_marks.h
  };
  struct Reservation {
    uint64_t hash;
    int64_t amount;
    int64_t deadline;
    uint64_t owner;
  };

  static uint64_t bytes_for(uint32_t slots) {
    return sizeof(Head) + hashes_bytes(slots) + slots * sizeof(Slot);
  }
  // memory: bytes_for(slots), on a 64-byte boundary.
  ReservationSlots(void* memory, uint32_t slots) noexcept
      : head_(static_cast<Head*>(memory)),
        hashes_(reinterpret_cast<Word*>(head_ + 1)),
        slots_(reinterpret_cast<Slot*>(reinterpret_cast<char*>(hashes_) + hashes_bytes(slots))),
        room_(slots) {}

  uint64_t tickets() const noexcept { return head_->tickets.load(std::memory_order_seq_cst); }

  // A slot for a take that is about to be made; null where all are in use.
  Slot* claim(const Reservation& wanted) noexcept {
    for (uint32_t i = 0; i < room_; ++i) {
      Slot& slot = slots_[i];
      const uint64_t state = slot.state.load(std::memory_order_acquire);
      if (state_of(state) != kFree) continue;
      const uint64_t owner = slot.owner.load(std::memory_order_acquire);
      const uint64_t next = (generation_of(state) % kMostGeneration + 1) << 2 | kTaking;
      if (!M::swap_pair(&slot.state, state, owner, next, wanted.owner)) continue;
      raise_to(head_->used, i + 1);
      slot.ticket.store(kNone, std::memory_order_seq_cst);
      slot.amount.store(static_cast<uint64_t>(wanted.amount), std::memory_order_release);
      slot.deadline.store(static_cast<uint64_t>(wanted.deadline), std::memory_order_release);
      hashes_[i].store(wanted.hash, std::memory_order_seq_cst);
      slot.ticket.store(head_->tickets.fetch_add(1, std::memory_order_seq_cst),
                        std::memory_order_seq_cst);
      return &slot;
    }
    return nullptr;
  }
  // Once it has taken. Its name, above 0.
  int64_t hold(Slot& slot, uint64_t epoch, uint64_t value) noexcept {
    slot.epoch.store(epoch, std::memory_order_release);
    slot.value.store(value, std::memory_order_release);
    slot.taken_by.store(tickets(), std::memory_order_seq_cst);
    lower_to(head_->sweep_at, slot.deadline.load(std::memory_order_relaxed));
    const uint64_t generation = generation_of(slot.state.load(std::memory_order_acquire));
    move(slot, kTaking, kHeld);
    return static_cast<int64_t>(generation << kSlotBits | index_of(slot));
  }
  // Of a take that was refused, or of a reservation that has been settled.
  void free(Slot& slot) noexcept {
    slot.lowered.store(0, std::memory_order_seq_cst);
    slot.forgiven.store(0, std::memory_order_seq_cst);
    const uint64_t state = slot.state.load(std::memory_order_acquire);
    move(slot, state_of(state), kFree);
  }

  // Of the attachment that reserved: for it to settle. Null where it was settled before, was taken
  // back, or is another's.
  Slot* settling(int64_t id, uint64_t owner) noexcept {
    const auto bits = static_cast<uint64_t>(id);
    if (!is_name(id)) return nullptr;
    Slot& slot = slots_[bits & (kMost - 1)];
    const uint64_t held = bits >> kSlotBits << 2 | kHeld;
    return M::swap_pair(&slot.state, held, owner, held ^ kHeld ^ kSettling, owner) ? &slot
                                                                                   : nullptr;
  }
  bool is_name(int64_t id) const noexcept {
    return id > 0 && (static_cast<uint64_t>(id) & (kMost - 1)) < room_ && id >> kSlotBits != 0;
  }
  static bool is_due(const Slot& slot, int64_t now) noexcept {
    return slot.deadline.load(std::memory_order_acquire) <= static_cast<uint64_t>(now);
  }

  // f(slot) for those in use of that key, and of keys that may share its cell.
  template <class F>
  void each(uint64_t hash, F&& f) noexcept {
    for (uint32_t i = 0, end = used(); i < end; ++i) {
      if ((hashes_[i].load(std::memory_order_seq_cst) ^ hash) >> kVersionBits != 0) continue;
      if (state_of(slots_[i].state.load(std::memory_order_seq_cst)) != kFree) f(slots_[i]);
    }
  }
  // The bits of a hash in whose place a cell counts how often its value was lowered.
  static constexpr int kVersionBits = 16;

  // Whether it had taken before that ticket was drawn, for certain.
  static bool took_before(const Slot& slot, uint64_t ticket) noexcept {
    const uint64_t state = state_of(slot.state.load(std::memory_order_seq_cst));
    return (state == kHeld || state == kSettling) &&
           slot.taken_by.load(std::memory_order_seq_cst) <= ticket;
  }

  // Whether all are to be looked at, which is then the caller's to do.
  bool is_sweep_due(int64_t now, int64_t next) noexcept {
    uint64_t at = head_->sweep_at.load(std::memory_order_relaxed);
    const auto time = static_cast<uint64_t>(now), after = static_cast<uint64_t>(next);
    if (time < at && at <= after) return false;  // beyond `after`: nobody would have set it so
    return head_->sweep_at.compare_exchange_strong(at, after, std::memory_order_relaxed);
  }
  struct Swept {
    int64_t expired = 0, orphaned = 0;
    int64_t all() const noexcept { return expired + orphaned; }
  };
  // Frees what is past its deadline, and what an attachment holds that is_alive(attachment) denies.
  // settle(slot, hash) first gives back what is known of it.
  template <class Living, class Settle>
  Swept sweep(int64_t now, uint64_t owner, Living&& is_alive, Settle&& settle) noexcept {
    Swept swept;
    uint64_t soonest = std::numeric_limits<int64_t>::max();
    for (uint32_t i = 0, end = used(); i < end; ++i) {
      Slot& slot = slots_[i];
      const uint64_t state = slot.state.load(std::memory_order_acquire);
      if (state_of(state) == kFree) continue;
      const uint64_t holder = slot.owner.load(std::memory_order_acquire);
      const bool is_held = state_of(state) == kHeld, is_orphan = !is_alive(holder);
      const bool is_over = is_held && is_due(slot, now);
      if (!is_over && !is_orphan) {
        if (is_held) soonest = std::min(soonest, slot.deadline.load(std::memory_order_acquire));
        continue;
      }
      const uint64_t next = generation_of(state) << 2 | kSettling;
      if (!M::swap_pair(&slot.state, state, holder, next, owner)) continue;
      ++(is_orphan ? swept.orphaned : swept.expired);
      if (is_held) settle(slot, hashes_[i].load(std::memory_order_acquire));
      free(slot);
    }
    lower_to(head_->sweep_at, soonest);
    return swept;
  }
  // In a forked child, whose copy they are: what its parent reserved is past its time, what the
  // parent's other threads were at ends here.
  void end_all() noexcept {
    for (uint32_t i = 0, end = used(); i < end; ++i) {
      slots_[i].deadline.store(0, std::memory_order_relaxed);
      const uint64_t state = state_of(slots_[i].state.load(std::memory_order_relaxed));
      if (state == kTaking || state == kSettling) free(slots_[i]);
    }
    head_->sweep_at.store(0, std::memory_order_relaxed);
  }

  struct Out {
    int64_t reservations, amount;
  };
  Out out() const noexcept {
    uint64_t reservations = 0, amount = 0;  // of a damaged segment the sum may wrap
    for (uint32_t i = 0, end = used(); i < end; ++i) {
      if (state_of(slots_[i].state.load(std::memory_order_acquire)) != kHeld) continue;
      ++reservations;
      amount += slots_[i].amount.load(std::memory_order_acquire);
    }
    return {static_cast<int64_t>(reservations), static_cast<int64_t>(amount)};
  }
  // How many have been settled and so on: counted here, as a scope's processes share them.
  enum Count { kSettled, kLapsed, kExpired, kOrphaned, kCounts };
  void count(Count which, int64_t more = 1) noexcept {
    if (more > 0) {
      head_->counts[which].fetch_add(static_cast<uint64_t>(more), std::memory_order_relaxed);
    }
  }
  int64_t counted(Count which) const noexcept {
    return static_cast<int64_t>(head_->counts[which].load(std::memory_order_relaxed));
  }
  uint64_t hash_of(const Slot& slot) const noexcept {
    return hashes_[index_of(slot)].load(std::memory_order_acquire);
  }

 private:
  static constexpr int kSlotBits = 16;
  static constexpr uint64_t kMostGeneration = (uint64_t{1} << 46) - 1;
  static constexpr uint64_t kNone = ~uint64_t{0};

  struct alignas(64) Head {
    Word sweep_at;
    Word used;  // slots that ever were
    Word tickets;
    alignas(64) Word counts[kCounts];
  };
  static uint64_t hashes_bytes(uint32_t slots) { return (uint64_t{slots} * 8 + 63) / 64 * 64; }

  static uint64_t state_of(uint64_t word) noexcept { return word & 3; }
  static uint64_t generation_of(uint64_t word) noexcept { return word >> 2 & kMostGeneration; }
  uint32_t used() const noexcept {
    return static_cast<uint32_t>(
        std::min<uint64_t>(head_->used.load(std::memory_order_seq_cst), room_));
  }
  uint64_t index_of(const Slot& slot) const noexcept {
    return static_cast<uint64_t>(&slot - slots_);
  }
  // By who has it.
  void move(Slot& slot, uint64_t from, uint64_t to) noexcept {
    uint64_t state = slot.state.load(std::memory_order_acquire);
    if (state_of(state) != from) return;
    slot.state.compare_exchange_strong(state, (state ^ from) | to, std::memory_order_seq_cst);
  }

  Head* const head_;
  Word* const hashes_;
  Slot* const slots_;
  const uint32_t room_;
};

}  // namespace og
