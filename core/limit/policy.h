// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "core/base/cell_table.h"
#include "core/base/options.h"
#include "core/limit/verdict.h"

namespace og {

// What decides on the cells of a table, one a key. `elapsed` is ns since the first decision, up to
// kMaxElapsed; at() makes of it what the other calls are given.
template <class C>
concept DecidesOnCells =
    requires(C cells, uint64_t hash, int64_t elapsed, int64_t cost, Crowd crowd) {
      { C::kMaxElapsed } -> std::convertible_to<int64_t>;
      // Takes `cost`, or says how long until it could be taken.
      { cells.acquire(hash, cells.at(elapsed), cost) } -> std::same_as<Verdict>;
      // The same without taking it.
      { cells.peek(hash, cells.at(elapsed), cost) } -> std::same_as<Verdict>;
      { cells.standing(hash, cells.at(elapsed), crowd) } -> std::same_as<Standing>;
      // Cells whose value is at or under it hold nothing worth keeping.
      { cells.idle_line(cells.at(elapsed)) } -> std::same_as<uint64_t>;
    };

// What a policy is made from.
struct LimitSetup {
  Rate rate;
  const Options& options;  // the limiter's, the policy's own among them
};

// How a limiter decides: a class in a file of its own, registered in policies.h.
template <class P>
concept LimitPolicy =
    requires(const P& policy, const LimitSetup& setup, CellTable<>& table, Memory::Word* words) {
      { P::kWord } -> std::convertible_to<const char*>;
      { P::kOptions } -> std::convertible_to<std::span<const OptionSpec>>;  // of its own
      // Or what is wrong with the options.
      { P::create(setup) } -> std::same_as<Result<P>>;
      // The bits of a cell's tag that are the key's. The lower ones are the policy's.
      { policy.tag_mask() } -> std::same_as<uint64_t>;
      // Words of 8 bytes for each cell, besides the table's. They are zeroed at first.
      { policy.words() } -> std::same_as<uint64_t>;
      // Decides on the cells of this table, with these words: cell i's begin at i * words().
      requires DecidesOnCells<typename P::Cells>;
      { policy.over(table, words) } -> std::same_as<typename P::Cells>;
    };

}  // namespace og
