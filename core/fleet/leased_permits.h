// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/scope/permit_table.h"

namespace og {

// The permits of one machine, of a limit on calls in flight that its fleet shares: no more of them
// are out than its agent allows, and none is given at or after a time that the agent sets.
//
// The permits lie in a table whose size stands beside it, with the end of its time, in a pair of
// words that are moved as one:
//
//   lease     its agent in 29 bits | granted or not | the size in 17 | what is allowed in 17
//   ends_at   when the table has no more permits to give
//
// Whoever takes a permit reads the size, claims a slot below it, and reads the size again: where it
// is no longer above the slot, the slot is given back and the call is not let in.
//
// The bound. To be allowed `n` is a size so that size + what is out in slots from there on <= n.
// Permits that were given before the table shrank stay in those slots, and count; they only become
// fewer, so the size may grow again as they end, and never needs to wait for one that does not.
//
// To allow less, the agent writes the smaller size and then counts what is out beyond it. A call
// that claimed a slot there before it was counted is counted; one that claims it later reads the
// smaller size when it looks again, and is not let in (Dekker's argument: all four accesses are
// sequentially consistent). What was counted may be of a call that is not let in: that errs low.
// Where it is more than was allowed, the size falls further. So when allow() returns, no more are
// in flight than it was given, or those that were already, and it says how many. Only then the
// server is told, and may give the rest to others.
//
// One agent writes. It has a number, of which begin() makes a greater one each time: an agent that
// was stopped, thought dead, and goes on finds another's number in the word, in the same
// instruction that would write. It has then changed nothing, and must ask for nothing.
//
// The time is read before the slot is claimed. Who is stopped in between for longer than the lease
// is as one whose call goes on for longer than that.
//
// tests/sim/leased_permits_test.cpp runs the interleavings, with an agent that dies at each step.
template <class M = Memory>
class LeasedPermits {
 public:
  using Word = typename M::Word;
  using Table = PermitTable<M>;
  using Claimant = typename Table::Claimant;

  // Zeroed: nothing is allowed.
  struct alignas(16) Words {
    Word lease;
    Word ends_at;
  };

  LeasedPermits(Words& words, Table& table) : words_(&words), table_(&table) {}

  // ---- for who calls ----

  // A permit of slots that are there at that time; 0 when there is none. claimant.size is not read.
  typename Table::Taken take(Claimant claimant, int64_t now) noexcept {
    typename Table::Taken taken;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      claimant.size = size_at(now);
      if (claimant.size == 0) break;
      taken = table_->take(claimant, [this, now](const Table&) { return size_at(now); });
      if (!taken.permit || Table::slot_of(taken.permit) < size_at(now)) break;
      table_->give_back(taken.permit, claimant.attachment, claimant.now);
      taken.permit = 0;
    }
    return taken;
  }

  // ---- for the agent ----

  // What may be out: by the server's grant, or by what a machine may do without it.
  struct Allowance {
    int64_t permits = 0;
    int64_t ends_at = 0;
    bool is_granted = true;
  };

  // A number for who is the agent now, and what the last one allowed.
  struct Begun {
    uint64_t agent = 0;
    Allowance left;
  };
  Begun begin() noexcept {
    for (;;) {
      const Seen seen = read();
      const Seen mine{seen.lease + (uint64_t{1} << kAgentAt), seen.ends_at};
      if (!swap(seen, mine)) continue;
      return {mine.lease >> kAgentAt,
              {static_cast<int64_t>(seen.lease & kMask), static_cast<int64_t>(seen.ends_at),
               (seen.lease & kGranted) != 0}};
    }
  }

  static constexpr int64_t kTakenOver = -1;
  // From now on no call is let in that would make more than `permits`, nor at `ends_at` or later.
  // How many are in flight, counted when that holds; kTakenOver where there is another agent.
  // time: by which permits are judged.
  int64_t allow(uint64_t agent, const Allowance& allowance, int64_t time) noexcept {
    const int64_t permits = std::clamp<int64_t>(allowance.permits, 0, Table::kMostSlots);
    const auto ends_at = static_cast<uint64_t>(std::max<int64_t>(allowance.ends_at, 0));
    const uint64_t by = agent << kAgentAt | (allowance.is_granted ? kGranted : 0);
    for (;;) {
      const Seen seen = read();
      if (seen.lease >> kAgentAt != agent) return kTakenOver;
      const uint32_t size = table_->size_for(permits, time), before = size_of(seen.lease);
      if (size > before) table_->reach(size);
      const Seen wanted{by | uint64_t{size} << kSizeAt | static_cast<uint64_t>(permits), ends_at};
      const bool is_new = seen.lease != wanted.lease || seen.ends_at != wanted.ends_at;
      if (is_new && !swap(seen, wanted)) continue;
      if (size > before) table_->show_room(size);
      if (size == 0 || size + table_->held_from(size, time) <= permits)
        return table_->held_from(0, time);
    }
  }

  // ---- as it is ----

  // Also after its time.
  int64_t allowed() const noexcept {
    return static_cast<int64_t>(words_->lease.load(std::memory_order_seq_cst) & kMask);
  }
  int64_t allowed_at(int64_t now) const noexcept { return has_ended(now) ? 0 : allowed(); }
  uint32_t size_at(int64_t now) const noexcept {
    if (has_ended(now)) return 0;
    return std::min(size_of(words_->lease.load(std::memory_order_seq_cst)), table_->room());
  }

 private:
  // Read before the size: what is written later ends later, or has no size.
  bool has_ended(int64_t now) const noexcept {
    return static_cast<uint64_t>(std::max<int64_t>(now, 0)) >=
           words_->ends_at.load(std::memory_order_seq_cst);
  }

  static constexpr int kSizeAt = 17, kGrantedAt = 34, kAgentAt = 35;
  static constexpr uint64_t kMask = (uint64_t{1} << kSizeAt) - 1;
  static constexpr uint64_t kGranted = uint64_t{1} << kGrantedAt;
  static constexpr int kAttempts = 4;

  struct Seen {
    uint64_t lease, ends_at;
  };
  static uint32_t size_of(uint64_t lease) noexcept {
    return static_cast<uint32_t>(lease >> kSizeAt & kMask);
  }
  // Of two moments perhaps: then the swap fails.
  Seen read() const noexcept {
    const uint64_t lease = words_->lease.load(std::memory_order_seq_cst);
    return {lease, words_->ends_at.load(std::memory_order_seq_cst)};
  }
  bool swap(const Seen& seen, const Seen& wanted) noexcept {
    return M::swap_pair(&words_->lease, seen.lease, seen.ends_at, wanted.lease, wanted.ends_at);
  }

  Words* words_;
  Table* table_;
};

}  // namespace og
