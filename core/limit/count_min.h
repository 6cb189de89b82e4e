// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/base/cell_table.h"
#include "core/base/hash.h"
#include "core/limit/count_min_units.h"
#include "core/limit/counts_inheritance.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/take_up_to.h"
#include "core/limit/verdict.h"

namespace og {

// At most `count` requests of a key in each window of the clock, for keys without number in memory
// that does not grow: counted in a count-min sketch (Cormode and Muthukrishnan 2005), `depth` rows
// of `width` counters. A key has one counter in each row, by a hash of the row's own, and shares it
// with others. The least of them is what the key counts.
//
// An admission raises only those of its counters that are under what it now counts: the
// conservative update of Estan and Varghese (2002).
//
// Why no key is ever let through beyond its count: each of its counters is at least what it took in
// the window. So the least is, and an admission raises all to that and its cost.
//
// By how much a key is counted too high: let N be what all keys together took in the window. In one
// row others add N / width to its counter on average, so e * N / width or more with probability 1/e
// at most (Markov), in all rows at once with e^-depth. The conservative update never makes a
// counter greater than adding does. Keys that are denied add nothing.
//
// A counter is one word that never decreases:
//
//   value = base + (window << bits) + count      bits: as many as the count needs
//
// so that windows end without a sweep, and "raise to" is all that is done to it. It says nothing of
// the windows before its own. Who comes with the time of one of these goes by those of its counters
// that are not beyond it; they have all that it took then. Where all are beyond it, it counts in
// the earliest of their windows.
//
// Two callers of a key that read its counters at one moment must not both raise them to the same
// value. So each admission goes through a word pair, the turnstile of the key, which tells the
// latest admission there:
//
//   key      its hash
//   target   the value to which its counters are raised << 1 | whether they are
//
//   1. read the turnstile; raise the counters of the admission that it tells, unless they are
//   2. read the key's counters, and decide
//   3. swap the turnstile, as one, to this admission
//   4. raise the counters
//
// The admission is made by step 3. What it was decided on is at least what the key took: whatever
// went through the turnstile before is in the counters, as step 1 saw to it, and whatever went
// through it since makes the swap fail. A turnstile's pair does not come back, for each admission
// of a key has a greater target than its last. Who dies before 3 has done nothing, who dies after
// it has others do the rest: the request, of which nobody heard, counts. Who fails at 3 lost to an
// admission, so it is lock-free. A denial writes nothing.
//
// (Adding to each row and taking back what was denied would need no turnstile. But who looks at the
// rows in between counts requests that are denied in the end, and a counter can be left too high;
// and two admissions that pass each other from row to row may both find one with room.)
//
// Count and period may change (limit_epochs.h). Values of an epoch lie above all of the last one's.
// Until the change has been through, a counter of the last epoch means what the rule makes of it;
// as the rule never makes more of less, it stays at least what the key took. Before any counter is
// written in the new epoch, all turnstiles of the last one are settled: their counters raised, then
// swapped for a pair that is of the new one. So none of the last epoch's admissions is missing from
// a counter, and who is still in it fails at step 3, or sees that its epoch is over.
template <class M = Memory, uint64_t kTurnstiles = 1024>
class CountMin {
 public:
  static constexpr bool kGivesNothingBack = true;
  using Word = typename M::Word;
  using Epochs = LimitEpochs<M>;
  using Begun = typename Epochs::Begun;

  static constexpr uint64_t kMostDepth = 8;

 private:
  static constexpr uint64_t kLine = 8;  // words: what is read with each call is not what is written
  static constexpr uint64_t kCountersAt = kLine + 2 * kTurnstiles;

 public:
  struct Shape {
    uint64_t width, depth;
    uint64_t words() const noexcept { return kCountersAt + width * depth; }
  };

  // memory: so many words, on a 16-byte boundary, zeroed or in use as the same sketch.
  CountMin(Word* memory, const Shape& shape, const Epochs& epochs) noexcept
      : settled_(memory),
        turnstiles_(reinterpret_cast<Turnstile*>(memory + kLine)),
        counters_(memory + kCountersAt),
        shape_(shape),
        epochs_(epochs) {}

  static Begun first(const LimitWords& units) noexcept { return {.words = units}; }

  Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) [[unlikely]]
        return Verdict::out_of_range();
      const Moment now = moment(epoch);
      if (settled_->load(std::memory_order_seq_cst) < now.base) [[unlikely]]
        settle_all(now.base);
      Turnstile& turnstile = turnstile_of(hash);
      const Admission last = read(turnstile);
      if (!last.is_counted()) [[unlikely]]
        finish(turnstile, last);
      const Look look = this->look(hash, now, 0);
      if (!epochs_.stands(epoch)) [[unlikely]]
        continue;
      if (is_odd(cost, now)) [[unlikely]]
        return Verdict::of_odd(cost);
      const uint64_t used = look.used + static_cast<uint64_t>(cost);
      if (used > now.units.count()) return {wait(look, now)};
      const Admission made{hash, now.value(look.window, used) << 1};
      if (!M::swap_pair(&turnstile.key, last.key, last.target, made.key, made.target)) [[unlikely]]
        continue;
      finish(turnstile, made);
      return {0};
    }
  }

  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.read(time, epoch)) return Verdict::out_of_range();
      const Moment now = moment(epoch);
      const Look look = this->look(hash, now, latest_of(hash));
      if (!epochs_.stands(epoch)) continue;
      if (is_odd(cost, now)) return Verdict::of_odd(cost);
      const bool passes = look.used + static_cast<uint64_t>(cost) <= now.units.count();
      return {passes ? 0 : wait(look, now)};
    }
  }

  Standing standing(uint64_t hash, int64_t time, Crowd) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      const Moment now = moment(epoch);
      const Look look = this->look(hash, now, latest_of(hash));
      if (!epochs_.stands(epoch)) continue;
      const uint64_t limit = now.units.count(), used = std::min(look.used, limit);
      const int64_t until = used == 0 ? 0 : wait(look, now);
      return {static_cast<int64_t>(limit), static_cast<int64_t>(limit - used), until, until};
    }
  }

  // What the window has no room for is not noted: nobody can owe it.
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    const TakenUpTo taken = take_up_to(*this, hash, time, cost);
    return taken.verdict.is_answer ? peek(hash, time, 1) : taken.verdict;
  }

  // A counter that is lowered for one key might be under what another took.
  int64_t give_back(uint64_t, int64_t, int64_t) noexcept { return kUnsupported; }
  int64_t forget(uint64_t) noexcept { return kUnsupported; }
  Slot reserve(uint64_t, int64_t, int64_t, int64_t) noexcept { return Slot::unsupported(); }
  int64_t cancel(uint64_t, int64_t, int64_t, int64_t) noexcept { return kUnsupported; }

  // Keys that took something in the window, about, by how many counters of the first row nobody has
  // (linear counting: Whang, Vander-Zanden and Taylor 1990). Where none is left, what one would
  // say.
  int64_t in_use(int64_t time) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      const Moment now = moment(epoch);
      uint64_t unused = 0;
      for (uint64_t i = 0; i < shape_.width; ++i) {
        const uint64_t value = in_epoch(counters_[i], 0, now);
        unused += now.window_of(value) < now.window || now.count_of(value) == 0;
      }
      if (!epochs_.stands(epoch)) continue;
      const auto width = static_cast<double>(shape_.width);
      const auto left = static_cast<double>(std::max<uint64_t>(unused, 1));
      return unused == shape_.width ? 0 : std::llround(width * std::log(width / left));
    }
  }

  bool has_room_for(const LimitWords& units, int64_t time) noexcept {
    Epoch epoch;
    if (!epochs_.read(time, epoch)) return false;
    epoch.now = std::max(epoch.now, epoch.elapsed) + Epochs::kSlack;
    const auto next = CountMinUnits::of(units);
    const auto most = static_cast<unsigned __int128>(greatest(epoch)) +
                      next.beyond(Epochs::kMaxElapsed + Epochs::kSlack);
    return most < uint64_t{1} << 63;
  }
  // One caller at a time. False: the time is out of range.
  bool change(const LimitWords& units, int64_t time, TokensInheritance rule) noexcept {
    return epochs_.change(
        time,
        [&](const Epoch& last) -> Begun {
          return {.base = greatest(last), .inherited = static_cast<uint64_t>(rule), .words = units};
        },
        [this] { convert_all(); });
  }

 private:
  using Epoch = typename Epochs::Epoch;
  struct Turnstile {
    alignas(16) Word key;
    Word target;
  };
  struct Admission {
    uint64_t key, target;
    bool is_counted() const noexcept { return target & 1 || target == 0; }
    uint64_t value() const noexcept { return target >> 1; }
  };
  struct Moment {
    CountMinUnits units;
    const Epoch& epoch;
    uint64_t base, window;

    uint64_t value(uint64_t of_window, uint64_t count) const noexcept {
      return base + (of_window << units.bits()) + count;
    }
    uint64_t window_of(uint64_t value) const noexcept { return (value - base) >> units.bits(); }
    uint64_t count_of(uint64_t value) const noexcept {
      return (value - base) & ((uint64_t{1} << units.bits()) - 1);
    }
  };
  // In which window a key counts, and what it has used there.
  struct Look {
    uint64_t window, used;
  };
  static constexpr auto kUnsupported = static_cast<int64_t>(Status::kUnsupported);
  static constexpr uint64_t kValues = ~uint64_t{0} >> 1;

  static CountMinUnits units_of(const typename Epochs::Set& set) noexcept {
    return CountMinUnits::of(set.load_words(), set.start.load(std::memory_order_acquire));
  }
  static Moment moment(const Epoch& epoch) noexcept {
    const auto units = units_of(*epoch.set);
    return {units, epoch, epoch.set->base.load(std::memory_order_acquire) & kValues,
            units.window_at(epoch.elapsed)};
  }
  // Nothing, less, or more than there ever is.
  static bool is_odd(int64_t cost, const Moment& now) noexcept {
    return static_cast<uint64_t>(cost) - 1 >= now.units.count();
  }
  static int64_t wait(const Look& look, const Moment& now) noexcept {
    return wait_until(now.units.begins(look.window + 1), now.epoch.since);
  }
  // What no value of the epoch reaches: of a decision at its latest time.
  uint64_t greatest(const Epoch& epoch) const noexcept {
    return (epoch.set->base.load(std::memory_order_acquire) & kValues) +
           units_of(*epoch.set).beyond(epoch.now);
  }

  Turnstile& turnstile_of(uint64_t hash) const noexcept { return turnstiles_[hash % kTurnstiles]; }
  Word& counter(uint64_t row, uint64_t hash) const noexcept {
    constexpr uint64_t kGolden = 0x9e3779b97f4a7c15u;  // splitmix64's step: a generator a key
    return counters_[row * shape_.width +
                     reduce64(mix64(hash + (row + 1) * kGolden), shape_.width)];
  }

  static Admission read(const Turnstile& turnstile) noexcept {
    for (;;) {
      const uint64_t target = turnstile.target.load(std::memory_order_seq_cst);
      const uint64_t key = turnstile.key.load(std::memory_order_seq_cst);
      if (turnstile.target.load(std::memory_order_seq_cst) == target) return {key, target};
    }
  }
  // For who writes nothing: the value of the key's admission that is perhaps not counted yet.
  uint64_t latest_of(uint64_t hash) const noexcept {
    const Admission last = read(turnstile_of(hash));
    return last.key == hash ? last.value() : 0;
  }
  void raise(const Admission& admission) noexcept {
    for (uint64_t row = 0; row < shape_.depth; ++row)
      raise_to(counter(row, admission.key), admission.value());
  }
  void finish(Turnstile& turnstile, const Admission& admission) noexcept {
    raise(admission);
    uint64_t target = admission.target;
    turnstile.target.compare_exchange_strong(target, target | 1, std::memory_order_seq_cst);
  }

  Look look(uint64_t hash, const Moment& now, uint64_t at_least) noexcept {
    uint64_t values[kMostDepth];
    for (uint64_t row = 0; row < shape_.depth; ++row)
      values[row] = in_epoch(counter(row, hash), at_least, now);
    uint64_t window = now.window;
    for (;;) {
      uint64_t used = ~uint64_t{0}, earliest = ~uint64_t{0};
      for (uint64_t row = 0; row < shape_.depth; ++row) {
        const uint64_t of = now.window_of(values[row]);
        if (of > window)
          earliest = std::min(earliest, of);
        else
          used = std::min(used, of == window ? now.count_of(values[row]) : 0);
      }
      if (used != ~uint64_t{0}) return {window, used};
      window = earliest;
    }
  }

  // A counter's value. Of the last epoch, what it is in this one: told from that one's words, which
  // stay while a counter has such a value.
  uint64_t in_epoch(const Word& counter, uint64_t at_least, const Moment& now) const noexcept {
    for (;;) {
      const uint64_t seen = counter.load(std::memory_order_seq_cst);
      const uint64_t value = std::max(seen, at_least);
      if (value >= now.base) [[likely]]
        return value;
      const uint64_t after = converted(value, now);
      if (counter.load(std::memory_order_seq_cst) == seen) return after;
    }
  }
  // What counted as the configuration changed counts in the window of the change. Where a caller's
  // time was later and has begun another, that one counts so.
  uint64_t converted(uint64_t value, const Moment& now) const noexcept {
    const auto& set = epochs_.before(now.epoch);
    const uint64_t start = set.start.load(std::memory_order_acquire);
    const uint64_t lasted = now.epoch.set->start.load(std::memory_order_acquire) - start;
    const auto last = CountMinUnits::of(set.load_words(), start);
    const Moment then{last, now.epoch, set.base.load(std::memory_order_acquire) & kValues,
                      last.window_at(lasted)};
    const bool counts = value >= then.base && then.window_of(value) >= then.window;
    const uint64_t used = counts ? then.count_of(value) : 0;
    const auto rule = static_cast<TokensInheritance>(now.epoch.set->inherited());
    return now.value(now.units.window_at(0),
                     inherit_count(rule, used, last.count(), now.units.count()));
  }

  // Every admission of the last epoch is in its counters, and none of it comes after.
  void settle_all(uint64_t base) noexcept {
    const Admission settled{0, base << 1 | 1};
    for (uint64_t i = 0; i < kTurnstiles; ++i) {
      Turnstile& turnstile = turnstiles_[i];
      for (;;) {
        const Admission last = read(turnstile);
        if (last.value() >= base) break;
        if (!last.is_counted()) raise(last);
        if (M::swap_pair(&turnstile.key, last.key, last.target, settled.key, settled.target)) break;
      }
    }
    raise_to(*settled_, base);
  }
  // Who changes it, or takes the change's end over.
  void convert_all() noexcept {
    Epoch epoch;
    epochs_.read(0, epoch);
    const Moment now = moment(epoch);
    settle_all(now.base);
    for (uint64_t i = 0; i < shape_.width * shape_.depth; ++i) {
      const uint64_t value = counters_[i].load(std::memory_order_relaxed);
      if (value < now.base) raise_to(counters_[i], converted(value, now));
    }
    epochs_.finish(0);
  }

  Word* settled_;  // the base of the epoch for which all turnstiles last were
  Turnstile* turnstiles_;
  Word* counters_;
  Shape shape_;
  Epochs epochs_;
};

}  // namespace og
