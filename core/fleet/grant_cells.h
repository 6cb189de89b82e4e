// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/cell_table.h"
#include "core/base/double_word.h"
#include "core/base/time.h"

namespace og {

// What a machine holds of a limit that its fleet shares: tokens that were granted to it, one cell a
// key, for a while each. All workers of the machine spend them, without a lock or a network; one
// agent brings the grants.
//
// A cell's value is `until << 21 | gone`: the grant ends at `until`, in 2^16 ns since the table's
// start, and `gone` is how much less than kMostTokens is left of it. Spending makes `gone` greater,
// and a later grant has a later end, so that a value only grows, as the table's proof needs. One
// whose end has come is idle. A decision is one compare-and-swap:
//
//   value' = value + cost        passes while until > now and gone + cost <= kMostTokens
//
// A grant that comes while some of the last is left stands beside the cell, as a pair of words: the
// value that the cell will have, and the cell's tag. Who finds too little swaps it in. The value
// only grows, so a grant that was swapped in once is not again, and the tag keeps it from another
// key that has the cell by then. So it is no matter who swaps it in, or how often that is tried,
// and the tokens of each grant end at its own time.
//
// Nothing is owed. Who dies before its swap has taken nothing, after it the cost; a grant that does
// not arrive was charged by the server, and is lost. That errs on the side of the limit.
//
// put() is for one agent at a time. Two at once, one of which was stopped for a while and thought
// dead, lose a grant at worst.
template <class M = Memory>
class GrantCells {
 public:
  using Table = CellTable<M>;
  using Word = typename M::Word;

  static constexpr int kGoneBits = 21;
  static constexpr int kTickBits = 16;
  static constexpr uint64_t kMostTokens = (uint64_t{1} << kGoneBits) - 1;
  static constexpr uint64_t kMaxElapsed = uint64_t{1} << 58;  // 9.1 years of ns

  static uint64_t bytes_for(uint64_t keys) {
    return sizeof(Header) + Table::bytes_for(keys) + Table::cells_for(keys) * sizeof(Pair);
  }

  // memory: bytes_for(keys), zeroed or in use as the same, on a 64-byte boundary.
  GrantCells(void* memory, uint64_t keys, uint64_t seed)
      : GrantCells(&static_cast<Header*>(memory)->start, static_cast<Header*>(memory) + 1,
                   static_cast<char*>(memory) + sizeof(Header) + Table::bytes_for(keys), keys,
                   seed) {}
  // Its parts, where they lie apart: a word, the table, and kBytesBeside a cell.
  GrantCells(Word* start, void* table, void* beside, uint64_t keys, uint64_t seed)
      : start_(start), table_(table, keys, seed), pairs_(static_cast<Pair*>(beside)) {}

  uint64_t hash(std::string_view key) const noexcept { return table_.hash(key); }
  // Keys with a grant that has not ended. Reads the whole table.
  int64_t in_use(int64_t time) noexcept {
    return table_.in_use(tick(time) << kGoneBits | kMostTokens);
  }

  // Takes `cost` (at least 1) of what the machine holds at that time, or nothing.
  bool take(uint64_t hash, int64_t time, uint64_t cost) noexcept {
    const uint64_t now = tick(time);
    for (;;) {
      auto view = table_.find(hash);
      if (!view.cell || view.pending()) [[unlikely]]
        return false;
      if (left_at(view.value(), now) >= cost) [[likely]] {
        if (table_.swap_state(view, view.value() + cost)) return true;
      } else if (!bring_in(view, now)) {
        return false;
      }
    }
  }

  // What is left of the grant in use and of the one beside it.
  struct Held {
    uint64_t tokens = 0;
    uint64_t unspent = 0;     // the same with what has ended: only spending makes it less
    int64_t ends_at = 0;      // the later one's
    bool is_doubled = false;  // there is one beside it
  };
  Held held(uint64_t hash, int64_t time) noexcept {
    const uint64_t now = tick(time);
    auto view = table_.find(hash);
    if (!view.cell || view.pending()) return {};
    const uint64_t beside = beside_of(view);
    Held held{left_at(view.value(), now), left_of(view.value()), time_of(view.value()), false};
    if (beside > view.value()) {
      held.tokens += left_at(beside, now);
      held.unspent += left_of(beside);
      held.ends_at = time_of(beside);
      held.is_doubled = left_at(beside, now) > 0;
    }
    return held;
  }

  // Gives the key `tokens` until ends_at. False: there is no room for it, it has ended, or it ends
  // no later than one that is there; it is lost then.
  bool put(uint64_t hash, int64_t time, uint64_t tokens, int64_t ends_at) noexcept {
    const uint64_t now = tick(time);
    const uint64_t value =
        tick(ends_at) << kGoneBits | (kMostTokens - std::min(tokens, kMostTokens));
    while (left_at(value, now) > 0) {
      auto view = table_.find(hash);
      if (!view.cell || view.pending()) {
        const auto claimed =
            table_.claim(hash, now << kGoneBits | kMostTokens, now << kGoneBits | kMostTokens);
        if (!claimed.view.cell || table_.horizon() >= value) return false;
        if (claimed.view.pending() && table_.swap_state(claimed.view, value)) return true;
        continue;
      }
      if (value <= view.value()) return false;
      if (left_at(view.value(), now) > 0) return put_beside(view, value);
      if (table_.swap_state(view, value)) return true;
    }
    return false;
  }

  int64_t evictions() const noexcept { return table_.evictions(); }

 private:
  using View = typename Table::View;
  struct alignas(64) Header {
    Word start;
  };
  struct alignas(16) Pair {
    Word value;
    Word tag;
  };

 public:
  static constexpr uint64_t kBytesBeside = sizeof(Pair);

 private:
  static uint64_t left_of(uint64_t value) noexcept { return kMostTokens - (value & kMostTokens); }
  static uint64_t left_at(uint64_t value, uint64_t now) noexcept {
    return value >> kGoneBits > now ? left_of(value) : 0;
  }
  // Rounded down: a grant ends early by less than a tick.
  uint64_t tick(int64_t time) noexcept {
    uint64_t start = start_->load(std::memory_order_acquire);
    const auto present = static_cast<uint64_t>(from_zero(time));
    if (start == 0) [[unlikely]] {
      if (start_->compare_exchange_strong(start, present + 1, std::memory_order_seq_cst))
        start = present + 1;
    }
    const uint64_t elapsed = present + 1 > start ? present + 1 - start : 0;
    return std::min(elapsed, kMaxElapsed) >> kTickBits;
  }
  int64_t time_of(uint64_t value) noexcept {
    const uint64_t start = start_->load(std::memory_order_acquire);
    return later(static_cast<int64_t>(start - 1),
                 static_cast<int64_t>(value >> kGoneBits << kTickBits));
  }

  Pair& pair_of(const View& view) const noexcept { return pairs_[table_.index(view)]; }
  // The value that stands beside the cell for the key that has it; 0 where none does.
  uint64_t beside_of(const View& view) noexcept {
    Pair& pair = pair_of(view);
    for (;;) {
      const uint64_t value = pair.value.load(std::memory_order_seq_cst);
      const uint64_t tag = pair.tag.load(std::memory_order_seq_cst);
      if (pair.value.load(std::memory_order_seq_cst) == value) return tag == view.tag ? value : 0;
    }
  }
  // False: there is none to bring in.
  bool bring_in(const View& view, uint64_t now) noexcept {
    const uint64_t beside = beside_of(view);
    if (beside <= view.value() || left_at(beside, now) == 0) return false;
    table_.swap_state(view, beside);  // or another did
    return true;
  }
  bool put_beside(const View& view, uint64_t value) noexcept {
    Pair& pair = pair_of(view);
    const uint64_t last = pair.value.load(std::memory_order_seq_cst);
    const uint64_t tag = pair.tag.load(std::memory_order_seq_cst);
    return M::swap_pair(&pair.value, last, tag, value, view.tag);
  }

  Word* const start_;  // ns of the first time seen, and 1; 0 before
  Table table_;
  Pair* const pairs_;
};

}  // namespace og
