// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "core/base/cell_table.h"
#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/base/typed_options.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/take_up_to.h"
#include "core/limit/verdict.h"
#include "core/limit/window_options.h"

namespace og {

// A sliding-window log a key: at most `limit` admissions in any window, exactly. An admission
// leaves the window once it is a whole window old.
//
// The log is a ring of the last times, `ring` of them: as many as the limit can become. Admissions
// are numbered, number i lies in entry i % ring, and number i may pass when number i - limit has
// left the window: that one entry decides, however full the log. (The textbook's deque drops and
// counts entries instead.)
//
// The cell tells the number of the next admission, modulo two laps of the ring, in the tag's low
// bits, and the time of the latest in the state. Swapping both as one is the decision; the entries
// are written afterwards. An entry carries its lap's parity, so one not yet written is told from
// one that is: whoever comes to need it writes it himself, with the latest admission's time, which
// is no earlier than the true one. A writer that died thus costs its key some waiting and lets
// nobody through early, and one that was only slow finds its entry written. Before an admission
// goes over entries of the previous lap it sees to it that they are written: with at most one lap
// missing, parity is never mistaken.
//
// Times never decrease along the ring: one before the key's latest admission counts as that. A turn
// to come (window_slots.h) is an admission at its time; once any was given, who comes before the
// latest admission waits for that.
// A key that takes over an idle cell also takes over its ring, in which everything has expired.
//
// Limit and window may change (limit_epochs.h), the limit up to the ring's length, which may be
// made longer than the first limit needs. Times are kept, and are judged by what holds now, so that
// nothing is converted: an epoch's base is but its start. What had left the window stays out of a
// longer one: another key may have the ring by then. So at a change a line is drawn, and what is at
// or before it has left any window. A reset draws it at the change itself.
//
// To give the latest c back (give_back), each entry from the newest down gets the time of the one c
// before it, and c that would decide get none. Their numbers stay, so that a decision that is under
// way stands. An entry that is not reached yet only says more than it should: whoever sees the log
// half way, or dies there, lets nobody through early. For the same reason two who give back to a
// key at one moment may give less than both.
//
// Cost: one swap and one entry read and written a unit of cost; to give back, two reads and a swap
// for each that the window holds. Memory: 8 bytes times ring a cell.
template <class M = Memory>
class WindowLog {
 public:
  using Table = CellTable<M>;
  using Word = typename M::Word;
  using View = typename Table::View;
  using Epochs = LimitEpochs<M>;
  using Begun = typename Epochs::Begun;

  static constexpr int64_t kMaxWindow = int64_t{1} << 60;
  static constexpr int64_t kMaxLimit = kMostWindowEvents;

  static uint64_t tag_mask(uint64_t ring) {
    return ~uint64_t{0} << std::bit_width(2 * std::max<uint64_t>(ring, 1) - 1);
  }

  // at.words: as many for each of the table's cells, zeroed or in use as the same log.
  explicit WindowLog(const CellsAt<M>& at)
      : ring_(std::max<uint64_t>(at.words_a_cell, 1)),  // none: where another scribbled over it
        table_(at.table),
        epochs_(at.epochs),
        entries_(at.words) {}

  // Later than a window after the entries that were never written.
  static Begun first(const LimitWords& words) noexcept {
    return {.base = kMaxWindow + 1, .words = words};
  }

  Verdict acquire(uint64_t hash, int64_t time, int64_t cost_given) noexcept {
    const auto cost = static_cast<uint64_t>(cost_given);
    for (;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) [[unlikely]]
        return Verdict::out_of_range();
      const Moment moment = at(epoch);
      if (!epochs_.stands(epoch)) [[unlikely]]
        continue;
      if (cost - 1 >= moment.limit) [[unlikely]]
        return Verdict::of_odd(cost_given);
      View view = table_.find(hash);
      if (!view.cell || view.pending()) {
        auto claimed = table_.claim(hash, idle_line(moment), moment.now);
        view = claimed.view;
        if (!view.cell) return {wait(claimed.soonest, moment), true};
      }
      uint64_t start = std::max(moment.now, view.pending() ? table_.horizon() : view.value());
      if (!settle(view, cost)) continue;
      uint64_t oldest = 0;
      if (!view.pending() && !deciding_entry(view, moment, cost, &oldest)) continue;
      if (!epochs_.stands(epoch)) [[unlikely]]
        continue;
      if (!view.pending() && !has_left(oldest, moment, start))
        return {held_back(view, moment, wait(oldest, moment))};
      if (start > moment.now) [[unlikely]] {
        if (const int64_t turns = held_back(view, moment, 0); turns > 0) return {turns};
      }
      const uint64_t number = table_.low_bits(view);
      if (!table_.swap(view, (number + cost) % (2 * ring_), start)) continue;
      for (uint64_t i = 0; i < cost; ++i) write(view, moment, number + i, start);
      return {0};
    }
  }

  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.read(time, epoch)) return Verdict::out_of_range();
      const Moment moment = at(epoch);
      Verdict verdict;
      if (static_cast<uint64_t>(cost) - 1 >= moment.limit) {
        verdict = Verdict::of_odd(cost);
      } else if (View view = table_.find(hash); !view.cell) [[unlikely]] {
        verdict = newcomer(hash, moment);
      } else if (!view.pending()) {
        uint64_t oldest = 0;
        if (!deciding_entry(view, moment, static_cast<uint64_t>(cost), &oldest)) continue;
        if (!has_left(oldest, moment, std::max(moment.now, view.value())))
          verdict = {wait(oldest, moment)};
        verdict.wait = held_back(view, moment, verdict.wait);
      }
      if (epochs_.stands(epoch)) return verdict;
    }
  }

  // Searches the ring: logarithmic in the limit. Of a key for which there is no cell: as peek
  // answers it.
  Standing standing(uint64_t hash, int64_t time, Crowd crowd) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      const Moment moment = at(epoch);
      Standing standing;
      if (is_standing(hash, moment, crowd, &standing) && epochs_.stands(epoch)) return standing;
    }
  }

  int64_t give_back(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (cost < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
      const Moment moment = at(epoch);
      const View view = table_.find(hash);
      if (!epochs_.stands(epoch)) continue;
      if (!view.cell || view.pending() || cost == 0) return 0;
      return shift(view, moment, std::min(static_cast<uint64_t>(cost), ring_));
    }
  }

  // What the window has no room for is not noted: nobody can owe it.
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    const TakenUpTo taken = take_up_to(*this, hash, time, cost);
    if (!taken.verdict.is_answer || taken.verdict.crowded_out) return taken.verdict;
    return peek(hash, time, 1);
  }

  // window_slots.h has these two.
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept;
  int64_t cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at) noexcept;

  // Of one among several rates (bands.h); window_slots.h has these too.
  Verdict take_turn(uint64_t hash, int64_t time, int64_t turn, int64_t cost,
                    uint64_t& stamp) noexcept;
  uint64_t stamp(uint64_t hash) noexcept;
  bool is_to_come(uint64_t hash, int64_t time, int64_t cost) noexcept;
  bool take_back(uint64_t hash, int64_t time, int64_t cost, uint64_t stamp) noexcept;
  int64_t max_wait() noexcept;

  // A key that takes the cell over finds in the ring what no window holds.
  bool forget(uint64_t hash) noexcept {
    for (;;) {
      const View view = table_.find(hash);
      if (!view.cell || view.pending()) return false;
      for (uint64_t back = 1; back <= ring_; ++back) {
        uint64_t time = 0, word = 0;
        if (read_back(view, back, &time, &word)) lower(view, back, word, 0);
      }
      if (table_.free(view)) return true;
    }
  }

  int64_t in_use(int64_t time) noexcept {
    Epoch epoch;
    epochs_.read(time, epoch);
    return table_.in_use(idle_line(at(epoch)));
  }

  bool has_room_for(const LimitWords&, int64_t time) noexcept {
    Epoch epoch;
    return epochs_.read(time, epoch) && at(epoch).now < uint64_t{1} << 61;
  }
  // One caller at a time. False: the time is out of range.
  bool change(const LimitWords& words, int64_t time, TokensInheritance rule) noexcept {
    const bool began = epochs_.advance(time, [&](const Epoch& last) -> Begun {
      const Moment moment = at(last);
      const bool forgets = rule == TokensInheritance::kReset;
      LimitWords next = words;
      next[kForgotten] = forgets ? moment.now : idle_line(moment);
      return {.base = moment.now + forgets, .words = next};
    });
    if (began) epochs_.finish(0);
    return began;
  }

  enum Kept : size_t { kLimit, kWindow, kForgotten };

 private:
  using Epoch = typename Epochs::Epoch;
  struct Moment {
    uint64_t limit, window;
    uint64_t forgotten;  // the latest time that is
    uint64_t now;
    int64_t since;
  };

  Moment at(const Epoch& epoch) const noexcept {
    const LimitWords words = epoch.set->load_words();
    return {std::clamp<uint64_t>(words[kLimit], 1, ring_), words[kWindow], words[kForgotten],
            epoch.set->base.load(std::memory_order_acquire) + epoch.elapsed, epoch.since};
  }
  static uint64_t idle_line(const Moment& moment) noexcept {
    return std::max(moment.now - moment.window, moment.forgotten);
  }
  static bool has_left(uint64_t then, const Moment& moment, uint64_t now) noexcept {
    return then + moment.window <= now || then <= moment.forgotten;
  }

  // Of the latest admission: its time and its number.
  uint64_t stamp_of(const View& view) const noexcept {
    return stamp_of(view.value(), table_.low_bits(view));
  }
  static uint64_t stamp_of(uint64_t time, uint64_t number) noexcept { return mix64(time) + number; }
  Word& entry(const View& view, uint64_t number) const noexcept {
    return entries_[table_.index(view) * ring_ + number % ring_];
  }
  // 1 in the first lap of two, so that zeroed entries are of the lap before.
  uint64_t parity(uint64_t number) const noexcept { return number % (2 * ring_) < ring_; }

  // Of a request that did not pass, so never 0: not even where the log is damaged.
  static int64_t wait(uint64_t oldest, const Moment& moment) noexcept {
    return wait_until(oldest + moment.window, moment);
  }
  static int64_t wait_until(uint64_t then, const Moment& moment) noexcept {
    const auto due = static_cast<int64_t>(then - moment.now);
    const uint64_t early = std::min<uint64_t>(0 - static_cast<uint64_t>(moment.since), kEndOfTime);
    const int64_t wait = std::max<int64_t>(due, 1);
    return moment.since < 0 ? later(wait, static_cast<int64_t>(early)) : wait;
  }

  // A wait that is no shorter than until the latest turn that was given.
  [[gnu::noinline]] int64_t held_back(const View& view, const Moment& moment,
                                      int64_t wait) const noexcept {
    if (view.pending() || view.value() <= moment.now || !epochs_.gives_turns()) return wait;
    return std::max(wait, wait_until(view.value(), moment));
  }

  // A key without a cell has an empty log, if there is a cell for it.
  Verdict newcomer(uint64_t hash, const Moment& moment) noexcept {
    const uint64_t soonest = table_.crowded(hash, idle_line(moment));
    return soonest == 0 ? Verdict{0} : Verdict{wait(soonest, moment), true};
  }

  // False when what was seen did not stand.
  bool is_standing(uint64_t hash, const Moment& moment, Crowd crowd, Standing* standing) noexcept {
    const auto limit = static_cast<int64_t>(moment.limit);
    View view = table_.find(hash);
    if (!view.cell && crowd == Crowd::kDeny) {
      if (Verdict verdict = newcomer(hash, moment); verdict.crowded_out) {
        *standing = {limit, 0, verdict.wait, verdict.wait};
        return true;
      }
    }
    *standing = {limit, limit, 0, 0};
    if (!view.cell || view.pending() || view.value() <= idle_line(moment)) return true;
    const uint64_t present = std::max(moment.now, view.value());
    uint64_t gone = 0, kept = moment.limit;  // of the last, oldest first: how many have left
    while (gone < kept) {
      uint64_t middle = (gone + kept) / 2, time = 0;
      if (!deciding_entry(view, moment, middle + 1, &time)) return false;
      if (has_left(time, moment, present))
        gone = middle + 1;
      else
        kept = middle;
    }
    const int64_t turns = held_back(view, moment, 0);
    *standing = {limit, turns > 0 ? 0 : static_cast<int64_t>(gone)};
    if (gone == moment.limit) {  // the latest was given back
      standing->reset_after = standing->next_after = turns;
      return true;
    }
    uint64_t next = 0, latest = 0;
    if (!deciding_entry(view, moment, gone + 1, &next) ||
        !deciding_entry(view, moment, moment.limit, &latest))
      return false;
    if (turns > 0 && !deciding_entry(view, moment, 1, &next)) return false;
    standing->reset_after = std::max(wait(latest, moment), turns);
    standing->next_after = std::min(std::max(wait(next, moment), turns), standing->reset_after);
    return true;
  }

  // The entry of the admission so many before the next, and its time: the latest one's where nobody
  // has written it. False when it cannot be told, as others have been admitted since.
  bool read_back(const View& view, uint64_t back, uint64_t* time, uint64_t* word) noexcept {
    const uint64_t number = table_.low_bits(view) + 2 * ring_ - back;
    *word = entry(view, number).load(std::memory_order_seq_cst);
    const bool is_written = (*word & 1) == parity(number);
    *time = is_written ? *word >> 1 : view.value();
    return *time <= view.value() && (is_written || table_.is_current(view));
  }
  void lower(const View& view, uint64_t back, uint64_t word, uint64_t time) noexcept {
    const uint64_t number = table_.low_bits(view) + 2 * ring_ - back;
    entry(view, number)
        .compare_exchange_strong(word, time << 1 | parity(number), std::memory_order_seq_cst);
  }
  // Gives up to `most` of the latest back that have not left the window: how many. Or of those
  // before some that stay.
  int64_t shift(const View& view, const Moment& moment, uint64_t most, uint64_t stay = 0) noexcept {
    const uint64_t present = std::max(moment.now, view.value());
    uint64_t time = 0, word = 0, older = 0, unused = 0, count = 0;
    const auto is_held = [&](uint64_t back) {
      return read_back(view, back, &time, &word) && !has_left(time, moment, present);
    };
    while (count < most && is_held(stay + count + 1)) ++count;
    if (count == 0) return 0;
    for (uint64_t back = stay + 1; back <= ring_ && is_held(back); ++back) {
      const bool is_kept = back + count <= ring_;
      if (is_kept && !read_back(view, back + count, &older, &unused)) break;
      lower(view, back, word, is_kept ? std::min(time, older) : 0);
    }
    return static_cast<int64_t>(count);
  }

  // Writes what is missing among the entries that `cost` more admissions go over. False when the
  // view no longer stands.
  bool settle(const View& view, uint64_t cost) noexcept {
    const uint64_t number = table_.low_bits(view);
    for (uint64_t i = number; i < number + cost; ++i) {
      Word& word = entry(view, i);
      uint64_t seen = word.load(std::memory_order_seq_cst);
      if ((seen & 1) != parity(i)) continue;
      if (!table_.is_current(view)) return false;  // it is of this lap: others have come this far
      uint64_t time = view.pending() ? seen >> 1 : view.value();
      word.compare_exchange_strong(seen, time << 1 | (parity(i) ^ 1), std::memory_order_seq_cst);
    }
    return true;
  }

  // The time in the entry that decides on `cost` more. False when the view no longer stands.
  bool deciding_entry(const View& view, const Moment& moment, uint64_t cost,
                      uint64_t* time) noexcept {
    const uint64_t number = table_.low_bits(view) + 2 * ring_ + cost - 1 - moment.limit;
    uint64_t seen = entry(view, number).load(std::memory_order_seq_cst);
    if (!table_.is_current(view)) return false;
    *time = (seen & 1) == parity(number) ? seen >> 1 : view.value();
    return true;
  }

  // The admission's entry, unless somebody was faster. What it replaces had left the window by
  // then, as it was when the admission was decided; a later lap's is no earlier than this one.
  void write(const View& view, const Moment& moment, uint64_t number, uint64_t time) noexcept {
    Word& word = entry(view, number);
    uint64_t seen = word.load(std::memory_order_seq_cst);
    if ((seen & 1) == parity(number) || !has_left(seen >> 1, moment, time)) return;
    word.compare_exchange_strong(seen, time << 1 | parity(number), std::memory_order_seq_cst);
  }

  const uint64_t ring_;
  Table& table_;
  Epochs epochs_;
  Word* const entries_;
};

class SlidingWindowPolicy {
 public:
  using Cells = WindowLog<>;
  static constexpr const char* kWord = "sliding_window";
  static constexpr std::span<const OptionSpec> kOptions = kSlidingWindowRows;

  static Result<SlidingWindowPolicy> create(const LimitSetup& setup) {
    const Rate rate = setup.rate;
    if (auto others = refuse_options_of_others(setup.options, kWord, Holds::kLog); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    if (rate.count > Cells::kMaxLimit || rate.period_ns > Cells::kMaxWindow) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be " + std::to_string(rate.count) + " in " +
                      std::to_string(rate.period_ns) + " ns with sliding_window: use up to " +
                      std::to_string(Cells::kMaxLimit) + " events in up to 36 years",
                  "rate");
    }
    const auto options = OptionsOf<kSlidingWindowOptions>::among(setup.options);
    return SlidingWindowPolicy(rate, options.integer("window_events"), max_wait_of(setup));
  }
  static uint64_t tag_mask(uint64_t words) noexcept { return Cells::tag_mask(words); }
  uint64_t words() const noexcept { return static_cast<uint64_t>(std::max(rate_.count, room_)); }
  LimitWords kept() const noexcept {
    return {static_cast<uint64_t>(rate_.count),
            static_cast<uint64_t>(rate_.period_ns),
            0,
            0,
            0,
            max_wait_};
  }
  Cells over(const CellsAt<>& at) const noexcept { return Cells(at); }

  Result<void> can_follow(uint64_t words, TokensInheritance rule) const {
    if (rule == TokensInheritance::kAsIs || rule == TokensInheritance::kAdditive) {
      return fail(Status::kBadValue,
                  "option 'tokens_inheritance' is for token_bucket: sliding_window keeps what "
                  "passed, or with reset forgets it",
                  "tokens_inheritance");
    }
    if (static_cast<uint64_t>(rate_.count) <= words) return {};
    return fail(Status::kBadValue,
                "option 'rate' cannot become " + std::to_string(rate_.count) +
                    " events in its period while the limiter is in use: sliding_window was made "
                    "with room for " +
                    std::to_string(words) + ", and with window_events it is made with more",
                "rate");
  }

 private:
  SlidingWindowPolicy(Rate rate, int64_t room, uint64_t max_wait)
      : rate_(rate), room_(room), max_wait_(max_wait) {}

  Rate rate_;
  int64_t room_;       // for a greater count
  uint64_t max_wait_;  // ns
};

}  // namespace og

#include "core/limit/window_slots.h"  // IWYU pragma: export
