// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "core/base/cell_table.h"
#include "core/base/options.h"
#include "core/limit/limit_epochs.h"
#include "core/limit/limit_words.h"
#include "core/limit/tokens_inheritance.h"
#include "core/limit/verdict.h"

namespace og {

// Where a limiter's state lies.
template <class M = Memory>
struct CellsAt {
  CellTable<M>& table;
  LimitEpochs<M> epochs;
  typename M::Word* words;  // the policy's own: those of cell i begin at i * words_a_cell
  uint64_t words_a_cell;
};

// What decides on the cells of a table, one a key, by the configuration that holds at the time.
template <class C>
concept DecidesOnCells = requires(C cells, uint64_t hash, int64_t time, int64_t cost, Crowd crowd,
                                  const LimitWords& kept, TokensInheritance rule) {
  // Takes `cost`, or says how long until it could be taken.
  { cells.acquire(hash, time, cost) } -> std::same_as<Verdict>;
  // The same without taking it.
  { cells.peek(hash, time, cost) } -> std::same_as<Verdict>;
  { cells.standing(hash, time, crowd) } -> std::same_as<Standing>;
  // Makes the key as if the last `cost` that it took had never been taken. How many it had taken of
  // those and lacked until now, whole ones, or a negative Status.
  { cells.give_back(hash, time, cost) } -> std::same_as<int64_t>;
  // Takes `cost`, be it there or not: as much of it as the policy holds, and owes it for as long as
  // max_debt says. The wait is what peek() of 1 answers then.
  { cells.charge(hash, time, cost) } -> std::same_as<Verdict>;
  // Takes `cost` for a turn that comes once it is there, behind those before it: not where that is
  // more than so many ns away.
  { cells.reserve(hash, time, cost, time) } -> std::same_as<Slot>;
  // Of a turn that has not come, while none is behind it: makes it as if it had never been taken.
  // 1 where it did, 0, or a negative Status.
  { cells.cancel(hash, time, cost, time) } -> std::same_as<int64_t>;
  // Makes the key as if it had never been seen: whether there was a cell, or a negative Status.
  { cells.forget(hash) } -> std::convertible_to<int64_t>;
  // Cells that hold something worth keeping. Reads the whole table.
  { cells.in_use(time) } -> std::same_as<int64_t>;
  // The configuration that a table begins with.
  { C::first(kept) } -> std::same_as<LimitEpochs<>::Begun>;
  // The one that holds from then on; only what there is room for, by one caller at a time.
  { cells.has_room_for(kept, time) } -> std::same_as<bool>;
  { cells.change(kept, time, rule) } -> std::same_as<bool>;
};

// What a policy is made from.
struct LimitSetup {
  Rate rate;
  const Options& options;  // the limiter's, the policy's own among them
  int64_t burst = 0;       // of this rate among several; 0: what the options say
};

// How a limiter decides: a class in a file of its own, registered in policies.h.
template <class P>
concept LimitPolicy =
    requires(const P& policy, const LimitSetup& setup, const CellsAt<>& at, uint64_t words) {
      { P::kWord } -> std::convertible_to<const char*>;
      { P::kOptions } -> std::convertible_to<std::span<const OptionSpec>>;  // of its own
      // Or what is wrong with the options.
      { P::create(setup) } -> std::same_as<Result<P>>;
      // Words of 8 bytes for each cell, besides the table's. They are zeroed at first. A table that
      // others made for other options may have more.
      { policy.words() } -> std::same_as<uint64_t>;
      // The bits of a cell's tag that are the key's, with so many words. The lower ones are the
      // policy's.
      { P::tag_mask(words) } -> std::same_as<uint64_t>;
      // What its cells read in the place of the options that change.
      { policy.kept() } -> std::same_as<LimitWords>;
      // Or why a limiter in use, with so many words for each cell, cannot become as this policy is.
      { policy.can_follow(words, TokensInheritance::kAsIs) } -> std::same_as<Result<void>>;
      // Decides on these cells.
      requires DecidesOnCells<typename P::Cells>;
      { policy.over(at) } -> std::same_as<typename P::Cells>;
    };

}  // namespace og
