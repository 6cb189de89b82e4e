// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/double_word.h"
#include "core/base/hash.h"

namespace og {

template <class M>
class CellTableFaults;

// A table of cells by key, of fixed size: lock-free, without pointers, and such that no key ever
// has two cells in use. It lies in memory that it is given (zeroed), which may be a segment mapped
// by several processes, any of which may be killed at any instruction.
//
// A cell is two adjacent words:
//
//   tag    the key's hash; low bits may be the owner's own (tag_mask tells). 0: never used
//   state  value << 1 | pending
//
// The value is the owner's, and grows while a key keeps its cell. A cell whose value is idle,
// at or under the caller's idle line, holds nothing worth keeping (a bucket that is full again, a
// window that is empty) and only such cells are given to other keys. A pending cell holds a ticket
// in place of a value: the number of the claim, never given twice.
//
// A key lives within kWindow cells from its home. Cells never become never-used again and a new key
// takes the first never-used one before any other, so a search may end there.
//
// To look up: find the tag, read the state, read the tag again, and compare-and-swap the state
// alone. The state stands for the whole cell because a value does not come back: before a cell is
// taken from a key, the horizon is raised to the present, and a new key's value starts beyond the
// horizon. The horizon also keeps a caller whose time is old from being granted, as a fresh start,
// what the evicted cell would still have refused.
//
// With an owner that lowers values or frees cells they may come back, and it swaps tag and state as
// one (swap), or says what becomes of the rest.
//
// To insert K: swap tag and state of a cell, as one, to (K, ticket, pending); then scan the window.
//   - K is live elsewhere: give up the pending cell, use that one.
//   - K is pending in several cells: the lowest stays, the others are given up, by whoever sees
//     them.
//   - Only one is left, and it was there before this scan began: it is K's. Swapping its state from
//     the ticket to a value makes it live.
// Why no two become live: let i and j be claimed for K at times ci and cj, and let X make i live
// and Y make j live. X's scan began after ci; it read j before cj, for otherwise it would have
// given up j (or, were j lower or live, i), and a ticket given up can be made live by nobody. So ci
// < cj; by the same words about Y, cj < ci. Anybody may finish or give up anybody's claim, so one
// that died halfway is in nobody's way: another caller of K makes its cell live, a caller of
// another key takes it when the window has no other. tests/core/cell_table_test.cpp runs the
// interleavings, with deaths at every step.
//
// Cost: a hit is one cache line; a miss reads up to the first never-used cell, at most kWindow.
template <class M = Memory>
class CellTable {
 public:
  using Word = typename M::Word;
  struct Cell {
    alignas(16) Word tag;
    Word state;
  };
  // Tag and state as they stood at one moment.
  struct View {
    Cell* cell = nullptr;
    uint64_t tag = 0;
    uint64_t state = 0;
    bool pending() const { return state & 1; }
    uint64_t value() const { return state >> 1; }
  };
  struct Claimed {
    View view;             // pending: the caller's to make live. Live: the key was there after all
    uint64_t soonest = 0;  // no cell (view.cell is null): the lowest rank in the window
  };

  // Which values are idle: up to the line; with an owner whose values are of an older kind below
  // `from`, of those the ones up to `older`.
  struct Idle {
    uint64_t line;
    uint64_t from = 0;
    uint64_t older = 0;
    Idle(uint64_t up_to) : line(up_to) {}
    Idle(uint64_t up_to, uint64_t newer_from, uint64_t older_up_to)
        : line(up_to), from(newer_from), older(older_up_to) {}
    bool holds(uint64_t value) const noexcept {
      return value <= line && (value >= from || value <= older);
    }

    // What a search asks of it. An owner whose values count by what the low bits of their tags say
    // has an idle of its own, which answers these.
    bool holds(const View& view) const noexcept { return holds(view.value()); }
    uint64_t rank(const View& view) const noexcept { return view.value(); }  // who is idle sooner
    uint64_t soon() const noexcept { return line + 1; }  // the rank of who is so next
  };

  static constexpr uint64_t kWindow = 32;

  // Room for `keys` at half load.
  static uint64_t cells_for(uint64_t keys) { return 2 * keys + kWindow; }
  static uint64_t bytes_for(uint64_t keys) {
    return sizeof(Header) + cells_for(keys) * sizeof(Cell);
  }

  // memory: bytes_for(keys), zeroed or in use as the same table, on a 64-byte boundary.
  CellTable(void* memory, uint64_t keys, uint64_t seed, uint64_t tag_mask = ~uint64_t{0})
      : header_(static_cast<Header*>(memory)),
        cells_(reinterpret_cast<Cell*>(header_ + 1)),
        homes_(2 * keys),
        seed_(seed),
        tag_mask_(tag_mask),
        free_(tag_mask & -tag_mask) {}

  uint64_t hash(std::string_view key) const noexcept { return hash64(key, seed_); }
  void prefetch(uint64_t hash) const noexcept { __builtin_prefetch(home(hash), 1); }

  // The first cell with the key's tag, live or pending; view.cell is null when there is none. Part
  // of each decision: out of line, what it gives would go through memory.
  [[gnu::always_inline]] View find(uint64_t hash) noexcept {
    const uint64_t wanted = tag_of(hash);
    Cell* cell = home(hash);
    for (Cell* end = cell + kWindow; cell != end; ++cell) {
      uint64_t tag = cell->tag.load(std::memory_order_acquire) & tag_mask_;
      if (tag == wanted) [[likely]] {
        View view = read(cell);
        if ((view.tag & tag_mask_) == wanted) return view;
      } else if (tag == kUnused) {
        break;
      }
    }
    return {};
  }

  // For a key that find() did not see, or saw pending. `present` is what the horizon is raised to
  // when an idle cell is taken.
  template <class I>
  Claimed claim(uint64_t hash, const I& idle, uint64_t present) noexcept;
  Claimed claim(uint64_t hash, uint64_t line, uint64_t present) noexcept {
    return claim(hash, Idle(line), present);
  }

  // Whether claim() has no cell for a key that find() did not see, taking none: 0, or the lowest
  // rank in the window.
  uint64_t crowded(uint64_t hash, uint64_t line) noexcept { return crowded(hash, Idle(line)); }
  template <class I>
  uint64_t crowded(uint64_t hash, const I& idle) noexcept {
    const uint64_t wanted = tag_of(hash);
    uint64_t soonest = ~uint64_t{0} >> 1;
    Cell* cell = home(hash);
    for (Cell* end = cell + kWindow; cell != end; ++cell) {
      View view = read(cell);
      const uint64_t tag = view.tag & tag_mask_;
      const bool takes_it = tag == wanted || tag == kUnused || view.pending();
      if (takes_it || idle.holds(view)) return 0;
      soonest = std::min(soonest, idle.rank(view));
    }
    return soonest;
  }

  // A new key's value starts beyond this. To be read after claim().
  uint64_t horizon() const noexcept { return header_->horizon.load(std::memory_order_seq_cst); }

  // Whether the cell has not changed since the view was taken.
  bool is_current(const View& view) noexcept {
    View again = read(view.cell);
    return again.tag == view.tag && again.state == view.state;
  }
  bool swap_state(const View& view, uint64_t value) noexcept {
    uint64_t seen = view.state;
    return view.cell->state.compare_exchange_strong(seen, value << 1, std::memory_order_seq_cst);
  }
  // Makes the cell that of no key.
  bool free(const View& view) noexcept { return give_up(view); }
  bool free(const View& view, uint64_t low_bits) noexcept {
    return M::swap_pair(&view.cell->tag, view.tag, view.state, free_ | low_bits, 0);
  }
  // The owner's low bits of the tag along with the value.
  bool swap(const View& view, uint64_t low_bits, uint64_t value) noexcept {
    return M::swap_pair(&view.cell->tag, view.tag, view.state, (view.tag & tag_mask_) | low_bits,
                        value << 1);
  }
  uint64_t index(const View& view) const noexcept {
    return static_cast<uint64_t>(view.cell - cells_);
  }
  uint64_t low_bits(const View& view) const noexcept { return view.tag & ~tag_mask_; }
  // Of an owner who counts in them, so that a value that comes back is not taken for the one
  // before.
  uint64_t next_low_bits(const View& view) const noexcept { return (view.tag + 1) & ~tag_mask_; }

  // Cells whose value is not idle. Reads the whole table.
  int64_t in_use(uint64_t line) noexcept { return in_use(Idle(line)); }
  template <class I>
  int64_t in_use(const I& idle) noexcept {
    int64_t count = 0;
    for (uint64_t i = 0; i < homes_ + kWindow; ++i) {
      const View view{cells_ + i, cells_[i].tag.load(std::memory_order_relaxed),
                      cells_[i].state.load(std::memory_order_relaxed)};
      count += !view.pending() && !idle.holds(view);
    }
    return count;
  }

  // Gives every cell that a key has the value that `after` makes of its own, which is no less, and
  // gives up the claims. What others swap meanwhile, they swap before or after.
  template <class F>
  void convert(F&& after) noexcept {
    each([&](const View& view) { return swap_to(view, after(view.value())); });
  }
  // Those that could be the key's.
  template <class F>
  void convert_window(uint64_t hash, F&& after) noexcept {
    const auto swap = [&](const View& view) { return swap_to(view, after(view.value())); };
    each(home(hash), home(hash) + kWindow, swap);
  }
  // Calls f(view) for each cell that a key has, again while that is false: it swaps the cell, which
  // others may have swapped meanwhile. Gives up the claims.
  template <class F>
  void each(F&& f) noexcept {
    each(cells_, cells_ + homes_ + kWindow, f);
  }
  int64_t evictions() const noexcept {
    return static_cast<int64_t>(header_->evictions.load(std::memory_order_relaxed));
  }

 private:
  friend class CellTableFaults<M>;  // cell_table_faults.h
  struct alignas(64) Header {
    Word horizon;
    Word tickets;
    Word evictions;
  };
  static constexpr uint64_t kUnused = 0;
  static constexpr int kAttempts = 64;  // lost races after which the window counts as full

  // What one pass over the window saw.
  struct Scan {
    View live;     // the key's live cell
    View pending;  // the key's lowest pending cell
    View target;   // the cell to claim
    uint64_t soonest = ~uint64_t{0} >> 1;
    bool disturbed = false;
  };

  Cell* home(uint64_t hash) const noexcept { return cells_ + reduce64(hash, homes_); }
  uint64_t tag_of(uint64_t hash) const noexcept {
    uint64_t tag = hash & tag_mask_;
    return tag > free_ ? tag : free_ << 1;  // clear of the two reserved ones
  }
  View read(Cell* cell) noexcept {
    for (;;) {
      uint64_t state = cell->state.load(std::memory_order_seq_cst);
      uint64_t tag = cell->tag.load(std::memory_order_seq_cst);
      if (cell->state.load(std::memory_order_seq_cst) == state) return {cell, tag, state};
    }
  }
  bool give_up(const View& view) noexcept {
    return M::swap_pair(&view.cell->tag, view.tag, view.state, free_ | low_bits(view), 0);
  }
  bool swap_in(const View& target, uint64_t wanted, uint64_t ticket) noexcept {
    return M::swap_pair(&target.cell->tag, target.tag, target.state, wanted | low_bits(target),
                        ticket << 1 | 1);
  }
  template <class F>
  void each(Cell* cell, Cell* end, F& f) noexcept {
    for (; cell != end; ++cell) {
      while (is_taken(cell->tag.load(std::memory_order_seq_cst) & tag_mask_)) {
        const View view = read(cell);
        if (!is_taken(view.tag & tag_mask_)) break;
        if (view.pending() ? give_up(view) : f(view)) break;
      }
    }
  }
  bool is_taken(uint64_t tag) const noexcept { return tag != kUnused && tag != free_; }
  bool swap_to(const View& view, uint64_t value) noexcept {
    return value == view.value() || swap_state(view, value);
  }
  template <class I>
  Scan scan(uint64_t hash, uint64_t wanted, const I& idle, bool patient) noexcept;

  Header* header_;
  Cell* cells_;
  uint64_t homes_;
  uint64_t seed_;
  uint64_t tag_mask_;
  uint64_t free_;  // the tag of a cell that was claimed and given up
};

template <class M>
template <class I>
typename CellTable<M>::Scan CellTable<M>::scan(uint64_t hash, uint64_t wanted, const I& idle,
                                               bool patient) noexcept {
  Scan seen;
  View stranger;  // another key's claim
  uint64_t oldest = ~uint64_t{0};
  Cell* cell = home(hash);
  for (Cell* end = cell + kWindow; cell != end; ++cell) {
    View view = read(cell);
    uint64_t tag = view.tag & tag_mask_;
    if (tag == wanted) {
      if (!view.pending()) {
        seen.live = view;
        return seen;
      }
      if (!seen.pending.cell) {
        seen.pending = view;
      } else if (!give_up(view)) {
        seen.disturbed = true;
      }
    } else if (tag == kUnused) {
      seen.target = view;
      return seen;
    } else if (view.pending()) {
      stranger = view;
      seen.soonest = 0;
    } else if (const uint64_t rank = idle.rank(view); idle.holds(view) && rank < oldest) {
      oldest = rank;  // of given-up cells 0
      seen.target = view;
    } else {
      seen.soonest = std::min(seen.soonest, rank);
    }
  }
  if (!seen.target.cell && !patient) seen.target = stranger;
  return seen;
}

template <class M>
template <class I>
typename CellTable<M>::Claimed CellTable<M>::claim(uint64_t hash, const I& idle,
                                                   uint64_t present) noexcept {
  const uint64_t wanted = tag_of(hash);
  View known;  // the key's pending cell, seen before the present scan began
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Scan seen = scan(hash, wanted, idle, attempt < 4);
    if (seen.live.cell) {
      if (seen.pending.cell) give_up(seen.pending);
      return {seen.live};
    }
    if (seen.disturbed) continue;
    if (seen.pending.cell) {
      if (seen.pending.cell == known.cell && seen.pending.state == known.state) return {known};
      known = seen.pending;
      continue;
    }
    View target = seen.target;
    if (!target.cell) {
      if (seen.soonest == 0) continue;  // a stranger's claim: soon live, given up, or taken over
      return {{}, seen.soonest};
    }
    bool evicts = !target.pending() && target.value() != 0;
    if (evicts) raise_to(header_->horizon, present);
    uint64_t ticket = header_->tickets.fetch_add(1, std::memory_order_relaxed) + 1;
    if (!swap_in(target, wanted, ticket)) continue;
    if (evicts) header_->evictions.fetch_add(1, std::memory_order_relaxed);
    known = {target.cell, wanted | low_bits(target), ticket << 1 | 1};
  }
  return {{}, idle.soon()};
}

}  // namespace og
