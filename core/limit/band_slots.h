// SPDX-License-Identifier: Apache-2.0
// Of Bands: turns that are taken before all bands have room for them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "core/base/hash.h"
#include "core/limit/bands.h"
#include "core/limit/verdict.h"

namespace og {

// Which cells have turns of their own, and take part in those of several rates.
template <class C>
concept TakesTurns = requires(C cells, uint64_t hash, int64_t time, uint64_t& stamp) {
  cells.take_turn(hash, time, time, time, stamp);
};

template <class Cells>
bool Bands<Cells>::has_turns() const noexcept {
  return std::all_of(bands_.begin(), bands_.end(), [](const Band& band) {
    return visit_variant(band.cells, [](const auto& cells) {
      return TakesTurns<std::remove_cvref_t<decltype(cells)>>;
    });
  });
}

template <class Cells>
int64_t Bands<Cells>::max_wait() noexcept {
  int64_t least = std::numeric_limits<int64_t>::max();
  for (size_t i = 0; i < bands_.size(); ++i) {
    least = std::min(least, in(i, [](auto& cells) -> int64_t {
                       if constexpr (TakesTurns<std::remove_cvref_t<decltype(cells)>>)
                         return cells.max_wait();
                       return 0;
                     }));
  }
  return least;
}

// The turn is the first time at which it passes in all bands, behind what was taken before in each.
// It is taken from all of them by that time. So the band that had it wait lets nobody come earlier,
// whatever the others have left.
//
// Two who reserve at one moment may find each other's parts: one of them gives back and looks
// again, and its turn may be later than it had to be. There is an end to it, also where cells are
// damaged.
template <class Cells>
Slot Bands<Cells>::reserve(uint64_t hash, int64_t time, int64_t cost, int64_t most) noexcept {
  constexpr int kLooks = 1000;
  if (!has_turns()) return Slot::unsupported();
  if (most < 0) return {Verdict::out_of_range()};
  prefetch(hash);
  most = std::min(most, max_wait());
  int64_t turn = time;
  for (int look = 0; look < kLooks; ++look) {
    Longest found = longest(hash, turn, cost);
    Stamps stamps{};
    if (found.passes()) {
      found = take_by(hash, turn, cost, [&](size_t i, auto& cells) {
        if constexpr (TakesTurns<std::remove_cvref_t<decltype(cells)>>) {
          if (turn > time) return cells.take_turn(hash, time, turn, cost, stamps[i]);
        }
        return cells.acquire(hash, time, cost);
      });
      if (found.passes()) return {found.verdict, turn - time, turn > time ? number_of(stamps) : 0};
    }
    const Verdict& verdict = found.verdict;
    if (!verdict.is_answer || verdict.crowded_out || verdict.wait == kNeverPasses) return {verdict};
    turn = later(turn, verdict.wait);
    if (turn - time > most) break;
  }
  return {{turn - time}};
}

// Only what nobody has taken behind it, as with one rate; and each band by itself gives back only
// from what it was left with. Where others come meanwhile, some bands keep what was taken, and none
// gives more.
template <class Cells>
int64_t Bands<Cells>::cancel(uint64_t hash, int64_t time, int64_t cost, int64_t number) noexcept {
  if (!has_turns()) return Slot::unsupported().verdict.wait;
  if (cost < 0 || number < 0) return Verdict::out_of_range().wait;
  Stamps stamps{};
  bool is_to_come = false;
  const auto each = [&](auto&& f) {
    for (size_t i = 0; i < bands_.size(); ++i) {
      in(i, [&](auto& cells) {
        if constexpr (TakesTurns<std::remove_cvref_t<decltype(cells)>>) f(i, cells);
      });
    }
  };
  each([&](size_t i, auto& cells) {
    stamps[i] = cells.stamp(hash);
    is_to_come |= cells.is_to_come(hash, time, cost);
  });
  if (!is_to_come || number_of(stamps) != number) return 0;
  bool is_back = false;
  each([&](size_t i, auto& cells) { is_back |= cells.take_back(hash, time, cost, stamps[i]); });
  return is_back ? 1 : 0;
}

template <class Cells>
int64_t Bands<Cells>::number_of(const Stamps& stamps) const noexcept {
  uint64_t mixed = 0;
  for (size_t i = 0; i < bands_.size(); ++i) mixed = mix64(mixed ^ stamps[i]);
  return static_cast<int64_t>(mixed >> 1 | 1);
}

}  // namespace og
