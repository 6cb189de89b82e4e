// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "core/base/cell_table.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/plan_book.h"
#include "core/limit/tokens_inheritance.h"
#include "core/limit/verdict.h"

namespace og {

// A token bucket a key (token_bucket.h), whose rate and burst are those of the key's plan.
//
// The low bits of a cell's tag say by which plan its value counts: in that plan's units, above the
// epoch's base. Whoever decides by another plan makes the value that plan's in passing, by the swap
// that takes the tokens: tag and value are swapped as one. So there is one bucket a key, whatever
// its plan, and no moment at which it is both, or none.
//
// What is used stays used: a bucket becomes as full as it was (proportional). By that rule alone,
// going to and fro gains nothing: half of 20 is half of 200 is half of 20. It depends on nothing
// but the value and the moment.
//
// The moment of a key's change is never before that of its last one. Otherwise calls by two times,
// each of which makes the bucket its own plan's, would be given the refill between these times over
// and over. `latest` keeps the latest moment, for keys of one hash in kLatest together; a change by
// a time before is made at that moment. So each ns refills a bucket once, by the rate of one plan.
// Where a value lies so far ahead that its bucket would be emptier than empty, somebody decided
// later: the change is made at the first moment at which it is empty. Once turns to come were ever
// given, it may be these, hours of them, and `latest` is of other keys too. Then inherit() leaves
// the bucket empty for as long as it would have been, and a nanosecond.
//
// The plan is told by `plan_of`, which is called once the cell has been read. Who swaps the cell
// then saw the plan while the cell stood as it was. So two changes of a key's cell are never both
// of one change of its plan; the lines of PlanMap that others change meanwhile make the next call
// change it again.
//
// The rates of all plans change with an epoch, as a bucket's do (limit_epochs.h): its base lies
// above what any plan's values could be.
//
// Where the table is searched for a cell, values of different units are compared by when, in ns of
// the epoch, their buckets are full. The horizon is the base and a time too.
template <class M = Memory>
class PlanBucket {
 public:
  using Table = CellTable<M>;
  using Epochs = LimitEpochs<M>;
  using Book = PlanBook<M>;
  using Word = typename M::Word;
  static constexpr uint64_t kPlanBits = kMostPlans - 1;  // of a tag
  static constexpr uint64_t kLatest = 64;

  // latest: kLatest words, zeroed.
  PlanBucket(Table& table, const Epochs& epochs, Book book, Word* latest)
      : table_(table), epochs_(epochs), book_(book), latest_(latest) {}

  template <class P>
  Verdict acquire(uint64_t hash, int64_t time, int64_t cost, P&& plan_of) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) return Verdict::out_of_range();
      View view = table_.find(hash);
      const Moment now = moment(epoch, plan_of());
      if (now.is_odd(cost)) {
        if (!epochs_.stands(epoch)) continue;
        return now.of_odd(cost);
      }
      const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
      if (!view.cell || view.pending()) {
        if (const auto verdict = claim(hash, now, need)) return *verdict;
        continue;
      }
      const Valued valued = this->valued(view, hash, now);
      const Decision decision = decide(valued.full, now, need);
      if (!epochs_.stands(epoch)) continue;
      if (decision.wait > 0) {
        if (is_older(view, now) && !table_.is_current(view)) continue;
        return {decision.wait};
      }
      if (swap(view, hash, now, valued, decision.full)) return {0};
    }
  }

  template <class P>
  Verdict peek(uint64_t hash, int64_t time, int64_t cost, P&& plan_of) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.read(time, epoch)) return Verdict::out_of_range();
      View view = table_.find(hash);
      const Moment now = moment(epoch, plan_of());
      Verdict verdict;
      if (now.is_odd(cost)) {
        verdict = now.of_odd(cost);
      } else if (!view.cell) {
        verdict = newcomer(hash, now, static_cast<uint64_t>(cost) * now.units.per_token());
      } else {
        const uint64_t need = static_cast<uint64_t>(cost) * now.units.per_token();
        verdict = {view.pending() ? wait_at_first(now, need)
                                  : decide(valued(view, hash, now).full, now, need).wait};
      }
      if (was_so(view, now)) return verdict;
    }
  }

  template <class P>
  Standing standing(uint64_t hash, int64_t time, Crowd crowd, P&& plan_of) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      View view = table_.find(hash);
      const Moment now = moment(epoch, plan_of());
      Standing standing = now.full();
      if (now.passage == Passage::kRated) {
        const bool is_known = view.cell && !view.pending();
        const Verdict verdict =
            view.cell || crowd != Crowd::kDeny ? Verdict{} : newcomer(hash, now, 0);
        if (verdict.crowded_out)
          standing = {standing.limit, 0, verdict.wait, verdict.wait};
        else if (is_known || lacks_at_first(now) > 0)
          standing =
              of(is_known ? valued(view, hash, now).full : value_at_first(now), now, standing);
      }
      if (was_so(view, now)) return standing;
    }
  }

  // To a key whose plan has no rate, nothing is given back, and nothing is charged.
  template <class P>
  int64_t give_back(uint64_t hash, int64_t time, int64_t cost, P&& plan_of) noexcept {
    for (;;) {
      Epoch epoch;
      if (cost < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range().wait;
      View view = table_.find(hash);
      const Moment now = moment(epoch, plan_of());
      const bool is_known = view.cell && !view.pending() && now.passage == Passage::kRated;
      const Valued valued = is_known ? this->valued(view, hash, now) : Valued{};
      const uint64_t least =
          std::max({now.floor, at_floor(table_.horizon(), now), at_floor(latest_of(hash), now)});
      if (!is_known || cost == 0 || valued.full <= least) {
        if (was_so(view, now)) return 0;
        continue;
      }
      const uint64_t per_token = std::max<uint64_t>(now.units.per_token(), 1);
      const uint64_t whole =
          std::min((valued.full - least) / per_token, static_cast<uint64_t>(cost));
      const bool is_all = whole < static_cast<uint64_t>(cost);
      if (!epochs_.stands(epoch)) continue;
      if (swap(view, hash, now, valued, is_all ? least : valued.full - whole * per_token))
        return static_cast<int64_t>(whole);
    }
  }

  template <class P>
  Verdict charge(uint64_t hash, int64_t time, int64_t cost, P&& plan_of) noexcept {
    for (;;) {
      Epoch epoch;
      if (cost < 0 || !epochs_.enter(time, epoch)) return Verdict::out_of_range();
      View view = table_.find(hash);
      const Moment now = moment(epoch, plan_of());
      if (cost == 0 || now.passage != Passage::kRated) return peek(hash, time, 1, plan_of);
      const uint64_t most = most_owed(now.units);
      const uint64_t per_token = std::max<uint64_t>(now.units.per_token(), 1);
      const uint64_t need = static_cast<uint64_t>(cost) > most / per_token
                                ? most
                                : static_cast<uint64_t>(cost) * per_token;
      if (!view.cell || view.pending()) {
        const auto verdict = claim(hash, now, need);
        if (!verdict) continue;
        return verdict->wait == 0 ? peek(hash, time, 1, plan_of) : *verdict;
      }
      const Valued valued = this->valued(view, hash, now);
      const uint64_t from = valued.full <= now.floor ? now.ceil : valued.full;
      const uint64_t next = std::max(from, std::min(from + need, now.ceil + most));
      if (epochs_.stands(epoch) && swap(view, hash, now, valued, next))
        return peek(hash, time, 1, plan_of);
    }
  }

  // plan_slots.h has these two.
  template <class P>
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most, P&& plan_of) noexcept;
  template <class P>
  int64_t cancel(uint64_t hash, int64_t time, int64_t cost, int64_t at, P&& plan_of) noexcept;

  bool forget(uint64_t hash) noexcept {
    for (;;) {
      const View view = table_.find(hash);
      if (!view.cell || view.pending()) return false;
      if (table_.free(view)) return true;
    }
  }

  template <class P>
  bool is_yet_to_begin(uint64_t hash, P&& plan_of) noexcept {
    if (epochs_.of_new_keys() == 0) return false;
    Epoch epoch;
    epochs_.read(0, epoch);
    const View view = table_.find(hash);
    const bool is_known = view.cell && !view.pending();
    return !is_known && moment(epoch, plan_of()).passage == Passage::kRated;
  }

  int64_t in_use(int64_t time) noexcept {
    Epoch epoch;
    epochs_.read(time, epoch);
    return table_.in_use(Idle{*this, epoch});
  }

  // Makes what the key has used this plan's, by the rule, where its cell is another's.
  void move(uint64_t hash, int64_t time, uint64_t plan, TokensInheritance rule) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) return;
      const View view = table_.find(hash);
      const Moment now = moment(epoch, plan);
      if (!view.cell || view.pending() || now.passage != Passage::kRated ||
          table_.low_bits(view) == plan)
        return;
      const Valued valued = this->valued(view, hash, now, rule);
      if (epochs_.stands(epoch) && swap(view, hash, now, valued, valued.full)) return;
    }
  }

  // What the plan is now; nothing where there is none of that number.
  PlanTerms::Kind kind(uint64_t plan) const noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(0, epoch);
      const auto kind = book_.terms(Epochs::side(epoch), plan).kind;
      if (epochs_.stands(epoch)) return kind;
    }
  }

  bool has_room_for(const AllPlanTerms& terms, int64_t time) noexcept {
    Epoch epoch;
    if (!epochs_.read(time, epoch)) return false;
    uint64_t latest = epoch.now;
    for (uint64_t plan = 0; plan < kMostPlans; ++plan)
      latest = std::max(latest, epoch.elapsed + most_ahead(this->terms(epoch, plan).units));
    epoch.now = latest + Epochs::kSlack;
    unsigned __int128 most = 0;
    for (const PlanTerms& plan : terms) {
      const auto next = TokenUnits::of(plan.words);
      most =
          std::max<unsigned __int128>(most, static_cast<unsigned __int128>(most_owed(next)) +
                                                next.at(Epochs::kMaxElapsed + Epochs::kSlack).ceil);
    }
    return most + greatest(epoch) < uint64_t{1} << 63;
  }
  // One caller at a time. False: the time is out of range.
  bool change(const AllPlanTerms& terms, int64_t time, TokensInheritance rule) noexcept {
    return epochs_.change(
        time,
        [&](const Epoch& last) -> typename Epochs::Begun {
          book_.write(1 - Epochs::side(last), terms);
          return {.base = greatest(last) + 1,
                  .inherited = static_cast<uint64_t>(rule),
                  .words = terms[kDefaultPlan].words};
        },
        [this] { convert_all(); });
  }

 private:
  using Epoch = typename Epochs::Epoch;
  using View = typename Table::View;
  enum class Passage { kRated, kAlways, kNever };

  struct Moment {
    const Epoch& epoch;
    uint64_t plan;
    Passage passage;
    TokenUnits units;
    uint64_t base, floor, ceil;

    bool is_odd(int64_t cost) const noexcept {
      return passage != Passage::kRated ||
             static_cast<uint64_t>(cost) - 1 >= static_cast<uint64_t>(units.burst());
    }
    Verdict of_odd(int64_t cost) const noexcept {
      if (passage == Passage::kRated || cost < 0) return Verdict::of_odd(cost);
      return {passage == Passage::kAlways ? 0 : kNeverPasses};
    }
    Standing full() const noexcept {
      const int64_t limit = passage == Passage::kAlways  ? std::numeric_limits<int64_t>::max()
                            : passage == Passage::kNever ? 0
                                                         : std::max<int64_t>(units.burst(), 0);
      return {limit, limit, 0, 0};
    }
  };
  // What a cell's value is by the moment's plan, and where that took a change of plan, when.
  struct Valued {
    uint64_t full = 0;
    bool changes_plan = false;
    uint64_t elapsed = 0;
  };
  struct Decision {
    uint64_t full;
    int64_t wait;
  };
  struct Idle {
    const PlanBucket& bucket;
    const Epoch& epoch;
    bool holds(const View& view) const noexcept { return rank(view) <= epoch.elapsed; }
    // When its bucket is full, in ns of the epoch.
    uint64_t rank(const View& view) const noexcept {
      const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
      const uint64_t full = bucket.of_epoch(view, epoch);
      const auto units = bucket.terms(epoch, bucket.table_.low_bits(view)).units;
      return full > base ? static_cast<uint64_t>(units.when(full - base)) : 0;
    }
    uint64_t soon() const noexcept { return epoch.elapsed + 1; }
  };

  typename Book::Terms terms(const Epoch& epoch, uint64_t plan) const noexcept {
    return book_.terms(Epochs::side(epoch), plan);
  }
  Moment moment(const Epoch& epoch, uint64_t plan) const noexcept {
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    if (plan >= kMostPlans)
      return {epoch, plan, plan == kExempt ? Passage::kAlways : Passage::kNever, {}, base, 0, 0};
    auto terms = this->terms(epoch, plan);
    if (terms.kind == PlanTerms::kUnlimited) return {epoch, plan, Passage::kAlways, {}, base, 0, 0};
    if (terms.kind != PlanTerms::kRated) terms = this->terms(epoch, plan = kDefaultPlan);
    const auto at = terms.units.at(epoch.elapsed);
    return {epoch, plan, Passage::kRated, terms.units, base, base + at.floor, base + at.ceil};
  }
  static uint64_t most_owed(const TokenUnits& units) noexcept {
    return units.capacity() + units.most_debt();
  }
  // ns from a decision to the turn that it gives.
  static uint64_t most_ahead(const TokenUnits& units) noexcept {
    return static_cast<uint64_t>(units.max_wait());
  }
  // What no value of the epoch is above, nor any time beside its base.
  uint64_t greatest(const Epoch& epoch) const noexcept {
    uint64_t most = epoch.now;
    for (uint64_t plan = 0; plan < kMostPlans; ++plan) {
      const auto units = terms(epoch, plan).units;
      most = std::max(most, units.at(epoch.now).ceil + most_owed(units));
    }
    return epoch.set->base.load(std::memory_order_acquire) + most + 1;
  }

  static bool is_older(const View& view, const Moment& now) noexcept {
    return view.value() < now.base;
  }
  bool was_so(const View& view, const Moment& now) noexcept {
    return epochs_.stands(now.epoch) &&
           (!view.cell || !is_older(view, now) || table_.is_current(view));
  }
  // In the units of its own plan, as they are in this epoch.
  uint64_t of_epoch(const View& view, const Epoch& epoch) const noexcept {
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    if (view.value() >= base) return view.value();
    const auto& last = epochs_.before(epoch);
    const uint64_t before = last.base.load(std::memory_order_acquire);
    const uint64_t lasted = epoch.set->start.load(std::memory_order_acquire) -
                            last.start.load(std::memory_order_acquire);
    const uint64_t plan = table_.low_bits(view);
    const auto rule = static_cast<TokensInheritance>(epoch.set->inherited());
    return base + carry(rule, view.value() > before ? view.value() - before : 0, lasted,
                        book_.terms(1 - Epochs::side(epoch), plan).units, terms(epoch, plan).units);
  }

  Word& latest_word(uint64_t hash) const noexcept { return latest_[hash >> 32 & (kLatest - 1)]; }
  uint64_t latest_of(uint64_t hash) const noexcept {
    return latest_word(hash).load(std::memory_order_seq_cst);
  }
  // The ns of the epoch that a word of the base and a time says; 0 for one of an older epoch.
  static uint64_t ns_of(uint64_t word, const Moment& now) noexcept {
    return word > now.base ? std::min(word - now.base, now.epoch.now) : 0;
  }
  static uint64_t at_floor(uint64_t word, const Moment& now) noexcept {
    return now.base + now.units.at(ns_of(word, now)).floor;
  }

  Valued valued(const View& view, uint64_t hash, const Moment& now,
                TokensInheritance rule = TokensInheritance::kProportional) const noexcept {
    const uint64_t full = of_epoch(view, now.epoch);
    const uint64_t plan = table_.low_bits(view);
    if (plan == now.plan) return {full};
    const auto from = terms(now.epoch, plan).units;
    const uint64_t value = full > now.base ? full - now.base : 0;
    uint64_t elapsed = std::max(now.epoch.elapsed, ns_of(latest_of(hash), now));
    if (const uint64_t most = most_owed(from); value > most && !epochs_.gives_turns()) {
      elapsed = std::max(elapsed,
                         std::min(static_cast<uint64_t>(from.when(value - most)), now.epoch.now));
    }
    const uint64_t line = from.at(elapsed).floor;
    const auto at = now.units.at(elapsed);
    const uint64_t owed = value > line ? inherit(rule, value - line, from, now.units) : 0;
    return {now.base + (owed > 0 ? at.ceil + owed : at.floor), true, elapsed};
  }
  bool swap(const View& view, uint64_t hash, const Moment& now, const Valued& valued,
            uint64_t full) noexcept {
    if (valued.changes_plan) raise_to(latest_word(hash), now.base + valued.elapsed);
    return table_.swap(view, now.plan, full);
  }

  // The decision on a key of which find() saw no live cell; nothing where it is to be made again.
  std::optional<Verdict> claim(uint64_t hash, const Moment& now, uint64_t need) noexcept {
    if (!epochs_.stands(now.epoch)) return std::nullopt;
    const auto claimed = table_.claim(hash, Idle{*this, now.epoch}, now.base + now.epoch.elapsed);
    if (claimed.view.cell && !claimed.view.pending()) return std::nullopt;
    const uint64_t start = value_at_first(now);
    const bool passes = passes_at_first(now, need);
    if (!epochs_.stands(now.epoch)) return std::nullopt;
    if (!claimed.view.cell) return Verdict{wait_until(claimed.soonest, now), true};
    const bool is_made = table_.swap(claimed.view, now.plan, passes ? start + need : start);
    if (!is_made || !passes) return std::nullopt;
    return Verdict{0};
  }
  Verdict newcomer(uint64_t hash, const Moment& now, uint64_t need) noexcept {
    const uint64_t soonest = table_.crowded(hash, Idle{*this, now.epoch});
    if (soonest != 0) return {wait_until(soonest, now), true};
    return {wait_at_first(now, need)};
  }
  // What a new key has is said of all plans at once: up to the burst of its own.
  uint64_t lacks_at_first(const Moment& now) const noexcept {
    return now.units.lacks_at_first(epochs_.of_new_keys());
  }
  uint64_t value_at_first(const Moment& now) const noexcept {
    const uint64_t horizon = now.base + now.units.at(ns_of(table_.horizon(), now)).ceil;
    return std::max(now.ceil, horizon) + lacks_at_first(now);
  }
  bool passes_at_first(const Moment& now, uint64_t need) const noexcept {
    const uint64_t lacks = lacks_at_first(now);
    return lacks == 0 || lacks + need <= now.units.capacity();
  }
  int64_t wait_at_first(const Moment& now, uint64_t need) const noexcept {
    if (passes_at_first(now, need)) return 0;
    const uint64_t due = value_at_first(now) + need - now.units.capacity();
    return og::wait_until(now.units.when(due > now.base ? due - now.base : 0), now.epoch.since);
  }

  static Standing of(uint64_t full, const Moment& now, Standing standing) noexcept {
    if (full <= now.floor) return standing;
    const typename TokenUnits::Moment at{now.floor - now.base, now.ceil - now.base};
    const uint64_t left = now.units.left(full - now.base, at);
    if (left >= static_cast<uint64_t>(standing.limit)) return standing;
    standing.remaining = static_cast<int64_t>(left);
    standing.reset_after = og::wait_until(now.units.when(full - now.base), now.epoch.since);
    const auto more = now.units.take(full - now.base, at, (left + 1) * now.units.per_token());
    standing.next_after = std::min(og::wait_until(more.due, now.epoch.since), standing.reset_after);
    return standing;
  }
  static Decision decide(uint64_t full, const Moment& now, uint64_t need) noexcept {
    if (full <= now.floor) return {now.ceil + need, 0};
    const auto taken =
        now.units.take(full - now.base, {now.floor - now.base, now.ceil - now.base}, need);
    if (taken.passes) return {now.base + taken.value, 0};
    return {full, og::wait_until(taken.due, now.epoch.since)};
  }
  static int64_t wait_until(uint64_t elapsed, const Moment& now) noexcept {
    constexpr uint64_t kEnd = std::numeric_limits<int64_t>::max();
    return og::wait_until(static_cast<int64_t>(std::min(elapsed, kEnd)), now.epoch.since);
  }

  void convert_all() noexcept {
    Epoch epoch;
    epochs_.read(0, epoch);
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    table_.each([&](const View& view) {
      return view.value() >= base ||
             table_.swap(view, table_.low_bits(view), of_epoch(view, epoch));
    });
    epochs_.finish(0);
  }

  Table& table_;
  Epochs epochs_;
  Book book_;
  Word* latest_;
};

}  // namespace og

#include "core/limit/plan_slots.h"  // IWYU pragma: export
