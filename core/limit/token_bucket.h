// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/base/cell_table.h"
#include "core/base/time.h"
#include "core/limit/key_marks.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/take_up_to.h"
#include "core/limit/token_units.h"
#include "core/limit/tokens_inheritance.h"
#include "core/limit/units_maker.h"
#include "core/limit/verdict.h"

namespace og {

// A token bucket a key, each one word.
//
// The word holds the time, in units, at which the bucket will be full again: the theoretical
// arrival time of the generic cell rate algorithm (ITU-T I.371, annex A), which is a token bucket
// told by time instead of by tokens. An untouched bucket needs no refilling, a full one is an idle
// cell, and a decision is one compare-and-swap:
//
//   full' = max(full, now) + cost      passes while full' - now <= capacity
//
// A time before one already seen earns nothing twice: it finds the bucket that much emptier.
//
// Who takes back the last c (give_back) moves the word to max(full - c, now). That is exactly the
// bucket in which these were never taken: let the last takes be a1, a2 ... at s1, s2 ...; full is
// the greatest of all sj + aj + a(j+1) + ..., and where a sum is under c, what is left is under sj
// and so under now. Nothing else can be known of a call that names no request.
//
// Who takes for a turn to come (reserve) moves the word beyond what is there, and its turn is when
// the bucket will have got that far. Turns come in the order of the takes, so that a large one is
// not passed by, as with acquire(), by small ones which find enough.
//
// A new key may begin with less than all (lacks_at_first): as if it had just taken the rest. That
// it does so is nothing but where its first value begins, and one that has not enough for its first
// request gets a cell for it all the same, in which its bucket fills. Only a full bucket loses its
// cell to another key, so a key that comes back never has more than it would have had.
//
// So a value may come back. Within a key that does no harm: a decision depends on the value alone,
// and those of an epoch stay above the last one's. Should a caller be stopped before its swap while
// its key gets tokens back, is idle, loses its cell to another key, and that one's value is, to the
// unit, the one that the caller read, then the other key pays for the request. acquire() bears that
// rather than swap 16 bytes; all others swap them.
//
// Rate and burst may change (limit_epochs.h), and the unit with them. Values of an epoch lie above
// all that the last one could hold: its base is over base + latest time + capacity of that. So a
// value tells its epoch, none of an epoch comes back in a later one, and what the table's proof
// needs is so. One below the base is of the last epoch, and means what inherit() makes of what it
// owed when the present one began. That depends on nothing else, so that it is the same whoever
// converts it:
//
//   - a decision converts in passing: its swap goes from the old value to the new one
//   - the change converts all cells, so that the next change meets no older ones
//
// Why none is left behind: a caller of the last epoch moves a cell only from the value that it
// read, which is gone once the cell is converted, be it idle. It makes a claim live only when it
// claimed before the change, as it looks at the epoch once more after that; and the change gives up
// all claims that it meets. What a caller reads of the last epoch's set is of that set while a
// value below the base stands in the cell; so a refusal of one looks at the cell again.
//
// Until a change has been through, cells of the last epoch are given to other keys where they were
// idle when it ended. Where it died, a caller that finds no cell for its key converts those that
// could be.
//
// In any time a key gets no more than a bucket of the greatest rate and burst of that time would
// give, but for tokens that `reset` grants, and a bucket that is filled by its own rate and then in
// proportion counted by a greater burst: at most one burst a change. Once the last call of before
// the change has ended, it gets what the new ones give.
//
// What a value counts is said by its units: tokens that come evenly (TokenUnits), or what passes in
// windows (fixed_window.h, sliding_counter.h), of which all of the above is as true:
//
//   at(elapsed)   the line up to which values are idle then, and what a new key's begins with
//   when(value)   the first time at which it is idle
//   take, left    the decision on a value that is not idle, and what it leaves to others
//   is_ahead      of windows: whether it counts in one that begins only at counts_from(value)
//   begin_of      that value when nothing of it is taken; of tokens, the line
//   carry         what a value of the last epoch is in this one, before its base is added
template <class M = Memory, class Units = TokenUnits>
class TokenBucket {
 public:
  using Table = CellTable<M>;
  using Epochs = LimitEpochs<M>;
  using Begun = typename Epochs::Begun;

  TokenBucket(Table& table, const Epochs& epochs, UnitsMaker<Units> make = {})
      : table_(table), epochs_(epochs), make_(std::move(make)) {}

  // The configuration that a table begins with.
  // No key has the value 0, which is that of a cell without one: who would move the cell of a key
  // that is forgotten meanwhile finds that it is gone.
  static Begun first(const LimitWords& units) noexcept { return {.base = 1, .words = units}; }

  // What is usual is decided here, in a caller's own code: of a key that is known, by a time and in
  // an epoch that are. acquire_any() says the same, and says it of all else.
  [[gnu::always_inline]] Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    if constexpr (!Units::kAreTokens) return acquire_any(hash, time, cost);
    Epoch epoch;
    if (!epochs_.enter_soon(time, epoch)) [[unlikely]]
      return acquire_any(hash, time, cost);
    const auto units = units_of(*epoch.set);
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    const auto view = table_.find(hash);
    if (static_cast<uint64_t>(cost) - 1 >= static_cast<uint64_t>(units.burst()) || !view.cell ||
        view.pending() || view.value() < base) [[unlikely]]
      return acquire_any(hash, time, cost);
    const auto at = units.at(epoch.elapsed);
    const uint64_t floor = base + at.floor, full = view.value();
    const uint64_t next =
        (full <= floor ? base + at.ceil : full) + static_cast<uint64_t>(cost) * units.per_token();
    if (!epochs_.stands(epoch)) [[unlikely]]
      return acquire_any(hash, time, cost);
    if (full > floor && next - floor > units.capacity()) [[unlikely]]
      return {wait(next - units.capacity() - base, units, epoch.since)};
    if (!table_.swap_state(view, next)) [[unlikely]]
      return acquire_any(hash, time, cost);
    return {0};
  }

  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.read(time, epoch)) return Verdict::out_of_range();
      const Moment now = moment(epoch);
      Verdict verdict;
      auto view = table_.find(hash);
      const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
      if (is_odd(cost, now))
        verdict = Verdict::of_odd(cost);
      else if (!view.cell)
        verdict = newcomer(hash, now, need);
      else if (!view.pending())
        verdict = {decide(view.value(), now, need).wait};
      else
        verdict = {wait_at_first(now, need)};
      if (was_so(view, now)) return verdict;
    }
  }

  // Of a key for which there is no cell: as peek answers it.
  Standing standing(uint64_t hash, int64_t time, Crowd crowd) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      const Moment now = moment(epoch);
      auto view = table_.find(hash);
      const Standing standing = view.cell ? of(view, now) : of_newcomer(hash, now, crowd);
      if (was_so(view, now)) return standing;
    }
  }

  // What lowers a key's value, or raises it by less than was asked, is noted in `marks` before the
  // swap (key_marks.h): those of a key's reservations. token_bucket_amends.h has them.
  template <class Marks = NoMarks>
  int64_t give_back(uint64_t hash, int64_t time, int64_t cost, Marks marks = {}) noexcept;
  template <class Marks = NoMarks>
  Verdict charge(uint64_t hash, int64_t time, int64_t cost, Marks marks = {}) noexcept;
  template <class Marks = NoMarks>
  bool forget(uint64_t hash, Marks marks = {}) noexcept;

  // token_slots.h has these two.
  template <class Marks = NoMarks>
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most, Marks marks = {}) noexcept;
  template <class Marks = NoMarks>
  int64_t cancel(uint64_t hash, int64_t time, int64_t cost, int64_t number,
                 Marks marks = {}) noexcept;

  // Of one among several rates (bands.h); token_band_slots.h has these.
  Verdict take_turn(uint64_t hash, int64_t time, int64_t turn, int64_t cost,
                    uint64_t& stamp) noexcept;
  uint64_t stamp(uint64_t hash) noexcept;
  bool is_to_come(uint64_t hash, int64_t time, int64_t cost) noexcept;
  bool take_back(uint64_t hash, int64_t time, int64_t cost, uint64_t stamp) noexcept;
  int64_t max_wait() noexcept;

  // acquire, and what undoes it later: 0 as the value where the key got no cell.
  struct Held {
    uint64_t epoch = 0, value = 0;
  };
  Verdict take(uint64_t hash, int64_t time, int64_t cost, Held& held) noexcept {
    return acquire_any(hash, time, cost,
                       [&](uint64_t epoch, uint64_t value) { held = {epoch, value}; });
  }
  // Makes the key as if that take had been `less` smaller, as far as that is known, at the time
  // that when() says. Units.
  template <class When, class Marks>
  uint64_t refund(uint64_t hash, When when, const Held& held, int64_t less, Marks marks) noexcept;

  // Whether it is a key whose bucket fills only once it has a cell.
  bool is_yet_to_begin(uint64_t hash) noexcept {
    if (!Units::kAreTokens || epochs_.of_new_keys() == 0) return false;
    const auto view = table_.find(hash);
    return !view.cell || view.pending();
  }

  int64_t in_use(int64_t time) noexcept {
    Epoch epoch;
    epochs_.read(time, epoch);
    return table_.in_use(idle(moment(epoch)));
  }

  // Whether values have room for another epoch, of such units: what they can hold is used up by
  // capacities and years.
  bool has_room_for(const LimitWords& units, int64_t time) noexcept;
  // One caller at a time. False: the time is out of range.
  bool change(const LimitWords& units, int64_t time, TokensInheritance rule) noexcept;

 private:
  using Epoch = typename Epochs::Epoch;
  using View = typename Table::View;
  struct Moment {
    const Epoch& epoch;
    Units units;
    typename Units::Moment at;  // without the base
    uint64_t base, floor, ceil;
  };
  struct Decision {
    uint64_t full;
    int64_t wait;
  };
  struct Claim {
    bool is_decided = false;
    Verdict verdict{};
    View
        view{};  // the key's live cell, where there is one after all; decided: with the value alone
  };

  struct NoNote {
    void operator()(uint64_t, uint64_t) const noexcept {}
  };
  template <class Note = NoNote>
  [[gnu::noinline]] Verdict acquire_any(uint64_t hash, int64_t time, int64_t cost,
                                        Note note = {}) noexcept {
    for (bool may_convert = true;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) [[unlikely]]
        return Verdict::out_of_range();
      const Moment now = moment(epoch);
      if (is_odd(cost, now)) [[unlikely]] {
        if (!epochs_.stands(epoch)) continue;
        return Verdict::of_odd(cost);
      }
      const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
      auto view = table_.find(hash);
      if (!view.cell || view.pending()) [[unlikely]] {
        Claim claim = this->claim(hash, now, need, &may_convert);
        if (claim.is_decided) {
          note(Epochs::number(epoch), claim.view.value());
          return claim.verdict;
        }
        if (!claim.view.cell) continue;
        view = claim.view;
      }
      const Decision decision = decide(view.value(), now, need);
      if (!epochs_.stands(epoch)) [[unlikely]]
        continue;
      if (decision.wait > 0) {
        if (is_older(view, now) && !table_.is_current(view)) continue;
        return {decision.wait};
      }
      if (swap(view, decision.full)) [[likely]] {
        note(Epochs::number(epoch), decision.full);
        return {0};
      }
    }
  }

  Units units_of(const typename Epochs::Set& set) const noexcept {
    return make_.in(set, set.load_words());
  }
  // With what few calls read.
  Units whole_units_of(const typename Epochs::Set& set) const noexcept {
    return make_.in(set, epochs_.all_words(set));
  }
  // What a value is of a key that has all: of a bucket the present.
  static uint64_t begin_of(uint64_t full, const Moment& now) noexcept {
    if constexpr (Units::kAreTokens)
      return now.floor;
    else
      return now.base + now.units.begin_of(full - now.base, now.at);
  }
  // Units that a key lacks at most of having all.
  static uint64_t most_owed(const Units& units) noexcept {
    if constexpr (Units::kAreTokens)
      return units.capacity() + units.most_debt();
    else
      return units.capacity();
  }
  // The same of what values can come to.
  static uint64_t most_held(const Units& units) noexcept {
    if constexpr (Units::kAreTokens)
      return most_owed(units);
    else
      return units.most_held();
  }
  // ns from a decision to the turn that it gives.
  static uint64_t most_ahead(const Units& units) noexcept {
    return static_cast<uint64_t>(units.max_wait());
  }
  Moment moment(const Epoch& epoch) const noexcept {
    const auto units = units_of(*epoch.set);
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    const auto at = units.at(epoch.elapsed);
    return {epoch, units, at, base, base + at.floor, base + at.ceil};
  }
  // Nothing, less, or more than there ever is.
  static bool is_odd(int64_t cost, const Moment& now) noexcept {
    return static_cast<uint64_t>(cost) - 1 >= static_cast<uint64_t>(now.units.burst());
  }
  typename Table::Idle idle(const Moment& now) const noexcept {
    return {now.floor, now.base, now.epoch.set->idle.load(std::memory_order_acquire)};
  }
  // What no value of the epoch is above: of a decision at its latest time, rounded up.
  uint64_t greatest(const Epoch& epoch) const noexcept {
    const auto units = whole_units_of(*epoch.set);
    return epoch.set->base.load(std::memory_order_acquire) + units.at(epoch.now).ceil +
           most_held(units) + 1;
  }

  static bool is_older(const View& view, const Moment& now) noexcept {
    return view.value() < now.base;
  }
  uint64_t valued(const View& view, const Moment& now) const noexcept {
    return is_older(view, now) ? converted(view.value(), now.epoch) : view.value();
  }
  // Where values may come back: the key's cell, or none.
  bool swap(const View& view, uint64_t value) noexcept {
    return table_.swap(view, table_.low_bits(view), value);
  }
  // The same where the value becomes less, or where who looked must see that it was here.
  bool swap_anew(const View& view, uint64_t value) noexcept {
    return table_.swap(view, table_.next_low_bits(view), value);
  }
  // Of what was only looked at.
  bool was_so(const View& view, const Moment& now) noexcept {
    return epochs_.stands(now.epoch) &&
           (!view.cell || !is_older(view, now) || table_.is_current(view));
  }

  // What a value of the last epoch is in this one. One that was idle is: at the base.
  uint64_t converted(uint64_t full, const Epoch& epoch) const noexcept;
  // Who changes it, or takes the change's end over.
  void convert_all() noexcept;

  // The decision on a key of which find() saw no live cell; not where it is to be made again.
  Claim claim(uint64_t hash, const Moment& now, uint64_t need, bool* may_convert,
              bool takes = true) noexcept {
    const typename Table::Idle idle = this->idle(now);
    if (!epochs_.stands(now.epoch)) return {};
    const auto claimed = table_.claim(hash, idle, now.ceil);
    if (claimed.view.cell && !claimed.view.pending()) return {.view = claimed.view};
    if (!claimed.view.cell) {
      if (!epochs_.stands(now.epoch)) return {};
      if (claimed.soonest < now.base && std::exchange(*may_convert, false)) {
        convert_window(hash, now);
        return {};
      }
      return {true, {wait(claimed.soonest, now), true}};
    }
    const uint64_t start = value_at_first(now);
    const bool passes = takes && passes_at_first(now, need);
    if (!epochs_.stands(now.epoch)) return {};
    if (passes)
      return {table_.swap_state(claimed.view, start + need), {}, {.state = (start + need) << 1}};
    if (!table_.swap_state(claimed.view, start)) return {};
    return {.view = {claimed.view.cell, claimed.view.tag, start << 1}};
  }
  void convert_window(uint64_t hash, const Moment& now) noexcept;

  // A key without a cell has a full bucket, or what new ones have, if there is a cell for it.
  Verdict newcomer(uint64_t hash, const Moment& now, uint64_t need) noexcept {
    const uint64_t soonest = table_.crowded(hash, idle(now));
    if (soonest != 0) return {wait(soonest, now), true};
    return {wait_at_first(now, need)};
  }
  uint64_t lacks_at_first(const Moment& now) const noexcept {
    if constexpr (Units::kAreTokens)
      return now.units.lacks_at_first(epochs_.of_new_keys());
    else
      return 0;
  }
  uint64_t value_at_first(const Moment& now) const noexcept {
    return std::max(now.ceil, table_.horizon()) + lacks_at_first(now);
  }
  bool passes_at_first(const Moment& now, uint64_t need) const noexcept {
    const uint64_t lacks = lacks_at_first(now);
    return lacks == 0 || lacks + need <= now.units.capacity();
  }
  int64_t wait_at_first(const Moment& now, uint64_t need) const noexcept {
    if (passes_at_first(now, need)) return 0;
    return wait(value_at_first(now) + need - now.units.capacity(), now);
  }
  // Also where the words of the set are damaged: from 0 to the limit.
  static Standing full(const Moment& now) noexcept {
    const int64_t burst = std::max<int64_t>(now.units.burst(), 0);
    return {burst, burst, 0, 0};
  }
  Standing of_newcomer(uint64_t hash, const Moment& now, Crowd crowd) noexcept {
    if (crowd == Crowd::kDeny) {
      if (Verdict verdict = newcomer(hash, now, 0); verdict.crowded_out)
        return {full(now).limit, 0, verdict.wait, verdict.wait};
    }
    return at_first(now);
  }
  Standing at_first(const Moment& now) const noexcept {
    return lacks_at_first(now) == 0 ? full(now) : of(value_at_first(now), now);
  }
  Standing of(const View& view, const Moment& now) const noexcept {
    return view.pending() ? at_first(now) : of(valued(view, now), now);
  }
  Standing of(uint64_t full, const Moment& now) const noexcept {
    Standing standing = this->full(now);
    if (full <= now.floor) return standing;
    const uint64_t left = is_held_back(full, now) ? 0 : now.units.left(full - now.base, now.at);
    if (left >= static_cast<uint64_t>(standing.limit)) return standing;  // all was given back
    standing.remaining =
        static_cast<int64_t>(std::min(left, static_cast<uint64_t>(standing.limit)));
    standing.reset_after = wait(full, now);
    const auto more = taken_of(full, now, (left + 1) * now.units.per_token());
    standing.next_after = std::min(wait_until(more.due, now.epoch.since), standing.reset_after);
    return standing;
  }

  [[gnu::always_inline]] Decision decide(uint64_t full, const Moment& now,
                                         uint64_t need) const noexcept {
    if (full <= now.floor) {
      if (full < now.base) [[unlikely]]
        full = converted(full, now.epoch);
      if (full <= now.floor) return {now.ceil + need, 0};
    }
    const auto taken = taken_of(full, now, need);
    if (taken.passes) return {now.base + taken.value, 0};
    return {full, wait_until(taken.due, now.epoch.since)};
  }
  // Of windows: whether turns were given in later ones, behind which everybody comes. It is asked
  // once the cell is read, so that the turn in it was told of.
  [[gnu::always_inline]] bool is_held_back(uint64_t full, const Moment& now) const noexcept {
    if constexpr (Units::kAreTokens)
      return false;
    else
      return now.units.is_ahead(full - now.base, now.at) && epochs_.gives_turns();
  }
  // Of a value that is not idle.
  [[gnu::always_inline]] typename Units::Taken taken_of(uint64_t full, const Moment& now,
                                                        uint64_t need) const noexcept {
    if constexpr (!Units::kAreTokens) {
      if (is_held_back(full, now)) [[unlikely]]
        return held_back(full, now, need);
    }
    return now.units.take(full - now.base, now.at, need);
  }
  [[gnu::noinline]] typename Units::Taken held_back(uint64_t full, const Moment& now,
                                                    uint64_t need) const noexcept {
    const auto taken = now.units.take(full - now.base, now.at, need);
    const int64_t begins = now.units.counts_from(full - now.base);
    return {false, 0, taken.passes ? begins : std::max(taken.due, begins)};
  }
  struct Turn {
    uint64_t value = 0;  // the cell's then; 0: there is none
    int64_t due = 0;
    bool is_now = false;
  };
  Turn turn_of(uint64_t full, const Moment& now, uint64_t need) const noexcept;
  static int64_t number_of(const Turn& turn, int64_t time, int64_t after) noexcept;
  bool is_last(uint64_t full, const Moment& now, int64_t time, uint64_t need,
               int64_t number) const noexcept;
  bool is_to_come(uint64_t full, const Moment& now, uint64_t need) const noexcept;
  // The value less what was taken, as far as `least`.
  static uint64_t without(uint64_t full, uint64_t need, uint64_t least) noexcept {
    return full - std::min(need, full - std::min(full, least));
  }
  static int64_t wait(uint64_t until, const Moment& now) noexcept {
    return wait(until > now.base ? until - now.base : 0, now.units, now.epoch.since);
  }
  // Of a request that did not pass, so never 0: not even where the cell is damaged.
  static int64_t wait(uint64_t until, const Units& units, int64_t since) noexcept {
    return wait_until(units.when(until), since);
  }

  Table& table_;
  Epochs epochs_;
  [[no_unique_address]] UnitsMaker<Units> make_;
};

}  // namespace og

#include "core/limit/token_band_slots.h"     // IWYU pragma: export
#include "core/limit/token_bucket_amends.h"  // IWYU pragma: export
#include "core/limit/token_bucket_change.h"  // IWYU pragma: export
#include "core/limit/token_slots.h"          // IWYU pragma: export
