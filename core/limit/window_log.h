// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/cell_table.h"
#include "core/base/typed_options.h"
#include "core/limit/policy.h"
#include "core/limit/token_bucket.h"
#include "core/limit/verdict.h"

namespace og {

// A sliding-window log a key: at most `limit` admissions in any window, exactly. An admission
// leaves the window once it is a whole window old.
//
// The log is a ring of the last `limit` times. Admissions are numbered, number i lies in entry
// i % limit, and number i may pass when number i - limit has left the window: that one entry
// decides, however full the log. (The textbook's deque drops and counts entries instead.)
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
// Times never decrease along the ring: one before the key's latest admission counts as that.
// A key that takes over an idle cell also takes over its ring, in which everything has expired.
//
// Cost: one swap and one entry read and written a unit of cost. Memory: 8 bytes times limit a cell.
template <class M = Memory>
class WindowLog {
 public:
  using Table = CellTable<M>;
  using Word = typename M::Word;
  using View = typename Table::View;
  struct Moment {
    int64_t elapsed;
    uint64_t now;  // later than a window after the entries that were never written
  };

  static constexpr int64_t kMaxElapsed = int64_t{1} << 60;
  static constexpr int64_t kMaxWindow = int64_t{1} << 60;
  static constexpr int64_t kMaxLimit = 1'000'000;

  static uint64_t tag_mask(int64_t limit) {
    return ~uint64_t{0} << std::bit_width(2 * static_cast<uint64_t>(limit) - 1);
  }

  // entries: limit words for each of the table's cells, zeroed or in use as the same log.
  WindowLog(int64_t limit, int64_t window, Table& table, Word* entries)
      : limit_(static_cast<uint64_t>(limit)),
        window_(static_cast<uint64_t>(window)),
        table_(table),
        entries_(entries) {}

  Moment at(int64_t elapsed) const noexcept {
    return {elapsed, static_cast<uint64_t>(elapsed) + window_ + 1};
  }
  uint64_t idle_line(Moment moment) const noexcept { return moment.now - window_; }

  Verdict acquire(uint64_t hash, Moment moment, int64_t cost_given) noexcept {
    const auto cost = static_cast<uint64_t>(cost_given);
    if (cost > limit_) return {kNeverPasses};
    for (;;) {
      View view = table_.find(hash);
      if (!view.cell || view.pending()) {
        auto claimed = table_.claim(hash, idle_line(moment), moment.now);
        view = claimed.view;
        if (!view.cell) return {wait(claimed.soonest, moment), true};
      }
      uint64_t start = std::max(moment.now, view.pending() ? table_.horizon() : view.value());
      if (!settle(view, cost)) continue;
      if (!view.pending()) {
        uint64_t oldest = 0;
        if (!deciding_entry(view, cost, &oldest)) continue;
        if (oldest + window_ > start) return {wait(oldest, moment)};
      }
      const uint64_t number = table_.low_bits(view);
      if (!table_.swap(view, (number + cost) % (2 * limit_), start)) continue;
      for (uint64_t i = 0; i < cost; ++i) write(view, number + i, start);
      return {0};
    }
  }

  Verdict peek(uint64_t hash, Moment moment, int64_t cost) noexcept {
    if (static_cast<uint64_t>(cost) > limit_) return {kNeverPasses};
    for (;;) {
      View view = table_.find(hash);
      if (!view.cell) [[unlikely]]
        return newcomer(hash, moment);
      if (view.pending()) return {0};
      uint64_t oldest = 0;
      if (!deciding_entry(view, static_cast<uint64_t>(cost), &oldest)) continue;
      if (oldest + window_ <= std::max(moment.now, view.value())) return {0};
      return {wait(oldest, moment)};
    }
  }

  // Searches the ring: logarithmic in the limit. Of a key for which there is no cell: as peek
  // answers it.
  Standing standing(uint64_t hash, Moment moment, Crowd crowd) noexcept {
    const auto limit = static_cast<int64_t>(limit_);
    for (;;) {
      View view = table_.find(hash);
      if (!view.cell && crowd == Crowd::kDeny) {
        if (Verdict verdict = newcomer(hash, moment); verdict.crowded_out)
          return {limit, 0, verdict.wait};
      }
      if (!view.cell || view.pending() || view.value() <= idle_line(moment))
        return {limit, limit, 0};
      const uint64_t present = std::max(moment.now, view.value());
      uint64_t gone = 0, kept = limit_;  // of the last `limit`, oldest first: how many have left
      bool torn = false;
      while (gone < kept && !torn) {
        uint64_t middle = (gone + kept) / 2, time = 0;
        torn = !deciding_entry(view, middle + 1, &time);
        if (time + window_ <= present)
          gone = middle + 1;
        else
          kept = middle;
      }
      if (!torn) return {limit, static_cast<int64_t>(gone), wait(view.value(), moment)};
    }
  }

 private:
  Word& entry(const View& view, uint64_t number) const noexcept {
    return entries_[table_.index(view) * limit_ + number % limit_];
  }
  // 1 in the first lap of two, so that zeroed entries are of the lap before.
  uint64_t parity(uint64_t number) const noexcept { return number % (2 * limit_) < limit_; }

  // Of a request that did not pass, so never 0: not even where the log is damaged.
  int64_t wait(uint64_t oldest, Moment moment) const noexcept {
    return std::max<int64_t>(static_cast<int64_t>(oldest + window_ - moment.now), 1);
  }

  // A key without a cell has an empty log, if there is a cell for it.
  Verdict newcomer(uint64_t hash, Moment moment) noexcept {
    const uint64_t soonest = table_.crowded(hash, idle_line(moment));
    return soonest == 0 ? Verdict{0} : Verdict{wait(soonest, moment), true};
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
  bool deciding_entry(const View& view, uint64_t cost, uint64_t* time) noexcept {
    const uint64_t number = table_.low_bits(view) + cost - 1;
    uint64_t seen = entry(view, number).load(std::memory_order_seq_cst);
    if (!table_.is_current(view)) return false;
    *time = (seen & 1) == parity(number) ? view.value() : seen >> 1;
    return true;
  }

  // The admission's entry, unless somebody was faster. What it replaces had left the window by
  // then; a later lap's would be a window younger.
  void write(const View& view, uint64_t number, uint64_t time) noexcept {
    Word& word = entry(view, number);
    uint64_t seen = word.load(std::memory_order_seq_cst);
    if ((seen & 1) == parity(number) || (seen >> 1) + window_ > time) return;
    word.compare_exchange_strong(seen, time << 1 | parity(number), std::memory_order_seq_cst);
  }

  const uint64_t limit_;
  const uint64_t window_;
  Table& table_;
  Word* const entries_;
};

class SlidingWindowPolicy {
 public:
  using Cells = WindowLog<>;
  static constexpr const char* kWord = "sliding_window";
  static constexpr std::span<const OptionSpec> kOptions{};

  static Result<SlidingWindowPolicy> create(const LimitSetup& setup) {
    const Rate rate = setup.rate;
    if (OptionsOf<kTokenBucketOptions>::among(setup.options).integer("burst") != 0) {
      return fail(Status::kBadValue,
                  "option 'burst' is for token_bucket: sliding_window holds the rate's count",
                  "burst");
    }
    if (rate.count > Cells::kMaxLimit || rate.period_ns > Cells::kMaxWindow) {
      return fail(Status::kBadValue,
                  "option 'rate' cannot be " + std::to_string(rate.count) + " in " +
                      std::to_string(rate.period_ns) + " ns with sliding_window: use up to " +
                      std::to_string(Cells::kMaxLimit) + " events in up to 36 years",
                  "rate");
    }
    return SlidingWindowPolicy(rate);
  }
  uint64_t tag_mask() const noexcept { return Cells::tag_mask(rate_.count); }
  uint64_t words() const noexcept { return static_cast<uint64_t>(rate_.count); }
  Cells over(CellTable<>& table, Memory::Word* words) const noexcept {
    return {rate_.count, rate_.period_ns, table, words};
  }

 private:
  explicit SlidingWindowPolicy(Rate rate) : rate_(rate) {}

  Rate rate_;
};

}  // namespace og
