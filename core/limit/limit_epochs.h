// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/base/double_word.h"
#include "core/base/time.h"
#include "core/limit/enforcement.h"
#include "core/limit/limit_words.h"

namespace og {

// What a limiter's rate and burst are, and since when, where all who share its cells read it: with
// each decision, so that a change holds with the next one. It lies in zeroed memory that processes
// may share, any of which may be killed at any instruction.
//
// A configuration holds for an epoch. There are two sets of words, the present epoch's and those of
// the one before, and one word that says which is which:
//
//   now     the longest time that may have passed in this epoch, in whole 2^30 ns << 30
//           | the epoch's number << 6
//   set     start    when the epoch began, on the clock; kUnset before the first decision
//           base     what a cell's value is at its start: older epochs' are below, and stay so
//           idle     older epochs' cells at or under it are idle
//           words    the policy's, and how tokens were inherited, in one word with one of them;
//                    one that few calls read lies before the sets
//
// One word more is for new keys alone. It lies beside the sets and is one for both, as no cell
// depends on it: who meets it with the other epoch's set grants what one of the two would.
//
// A decision reads `now` and the set, then its cell, then `now` again, and moves the cell by
// compare-and-swap. Where `now` stands, what was read is of one epoch, for a set is written only
// while it is not the present one. Where the swap succeeds, the cell did not change since it was
// read: so the decision was made at the second look at `now`, before any change that came after it.
//
// A caller may stop before its swap for as long as it likes, and is of an older epoch then. What it
// writes must be told from what others write. Therefore no time is decided on that is not under
// `now` as a number; who comes later raises it first, about once a second, and who takes what is
// there only later raises it to that time (reach). The swap of `now` that begins an epoch also
// fixes what the greatest value of the last one can be, and the base is above that. It begins as
// far ahead of the change as the last one's had been, so that what was taken ahead can be carried
// over.
//
// One changes it at a time (Scope::change):
//
//   1. where the last change was not finished, finish it
//   2. write the other set
//   3. swap `now`, for which it is the same as for the others who raise it: the change is made
//   4. convert all cells of the last epoch, give up all claims (token_bucket.h)
//   5. note that it is finished
//
// Who dies before 3 has changed nothing, and the next writes over the set. Who dies later has
// changed everything: callers convert what they meet, and the next change begins with the rest.
template <class M = Memory>
class LimitEpochs {
 public:
  using Word = typename M::Word;
  static constexpr int kInheritedBits = 8;
  struct alignas(64) Set {
    Word start;
    Word base;
    Word idle;
    Word seldom_read;  // the last of the policy's words << 8 | how tokens were inherited
    Word words[kSeldomRead];

    // All but those that few calls read.
    LimitWords load_words() const noexcept {
      const auto read = [this](size_t i) { return words[i].load(std::memory_order_acquire); };
      return {read(0), read(1), read(2), read(3), 0, 0};
    }
    uint64_t inherited() const noexcept {
      return seldom_read.load(std::memory_order_acquire) & ((1 << kInheritedBits) - 1);
    }
  };
  struct Begun {
    uint64_t base = 0;
    uint64_t idle = 0;
    uint64_t inherited = 0;
    LimitWords words{};
  };

  static constexpr uint64_t kMaxElapsed = uint64_t{1} << 58;  // 9.1 years of ns, in one epoch
  // The least that `now` says, and more than what it says beyond the latest time seen.
  static constexpr uint64_t kSlack = uint64_t{1} << 31;

  // block: kBytes, zeroed or in use, on a 64-byte boundary.
  explicit LimitEpochs(void* block) noexcept : block_(static_cast<Block*>(block)) {}

  // Before anybody else sees them. The table's cells have so many words of the policy's.
  void begin(const Begun& first, uint64_t words_a_cell = 0) noexcept {
    block_->words_a_cell.store(words_a_cell + 1, std::memory_order_release);
    write(0, kUnset, first);
  }
  // As it was begun with: not told by how much memory there is, as a later release may have put
  // more behind the cells. At most as many as there is memory for.
  uint64_t words_a_cell(uint64_t most) const noexcept {
    const uint64_t kept = block_->words_a_cell.load(std::memory_order_acquire) & ~kGivesTurns;
    return kept == 0 ? most : std::min(kept - 1, most);
  }

  // Whether a turn to come was ever given. Who gives one says so before it takes.
  bool gives_turns() const noexcept {
    return (block_->words_a_cell.load(std::memory_order_seq_cst) & kGivesTurns) != 0;
  }
  void give_turns() noexcept {
    uint64_t seen = block_->words_a_cell.load(std::memory_order_seq_cst);
    while ((seen & kGivesTurns) == 0 && !block_->words_a_cell.compare_exchange_strong(
                                            seen, seen | kGivesTurns, std::memory_order_seq_cst)) {
    }
  }

  Enforcement enforcement() const noexcept { return {block_->spared, block_->turns}; }

  // The epoch of a decision.
  struct Epoch {
    const Set* set;
    uint64_t now;      // the word
    uint64_t elapsed;  // ns since its start: 0 for a time before
    int64_t since;     // the same, negative for a time before
  };

  LimitWords all_words(const Set& set) const noexcept {
    LimitWords all = set.load_words();
    all[kSeldomRead] = set.seldom_read.load(std::memory_order_acquire) >> kInheritedBits;
    all[kBesideSets] = block_->beside[&set - block_->sets].load(std::memory_order_acquire);
    return all;
  }

  // False where that takes longer.
  [[gnu::always_inline]] bool enter_soon(int64_t time, Epoch& epoch) const noexcept {
    epoch.now = block_->now.load(std::memory_order_seq_cst);
    epoch.set = &set_of(epoch.now);
    epoch.elapsed = static_cast<uint64_t>(time) - epoch.set->start.load(std::memory_order_acquire);
    epoch.since = static_cast<int64_t>(epoch.elapsed);
    return epoch.elapsed < epoch.now;
  }
  // False: the time is out of range.
  bool enter(int64_t time, Epoch& epoch) noexcept {
    return enter_soon(time, epoch) || enter_late(time, epoch);
  }
  // For who takes what is there only at `elapsed`, later than the epoch says: enter again then.
  // False: out of range.
  bool reach(int64_t elapsed, const Epoch& epoch) noexcept {
    if (elapsed < 0 || static_cast<uint64_t>(elapsed) > kMaxElapsed) return false;
    raise(static_cast<uint64_t>(elapsed), epoch.now);
    return true;
  }
  // For who writes nothing.
  bool read(int64_t time, Epoch& epoch) const noexcept {
    for (;;) {
      epoch.now = block_->now.load(std::memory_order_seq_cst);
      epoch.set = &set_of(epoch.now);
      place(time, epoch);
      if (stands(epoch)) return epoch.elapsed <= kMaxElapsed;
    }
  }
  // Which one it is, of those that there can be at a time.
  static uint64_t number(const Epoch& epoch) noexcept { return epoch.now & kNumber; }
  // Whether what was read of the epoch is so, and is the present one.
  bool stands(const Epoch& epoch) const noexcept {
    return block_->now.load(std::memory_order_seq_cst) == epoch.now;
  }
  uint64_t of_new_keys() const noexcept {
    return block_->of_new_keys.load(std::memory_order_acquire);
  }
  // The epoch before, whose words hold while one of its cells has not been converted.
  const Set& before(const Epoch& epoch) const noexcept { return set_of(epoch.now ^ kOdd); }

  // Which of two sets is the epoch's, for who has more to keep for each.
  static size_t side(const Epoch& epoch) noexcept { return epoch.now >> kNumberAt & 1; }

  // The rest is for who changes it, one at a time.

  bool is_finished() const noexcept {
    return block_->finished.load(std::memory_order_seq_cst) ==
           (block_->now.load(std::memory_order_seq_cst) & kNumber);
  }
  void finish(uint64_t idle) noexcept {
    const uint64_t now = block_->now.load(std::memory_order_seq_cst);
    set_of(now).idle.store(idle, std::memory_order_seq_cst);
    block_->finished.store(now & kNumber, std::memory_order_seq_cst);
  }
  // A change of the configuration at `time`: begins an epoch, as next(the present one at that time)
  // says, and has convert_all() make all cells those of it and finish(). So it does first for an
  // epoch whose maker died. One caller at a time. False: the time is out of range.
  template <class F, class Convert>
  bool change(int64_t time, F&& next, Convert&& convert_all) noexcept {
    if (!is_finished()) convert_all();
    const bool began = advance(time, next);
    if (began) convert_all();
    return began;
  }
  // Begins one alone.
  template <class F>
  bool advance(int64_t time, F&& next) noexcept {
    Epoch epoch;
    for (;;) {
      if (!enter(time, epoch)) return false;
      const auto start = epoch.set->start.load(std::memory_order_acquire) + epoch.elapsed;
      write(index_of(epoch.now ^ kOdd), start, next(epoch));
      uint64_t now = epoch.now;
      const uint64_t number = (now + kOne) & kNumber;
      const uint64_t ahead = (now >> kTimeAt) - (epoch.elapsed >> kTimeAt) + (number == 0);
      const uint64_t begun = number | std::max(kSlack, ahead << kTimeAt);
      if (block_->now.compare_exchange_strong(now, begun, std::memory_order_seq_cst)) return true;
    }
  }

 private:
  static constexpr int kNumberAt = 6, kTimeAt = 30;
  static constexpr uint64_t kOne = uint64_t{1} << kNumberAt, kOdd = kOne;
  static constexpr uint64_t kNumber = (uint64_t{1} << kTimeAt) - kOne;
  static constexpr uint64_t kUnset = ~uint64_t{0};  // later than any time
  static constexpr uint64_t kGivesTurns = uint64_t{1} << 63;

  struct Block {
    alignas(64) Word now;
    Word finished;       // the number of the last epoch whose change was
    Word words_a_cell;   // 1 more than there are; 0: not known; and kGivesTurns
    Word beside[2];      // one of the policy's words for each set; memory of before has 0 there
    Word spared, turns;  // enforcement.h
    Word of_new_keys;    // memory of before has 0 there
    Set sets[2];
  };
  static_assert(sizeof(Set) == kOdd);

 public:
  static constexpr uint64_t kBytes = sizeof(Block);

 private:
  static size_t index_of(uint64_t now) noexcept { return now >> kNumberAt & 1; }
  Set& set_of(uint64_t now) const noexcept { return block_->sets[index_of(now)]; }

  void write(size_t index, uint64_t start, const Begun& begun) noexcept {
    block_->of_new_keys.store(begun.words[kOfNewKeys], std::memory_order_release);
    block_->beside[index].store(begun.words[kBesideSets], std::memory_order_release);
    Set& set = block_->sets[index];
    set.start.store(start, std::memory_order_release);
    set.base.store(begun.base, std::memory_order_release);
    set.idle.store(begun.idle, std::memory_order_release);
    set.seldom_read.store(begun.words[kSeldomRead] << kInheritedBits | begun.inherited,
                          std::memory_order_release);
    for (size_t i = 0; i < kSeldomRead; ++i)
      set.words[i].store(begun.words[i], std::memory_order_release);
  }

  static void place(int64_t time, Epoch& epoch) noexcept {
    const auto present = static_cast<uint64_t>(from_zero(time));
    const uint64_t start = epoch.set->start.load(std::memory_order_acquire);
    const bool has_begun = start <= present;
    epoch.elapsed = has_begun ? present - start : 0;
    epoch.since = start == kUnset ? 0 : static_cast<int64_t>(present - start);
  }

  // Time counts from the first decision, so that a manual clock may stand anywhere by then.
  bool enter_late(int64_t time, Epoch& epoch) noexcept {
    for (;;) {
      epoch.now = block_->now.load(std::memory_order_seq_cst);
      Set& set = set_of(epoch.now);
      epoch.set = &set;
      uint64_t unset = kUnset;
      if (set.start.load(std::memory_order_acquire) == kUnset) {
        set.start.compare_exchange_strong(unset, static_cast<uint64_t>(from_zero(time)),
                                          std::memory_order_seq_cst);
      }
      place(time, epoch);
      if (epoch.elapsed > kMaxElapsed) {
        if (stands(epoch)) return false;
      } else if (epoch.elapsed < epoch.now) {
        return true;
      } else {
        raise(epoch.elapsed, epoch.now);
      }
    }
  }
  void raise(uint64_t elapsed, uint64_t now) noexcept {
    const uint64_t longer = ((elapsed >> kTimeAt) + 1) << kTimeAt | (now & kNumber);
    block_->now.compare_exchange_strong(now, longer, std::memory_order_seq_cst);
  }

  Block* const block_;
};

}  // namespace og
