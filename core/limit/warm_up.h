// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/cell_table.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/options_of_others.h"
#include "core/limit/policy.h"
#include "core/limit/tokens_inheritance.h"
#include "core/limit/warm_up_options.h"
#include "core/limit/warm_up_units.h"

namespace og {

// Keys that rest get slow, and come back to their rate as they are asked (warm_up_units.h).
//
// A cell holds when its key is free again and how warm it was then: the first in its value, above
// the epoch's base, the other in the low bits of its tag and of the value. Tag and value are
// swapped as one. Rest needs no writing: what it stores follows from the time that it began.
//
// A key that is cold again is idle, and one without a cell is cold: so who loses its cell has
// nothing less and nothing more. Which is so by when it is cold, in ns of the epoch, as the horizon
// is.
//
// Turns come in the order of the calls, as the next free time only grows: a request has its turn
// then, whatever it costs, and those behind it pay for that. A turn that is not used cannot be
// given back, as what it cost was by a store which has filled since.
//
// The rate may change (limit_epochs.h). A turn that was given stays where it is in time, and a key
// as warm as it was, of all that it can be: so does Guava.
template <class M = Memory>
class WarmUpCells {
 public:
  using Table = CellTable<M>;
  using Epochs = LimitEpochs<M>;
  static constexpr bool kGivesNothingBack = true;
  static constexpr uint64_t kTagMask = ~((uint64_t{1} << WarmUpUnits::kTagBits) - 1);

  WarmUpCells(Table& table, const Epochs& epochs) : table_(table), epochs_(epochs) {}

  static typename Epochs::Begun first(const LimitWords& kept) noexcept { return {.words = kept}; }

  Verdict acquire(uint64_t hash, int64_t time, int64_t cost) noexcept {
    return take(hash, time, cost, 0, Takes::kWhatIsThere).verdict;
  }
  Slot reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept {
    if (most < 0) return {Verdict::out_of_range()};
    return take(hash, time, cost, most, Takes::kTurn);
  }
  Verdict charge(uint64_t hash, int64_t time, int64_t cost) noexcept {
    if (cost < 0) return Verdict::out_of_range();
    if (cost == 0) return peek(hash, time, 1);
    const Verdict taken = take(hash, time, cost, 0, Takes::kAnyhow).verdict;
    return taken.is_answer && taken.wait == 0 ? peek(hash, time, 1) : taken;
  }

  Verdict peek(uint64_t hash, int64_t time, int64_t cost) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.read(time, epoch)) return Verdict::out_of_range();
      const Moment now = moment(epoch);
      const View view = table_.find(hash);
      Verdict verdict;
      if (is_odd(cost, now))
        verdict = Verdict::of_odd(cost);
      else if (!view.cell)
        verdict = newcomer(hash, now);
      else if (!view.pending())
        verdict = {wait(state_of(view, now), now)};
      if (was_so(view, now)) return verdict;
    }
  }
  // It holds one at a time.
  Standing standing(uint64_t hash, int64_t time, Crowd crowd) noexcept {
    for (;;) {
      Epoch epoch;
      epochs_.read(time, epoch);
      const Moment now = moment(epoch);
      const View view = table_.find(hash);
      int64_t wait = 0;
      if (view.cell && !view.pending())
        wait = this->wait(state_of(view, now), now);
      else if (!view.cell && crowd == Crowd::kDeny)
        wait = newcomer(hash, now).wait;
      if (was_so(view, now)) return {1, wait == 0, wait, wait};
    }
  }

  // What was taken cannot be told from what has come back since.
  int64_t give_back(uint64_t, int64_t, int64_t) noexcept {
    return Slot::unsupported().verdict.wait;
  }
  int64_t cancel(uint64_t, int64_t time, int64_t cost, int64_t at) noexcept {
    Epoch epoch;
    if (cost < 0 || at < 0 || !epochs_.read(time, epoch)) return Verdict::out_of_range().wait;
    return 0;
  }
  bool forget(uint64_t hash) noexcept {
    for (;;) {
      const View view = table_.find(hash);
      if (!view.cell || view.pending()) return false;
      if (table_.free(view)) return true;
    }
  }
  int64_t in_use(int64_t time) noexcept {
    Epoch epoch;
    epochs_.read(time, epoch);
    return table_.in_use(Idle{*this, epoch});
  }

  bool has_room_for(const LimitWords& words, int64_t time) noexcept {
    Epoch epoch;
    if (!epochs_.read(time, epoch)) return false;
    const uint64_t ahead = epoch.elapsed + static_cast<uint64_t>(units_of(*epoch.set).max_wait());
    epoch.now = std::max(epoch.now, ahead) + Epochs::kSlack;
    const auto next = WarmUpUnits::of(words);
    const auto most = static_cast<unsigned __int128>(greatest(epoch)) +
                      next.greatest(Epochs::kMaxElapsed + Epochs::kSlack);
    return most < uint64_t{1} << 63;
  }
  // One caller at a time. False: the time is out of range.
  bool change(const LimitWords& words, int64_t time, TokensInheritance rule) noexcept {
    return epochs_.change(
        time,
        [&](const Epoch& last) -> typename Epochs::Begun {
          return {
              .base = greatest(last) + 1, .inherited = static_cast<uint64_t>(rule), .words = words};
        },
        [this] { convert_all(); });
  }

 private:
  using Epoch = typename Epochs::Epoch;
  using View = typename Table::View;
  using State = WarmUpUnits::State;
  enum class Takes { kWhatIsThere, kTurn, kAnyhow };
  struct Moment {
    const Epoch& epoch;
    WarmUpUnits units;
    uint64_t base, floor, ceil;
  };
  struct Idle {
    const WarmUpCells& cells;
    const Epoch& epoch;
    bool holds(const View& view) const noexcept { return rank(view) <= epoch.elapsed; }
    // When its key is cold again, in ns of the epoch. One of no key may have a tag's low bits left.
    uint64_t rank(const View& view) const noexcept {
      if (view.value() == 0) return 0;
      const Moment now = cells.moment(epoch);
      const uint64_t cold = now.units.cold_at(cells.state_of(view, now));
      return static_cast<uint64_t>(now.units.when(cold));
    }
    uint64_t soon() const noexcept { return epoch.elapsed + 1; }
  };

  WarmUpUnits units_of(const typename Epochs::Set& set) const noexcept {
    return WarmUpUnits::of(epochs_.all_words(set));
  }
  Moment moment(const Epoch& epoch) const noexcept {
    const auto units = units_of(*epoch.set);
    const uint64_t base = epoch.set->base.load(std::memory_order_acquire);
    return {epoch, units, base, units.floor(epoch.elapsed), units.ceil(epoch.elapsed)};
  }
  static bool is_odd(int64_t cost, const Moment& now) noexcept {
    return static_cast<uint64_t>(cost) - 1 >= static_cast<uint64_t>(now.units.most_cost());
  }
  static int64_t wait(const State& state, const Moment& now) noexcept {
    if (state.next <= now.floor) return 0;
    return wait_until(now.units.when(state.next), now.epoch.since);
  }

  // What no value of the epoch is above, nor any time beside its base.
  uint64_t greatest(const Epoch& epoch) const noexcept {
    return epoch.set->base.load(std::memory_order_acquire) +
           std::max(epoch.now, units_of(*epoch.set).greatest(epoch.now)) + 1;
  }
  static bool is_older(const View& view, const Moment& now) noexcept {
    return view.value() < now.base;
  }
  bool was_so(const View& view, const Moment& now) noexcept {
    return epochs_.stands(now.epoch) &&
           (!view.cell || !is_older(view, now) || table_.is_current(view));
  }
  State state_of(const View& view, const Moment& now) const noexcept {
    if (is_older(view, now)) return converted(view, now);
    return now.units.state(view.value() - now.base, table_.low_bits(view));
  }
  // A cell of the last epoch in this one: as warm, and free as many ns after the change, rounded
  // up.
  State converted(const View& view, const Moment& now) const noexcept {
    const auto& last = epochs_.before(now.epoch);
    const auto& set = *now.epoch.set;
    if (static_cast<TokensInheritance>(set.inherited()) == TokensInheritance::kReset) return {};
    const uint64_t before = last.base.load(std::memory_order_acquire);
    const auto from = units_of(last);
    const uint64_t ended = from.ceil(set.start.load(std::memory_order_acquire) -
                                     last.start.load(std::memory_order_acquire));
    const State state = from.rested(
        from.state(view.value() > before ? view.value() - before : 0, table_.low_bits(view)),
        ended);
    const auto ahead = static_cast<uint64_t>(from.when(state.next - std::min(ended, state.next)));
    return {now.units.ceil(std::min(ahead, Epochs::kMaxElapsed)),
            now.units.warmth_of(state.warmth, from)};
  }
  bool swap(const View& view, const Moment& now, const State& state) noexcept {
    return table_.swap(view, now.units.tag(state), now.base + now.units.value(state));
  }
  void convert_all() noexcept {
    Epoch epoch;
    epochs_.read(0, epoch);
    const Moment now = moment(epoch);
    table_.each([&](const View& view) {
      return !is_older(view, now) || swap(view, now, state_of(view, now));
    });
    epochs_.finish(0);
  }

  Slot take(uint64_t hash, int64_t time, int64_t cost, int64_t most, Takes how) noexcept {
    for (;;) {
      Epoch epoch;
      if (!epochs_.enter(time, epoch)) return {Verdict::out_of_range()};
      const Moment now = moment(epoch);
      if (is_odd(cost, now) && how == Takes::kAnyhow) cost = now.units.most_cost();
      if (is_odd(cost, now)) {
        if (!epochs_.stands(epoch)) continue;
        return {Verdict::of_odd(cost), 0, time};
      }
      View view = table_.find(hash);
      State state{};
      if (!view.cell || view.pending()) {
        if (!epochs_.stands(epoch)) continue;
        const auto claimed = table_.claim(hash, Idle{*this, epoch}, now.base + epoch.elapsed);
        if (claimed.view.cell && !claimed.view.pending()) continue;
        if (!epochs_.stands(epoch)) continue;
        if (!claimed.view.cell) return {{wait_for(claimed.soonest, now), true}, 0, time};
        view = claimed.view;
        state.next = now.units.ceil(horizon(now));
      } else {
        state = state_of(view, now);
        if (!epochs_.stands(epoch)) continue;
      }
      const bool is_new = view.pending();
      const int64_t after = is_new ? 0 : wait(state, now);
      if (how != Takes::kAnyhow && after > 0) {
        if (after > most || after > now.units.max_wait()) {
          if (is_older(view, now) && !table_.is_current(view)) continue;
          return {{after}};
        }
        const auto due = static_cast<uint64_t>(now.units.when(state.next));
        if (due >= epoch.now) {
          if (!epochs_.reach(static_cast<int64_t>(due), epoch)) return {{after}};
          continue;
        }
      }
      State next = now.units.taken(now.units.rested(state, now.ceil), static_cast<uint64_t>(cost));
      if (how == Takes::kAnyhow)
        next.next = std::max(state.next, std::min(next.next, now.ceil + now.units.ahead()));
      if (epochs_.stands(epoch) && swap(view, now, next)) return {{0}, after, later(time, after)};
    }
  }

  // A key without a cell is cold, if there is a cell for it.
  Verdict newcomer(uint64_t hash, const Moment& now) noexcept {
    const uint64_t soonest = table_.crowded(hash, Idle{*this, now.epoch});
    return soonest == 0 ? Verdict{0} : Verdict{wait_for(soonest, now), true};
  }
  uint64_t horizon(const Moment& now) const noexcept {
    const uint64_t word = table_.horizon();
    return word > now.base ? std::min(word - now.base, now.epoch.now) : 0;
  }
  static int64_t wait_for(uint64_t elapsed, const Moment& now) noexcept {
    constexpr auto kEnd = static_cast<uint64_t>(kEndOfTime);
    return wait_until(static_cast<int64_t>(std::min(elapsed, kEnd)), now.epoch.since);
  }

  Table& table_;
  Epochs epochs_;
};

class WarmUpPolicy {
 public:
  using Cells = WarmUpCells<>;
  static constexpr const char* kWord = "warm_up";
  static constexpr std::span<const OptionSpec> kOptions = kWarmUpRows;

  static Result<WarmUpPolicy> create(const LimitSetup& setup) {
    if (auto others = refuse_options_of_others(setup.options, kWord, Holds::kOne); !others)
      return tl::unexpected(std::move(others.error()));
    if (auto zone = refuse_time_zone(setup.options, kWord); !zone)
      return tl::unexpected(std::move(zone.error()));
    const auto own = OptionsOf<kWarmUpOptions>::among(setup.options);
    const auto max_wait =
        OptionsOf<kTokenBucketOptions>::among(setup.options).duration_ns("max_wait_ms");
    WarmUpUnits units;
    if (WarmUpUnits::create(setup.rate, own.duration_ns("warm_up_ms"), own.number("cold_factor"),
                            max_wait, units))
      return WarmUpPolicy(units);
    return fail(
        Status::kBadValue,
        "option 'rate' cannot be " + std::to_string(setup.rate.count) + " events in " +
            std::to_string(setup.rate.period_ns) + " ns with warm_up over " +
            std::to_string(own.duration_ns("warm_up_ms")) +
            " ns: use up to 1000000/s, of a cold key at least one in a day, and a warm_up_ms "
            "in which some of them pass",
        "rate");
  }
  static uint64_t tag_mask(uint64_t) noexcept { return Cells::kTagMask; }
  uint64_t words() const noexcept { return 0; }
  LimitWords kept() const noexcept { return units_.words(); }
  Cells over(const CellsAt<>& at) const noexcept { return {at.table, at.epochs}; }

  Result<void> can_follow(uint64_t, TokensInheritance rule) const {
    if (rule == TokensInheritance::kProportional || rule == TokensInheritance::kReset) return {};
    return fail(Status::kBadValue,
                "option 'tokens_inheritance' is for token_bucket: with warm_up a key stays as warm "
                "as it was, or with reset is cold",
                "tokens_inheritance");
  }

 private:
  explicit WarmUpPolicy(const WarmUpUnits& units) : units_(units) {}

  WarmUpUnits units_;
};

}  // namespace og
