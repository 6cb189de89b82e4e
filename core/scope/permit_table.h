// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "core/scope/permit_slot.h"
#include "core/scope/segment_layout.h"

namespace og {

// So many permits and no more: a slot for each, in memory that it is given (zeroed, or in use as
// the same table), which may be a segment mapped by several processes, any of which may be killed
// at any instruction.
//
// Who holds a slot has a permit; there is nothing else to keep in step. To find a free one, a
// caller begins where its thread is used to begin and reads on, so that threads seldom meet on a
// line. So that a full table is known as such without a look at every slot, slots are in groups of
// 64, and a bit a group tells that it is full:
//
//   to take      a group without a free slot: set its bit, scan again, go to the next whose bit is
//                clear
//   to return    free the slot, then clear the group's bit where it is set
//
// Either the one who takes sees the freed slot when it scans again, or the one who returns sees the
// bit (Dekker's argument; all four accesses are sequentially consistent). The bit is set only after
// two scans that saw the same holders, so there was a moment at which all slots were held: in a
// table of one group nobody is refused while there are no more callers than permits.
//
// A set bit is no promise. A process may die after it freed a slot and before it cleared the bit,
// and slots are freed by time alone and by their holders' death. So who finds all bits set and
// sweep_at past scans all slots, and clears the bits of groups that have room. No permit ends
// before sweep_at: it is at most the soonest deadline that the last sweep saw, and at most the life
// of a permit from then. tests/core/permit_table_test.cpp runs the interleavings, with deaths at
// every step.
template <class M = Memory>
class PermitTable {
 public:
  using Word = typename M::Word;
  using Slot = PermitSlot<M>;
  using View = typename Slot::View;

  static constexpr uint32_t kMostSlots = 65536;
  static uint64_t bytes_for(uint32_t slots) {
    return sizeof(Head) + in_whole_lines(slots) * sizeof(Slot);
  }
  // The most slots that a table in so many bytes can have.
  static uint32_t slots_in(uint64_t bytes) {
    const uint64_t room = bytes < sizeof(Head) ? 0 : (bytes - sizeof(Head)) / sizeof(Slot);
    return static_cast<uint32_t>(std::min<uint64_t>(room, kMostSlots));
  }

  // The most slots of the table that lies in so many bytes, which may be more than it has.
  static uint32_t room_of(const void* memory, uint64_t bytes) noexcept {
    const uint32_t kept = static_cast<const Head*>(memory)->room.load(std::memory_order_relaxed);
    return kept == 0 ? slots_in(bytes) : std::min(kept, slots_in(bytes));
  }

  // room: the most slots that the memory has. A new table has no slots.
  PermitTable(void* memory, uint32_t room) noexcept
      : head_(static_cast<Head*>(memory)),
        slots_(reinterpret_cast<Slot*>(head_ + 1)),
        room_(room) {}

  uint32_t room() const noexcept { return room_; }
  uint32_t size() const noexcept {
    return std::min(head_->size.load(std::memory_order_seq_cst), room_);
  }
  // Up to the room, by one at a time. Of fewer slots than before, the permits in the others stay
  // with their holders. Who found a group full while it was smaller set its bit before it looks at
  // the size again, which is moved before the bits are cleared: so no bit stays set over slots that
  // came with the growth.
  void resize(uint32_t slots) noexcept {
    head_->size.store(slots, std::memory_order_seq_cst);
    head_->most.store(std::max(head_->most.load(std::memory_order_relaxed), slots));
    show_room(slots);
  }
  // Clears the bits of the groups with those slots.
  void show_room(uint32_t slots) noexcept {
    for (uint32_t group = 0; group * kGroup < slots; ++group) clear_full(group);
  }
  // Of a new table: notes how many slots it has room for, so that what a later release puts behind
  // them is not taken for slots.
  void keep_room() noexcept { head_->room.store(room_, std::memory_order_relaxed); }
  // A word of the owner's, on a line that is read with each permit; 0 at first.
  std::atomic<int64_t>& owner_word() noexcept { return head_->owner; }

  // A permit, named by its slot, its tag and the low bits of its deadline; 0 when there is none.
  struct Taken {
    int64_t permit = 0;
    bool was_expired = false;  // the slot's last holder ran out of time
  };
  struct Claimant {
    uint32_t start;  // the slot to begin with
    uint64_t attachment;
    int64_t now;
    uint64_t deadline_ms;
    uint32_t size;  // the table's, read once
  };
  Taken take(const Claimant& claimant) noexcept { return take(claimant, OwnSize()); }
  // Of a table whose size stands elsewhere, as size_now(table) reads it.
  template <class F>
  Taken take(const Claimant& claimant, F size_now) noexcept;
  static uint32_t slot_of(int64_t permit) noexcept {
    return static_cast<uint32_t>(static_cast<uint64_t>(permit) >> kPermitDeadlineBits) &
           (kMostSlots - 1);
  }

  enum class Return { kOk, kExpired, kLapsed, kInvalid };
  // kExpired: it stood until now, and is taken back.
  Return give_back(int64_t permit, uint64_t attachment, int64_t now) noexcept;

  // Whether all slots are to be looked at, which is then the caller's to do.
  bool is_sweep_due(int64_t now, int64_t next) noexcept {
    uint64_t at = head_->sweep_at.load(std::memory_order_relaxed);
    const auto time = static_cast<uint64_t>(now), after = static_cast<uint64_t>(next);
    if (time < at && at <= after) return false;  // beyond `after`: nobody would have set it so
    return head_->sweep_at.compare_exchange_strong(at, after, std::memory_order_relaxed);
  }

  struct Swept {
    int64_t held = 0, expired = 0, orphaned = 0;
  };
  // Takes back what is past its deadline, and what an attachment holds that is_alive(attachment)
  // denies.
  template <class F>
  Swept sweep(int64_t now, F&& is_alive) noexcept;

  // ---- of a table whose size stands elsewhere ----

  // Before its size is so many, by whoever makes it so.
  void reach(uint32_t slots) noexcept {
    uint32_t most = head_->most.load(std::memory_order_seq_cst);
    while (most < slots &&
           !head_->most.compare_exchange_weak(most, slots, std::memory_order_seq_cst)) {
    }
  }
  // How many permits are out from that slot on.
  int64_t held_from(uint32_t slot, int64_t now) const noexcept {
    int64_t held = 0;
    for (uint32_t i = slot, end = most(); i < end; ++i) held += !slots_[i].read().is_free(now);
    return held;
  }
  // The greatest size with which no more than `permits` can be out, those counted that are out in
  // slots beyond it. While the size is no greater, others can only make room.
  uint32_t size_for(int64_t permits, int64_t now) const noexcept {
    uint32_t size = most();
    if (permits >= size) return static_cast<uint32_t>(std::min<int64_t>(permits, room_));
    for (int64_t behind = 0; size > 0 && size + behind > permits; --size)
      behind += !slots_[size - 1].read().is_free(now);
    return size;
  }

  // What no call leaves behind, whoever died in it. attachments: the segment's.
  std::vector<std::string> faults(uint32_t attachments) const;

 private:
  static constexpr uint32_t kGroup = 64;
  static constexpr uint64_t in_whole_lines(uint32_t slots) { return (uint64_t{slots} + 3) / 4 * 4; }
  static constexpr int kSlotBits = 16, kPermitDeadlineBits = 21;
  static constexpr uint64_t kPermitDeadlineMask = (uint64_t{1} << kPermitDeadlineBits) - 1;

  struct alignas(64) Head {
    Word sweep_at;
    std::atomic<uint32_t> size;  // slots that are given out
    std::atomic<uint32_t> most;  // slots that ever were
    std::atomic<int64_t> owner;
    std::atomic<uint32_t> room;  // 0: not known
    alignas(64) Word full[kMostSlots / kGroup / 64];
  };

  static int64_t permit_of(uint32_t slot, uint64_t tag, uint64_t deadline_ms) noexcept {
    return static_cast<int64_t>((tag << kSlotBits | slot) << kPermitDeadlineBits |
                                (deadline_ms & kPermitDeadlineMask));
  }

  // The first group in [from, end) whose bit is clear, or end.
  uint32_t next_open(uint32_t from, uint32_t end) const noexcept {
    while (from < end) {
      const uint64_t open = ~head_->full[from / 64].load(std::memory_order_seq_cst) >> from % 64;
      if (open) return std::min(from + static_cast<uint32_t>(std::countr_zero(open)), end);
      from = (from / 64 + 1) * 64;
    }
    return end;
  }
  void set_full(uint32_t group) noexcept {
    head_->full[group / 64].fetch_or(uint64_t{1} << group % 64, std::memory_order_seq_cst);
  }
  void clear_full(uint32_t group) noexcept {
    Word& word = head_->full[group / 64];
    const uint64_t bit = uint64_t{1} << group % 64;
    if (word.load(std::memory_order_seq_cst) & bit) word.fetch_and(~bit, std::memory_order_seq_cst);
  }

  struct OwnSize {
    uint32_t operator()(const PermitTable& table) const noexcept { return table.size(); }
  };

  // What one scan of some slots found: a permit, or else the sum of the tags, which tells whether
  // another scan saw the same holders.
  struct Scan {
    Taken taken;
    uint64_t tags = 0;
  };
  Scan scan(uint32_t from, uint32_t end, const Claimant& claimant) noexcept;
  Scan scan(uint32_t group, const Claimant& claimant) noexcept;
  template <class F>
  Taken take_from_group(uint32_t group, const Claimant& claimant, F size_now) noexcept;
  static constexpr int kAttempts = 16;  // at what others change meanwhile

  Head* head_;
  Slot* slots_;
  uint32_t room_;

  uint32_t most() const noexcept {
    return std::min(head_->most.load(std::memory_order_relaxed), room_);
  }
};

template <class M>
template <class F>
typename PermitTable<M>::Taken PermitTable<M>::take(const Claimant& claimant, F size_now) noexcept {
  const uint32_t home = claimant.start / kGroup, groups = (claimant.size + kGroup - 1) / kGroup;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool all_full = true;
    for (uint32_t i = next_open(home, groups); i < groups; i = next_open(i + 1, groups)) {
      if (Taken taken = take_from_group(i, claimant, size_now); taken.permit) [[likely]]
        return taken;
      all_full = false;
    }
    for (uint32_t i = next_open(0, home); i < home; i = next_open(i + 1, home)) {
      if (Taken taken = take_from_group(i, claimant, size_now); taken.permit) return taken;
      all_full = false;
    }
    if (all_full) break;
  }
  return {};
}

template <class M>
template <class F>
typename PermitTable<M>::Taken PermitTable<M>::take_from_group(uint32_t group,
                                                               const Claimant& claimant,
                                                               F size_now) noexcept {
  Scan seen = scan(group, claimant);
  if (seen.taken.permit) [[likely]]
    return seen.taken;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Scan again = scan(group, claimant);
    if (again.taken.permit) return again.taken;
    if (again.tags == seen.tags) break;
    seen = again;
  }
  set_full(group);
  Claimant last = claimant;
  last.size = size_now(*this);
  const Taken late = scan(group, last).taken;
  if (late.permit) clear_full(group);
  return late;
}

template <class M>
typename PermitTable<M>::Scan PermitTable<M>::scan(uint32_t group,
                                                   const Claimant& claimant) noexcept {
  const uint32_t begin = group * kGroup, end = std::clamp(claimant.size, begin, begin + kGroup);
  const uint32_t middle = claimant.start / kGroup == group ? std::min(claimant.start, end) : begin;
  Scan seen = scan(middle, end, claimant);
  if (seen.taken.permit) [[likely]]
    return seen;
  const Scan rest = scan(begin, middle, claimant);
  return {rest.taken, seen.tags + rest.tags};
}

template <class M>
typename PermitTable<M>::Scan PermitTable<M>::scan(uint32_t from, uint32_t end,
                                                   const Claimant& claimant) noexcept {
  Scan found;
  for (uint32_t i = from; i < end; ++i) {
    View seen = slots_[i].read();
    while (seen.is_free(claimant.now)) {
      const uint64_t tag = seen.tag() % Slot::kMostTag + 1;
      if (slots_[i].claim(seen, tag, claimant.deadline_ms, claimant.attachment)) [[likely]] {
        return {{permit_of(i, tag, claimant.deadline_ms), !seen.was_returned()}};
      }
      seen = slots_[i].read();  // another was faster
    }
    found.tags += seen.tag();
  }
  return found;
}

template <class M>
typename PermitTable<M>::Return PermitTable<M>::give_back(int64_t permit, uint64_t attachment,
                                                          int64_t now) noexcept {
  const auto bits = static_cast<uint64_t>(permit);
  const uint32_t index = slot_of(permit);
  const uint64_t tag = bits >> (kPermitDeadlineBits + kSlotBits);
  if (permit <= 0 || index >= room_ || tag == 0) return Return::kInvalid;
  const View seen = slots_[index].read();
  if (seen.was_returned() || seen.attachment() != (attachment & Slot::kAttachmentMask) ||
      permit_of(index, seen.tag(), seen.deadline_ms()) != permit ||
      !slots_[index].give_back(seen)) {
    return Return::kLapsed;
  }
  clear_full(index / kGroup);
  return seen.is_free(now) ? Return::kExpired : Return::kOk;
}

template <class M>
std::vector<std::string> PermitTable<M>::faults(uint32_t attachments) const {
  std::vector<std::string> faults;
  for (uint64_t i = 0; i < room_; ++i) {
    const View seen = slots_[i].read();
    if (seen.was_returned()) continue;
    const std::string permit =
        "has permit " + std::to_string(i) + " of " + std::to_string(most()) + " out";
    if (i >= most())
      faults.push_back(permit);
    else if (seen.tag() == 0)
      faults.push_back(permit + ", which was never given");
    else if (owner_index(seen.attachment()) >= attachments)
      faults.push_back(permit + " to nobody");
  }
  for (uint32_t i = (most() + kGroup - 1) / kGroup; i < kMostSlots / kGroup; ++i) {
    const bool full = head_->full[i / 64].load(std::memory_order_acquire) >> i % 64 & 1;
    if (full) faults.push_back("has no group " + std::to_string(i) + " of permits, which is full");
  }
  return faults;
}

template <class M>
template <class F>
typename PermitTable<M>::Swept PermitTable<M>::sweep(int64_t now, F&& is_alive) noexcept {
  Swept swept;
  uint64_t soonest = Slot::kLastDeadline;
  for (uint32_t i = 0, end = most(); i < end; ++i) {
    const View seen = slots_[i].read();
    const bool is_held = !seen.is_free(now), is_orphan = is_held && !is_alive(seen.attachment());
    if (is_held && !is_orphan) {
      ++swept.held;
      soonest = std::min(soonest, seen.deadline_ms());
      continue;
    }
    if (!seen.was_returned() && slots_[i].give_back(seen)) {
      ++(is_orphan ? swept.orphaned : swept.expired);
    }
    clear_full(i / kGroup);
  }
  // Only ever sooner: who dies before this leaves a sweep that is late, not one that never comes.
  lower_to(head_->sweep_at, soonest * 1'000'000);
  return swept;
}

}  // namespace og
