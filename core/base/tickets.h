// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/status.h"
#include "core/base/time.h"

namespace og {

// Calls in flight, each held by a ticket that counts once whatever becomes of its holder.
//
// A plain counter leaks: a caller that crashes, or forgets one path out, leaves its server looking
// busier for ever, and one that returns twice makes it look idle. Here a call is a slot of a fixed
// table, and its ticket names the slot and the slot's generation. Returning takes the slot by
// compare-and-swap on that generation, so only the first return finds it. A ticket past its
// deadline is taken back the same way, by whoever next takes or returns one: the table keeps a time
// before which no deadline can pass, so this costs one comparison until something may really have
// expired.
//
// Free slots are a stack (Treiber 1986) whose head carries a version against reuse between load and
// swap. Safe from every thread, lock-free, allocates when made only.
class Tickets {
 public:
  static constexpr int64_t kMaxCapacity = int64_t{1} << 20;

  // deadline_ns of 0: tickets do not expire.
  Tickets(int64_t capacity, int64_t deadline_ns);

  // A ticket (> 0) for a call to `owner`, or Status::kFull as its number.
  int64_t take(int32_t owner, int64_t now) noexcept;

  // take() for a call that is counted at its owner too. Counted first: another thread may take the
  // ticket back, and uncount it, as soon as it stands.
  template <class Count, class Uncount>
  int64_t take_counted(int32_t owner, int64_t now, Count&& count, Uncount&& uncount) noexcept {
    count();
    const int64_t ticket = take(owner, now);
    if (ticket < 0) uncount();
    return ticket;
  }

  // take() in two steps, for a caller who keeps more of each call in an array beside the slots:
  // what he writes between the two is seen by whoever takes the ticket back.
  int64_t reserve() noexcept;  // a slot's index, or -1
  int64_t publish(int64_t index, int32_t owner, int64_t now) noexcept;

  struct Held {
    int32_t owner = 0;
    int64_t since = 0;
  };
  // True, and who held it, when the ticket stood; false for one returned, expired or never given.
  bool give_back(int64_t ticket, int64_t now, Held* held) noexcept;

  // give_back() in two steps: the slot is the caller's until recycled.
  bool seize(int64_t ticket, int64_t now, Held* held) noexcept;
  void recycle(int64_t index) noexcept { push_free(static_cast<uint32_t>(index)); }

  // All tickets lapse and all slots are free. For a forked child, whose calls they are not: nobody
  // else uses the table, and whatever another thread of the parent was at is undone.
  void forget() noexcept;

  // Whether the ticket has neither been returned nor been taken back.
  bool is_out(int64_t ticket) const noexcept;
  static int64_t slot_of(int64_t ticket) noexcept { return ticket & kSlotMask; }

  // Takes back what has expired and calls on_expired(owner) for each, while its slot is still held.
  template <class F>
  void expire(int64_t now, F&& on_expired) noexcept {
    if (now < next_expiry_.load(std::memory_order_relaxed)) [[likely]]
      return;
    if (expiring_.test_and_set(std::memory_order_acquire)) return;  // somebody is at it
    next_expiry_.store(kEndOfTime, std::memory_order_relaxed);  // tickets given meanwhile lower it
    // One given just now may have seen the old bound and yet be missed below: its time comes by
    // then.
    int64_t soonest = later(now, deadline_ns_);
    for (uint32_t i = 0; i < used_.load(std::memory_order_acquire); ++i) {
      int32_t owner;
      if (!expire_slot(i, now, &soonest, &owner)) continue;
      on_expired(owner);
      recycle(i);
    }
    expire_by(soonest);
    expiring_.clear(std::memory_order_release);
  }

  // Takes all back: nobody else uses the table any more.
  template <class F>
  void take_back_all(F&& on_taken) noexcept {
    for (uint32_t i = 0; i < used_.load(std::memory_order_acquire); ++i) {
      if ((slots_[i].word.load(std::memory_order_acquire) & 1) == 0) continue;
      slots_[i].word.fetch_and(~uint64_t{1}, std::memory_order_acq_rel);
      on_taken(slots_[i].owner.load(std::memory_order_relaxed));
    }
  }

  bool timed() const noexcept { return deadline_ns_ > 0; }
  int64_t capacity() const noexcept { return capacity_; }
  int64_t used() const noexcept {
    return used_.load(std::memory_order_relaxed);
  }  // slots ever held

 private:
  struct Slot {
    std::atomic<uint64_t> word{0};  // generation and, in the lowest bit, whether it is held
    std::atomic<int64_t> since{0};
    std::atomic<int32_t> owner{0};
    std::atomic<uint32_t> next{0};  // the free slot below, plus one
  };

  // A ticket: generation in 43 bits, slot in 20.
  static constexpr int kSlotBits = 20;
  static constexpr int64_t kSlotMask = (int64_t{1} << kSlotBits) - 1;

  void expire_by(int64_t due) noexcept {
    int64_t next = next_expiry_.load(std::memory_order_relaxed);
    while (due < next &&
           !next_expiry_.compare_exchange_weak(next, due, std::memory_order_relaxed)) {
    }
  }
  bool expire_slot(uint32_t index, int64_t now, int64_t* soonest, int32_t* owner) noexcept;
  void push_free(uint32_t index) noexcept;

  const int64_t capacity_;
  const int64_t deadline_ns_;
  std::unique_ptr<Slot[]> slots_;
  alignas(64) std::atomic<uint64_t> free_{0};  // version in the upper half, slot plus one below
  std::atomic<uint32_t> used_{0};              // slots that were ever held
  alignas(64) std::atomic<int64_t> next_expiry_{kEndOfTime};
  std::atomic_flag expiring_ = ATOMIC_FLAG_INIT;
};

}  // namespace og
