// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/token_units.h"

namespace og {

// What becomes of a bucket's tokens when its rate or burst changes (the names are Bucket4j's). Of
// 100 with 40 left:
//
//                   -> 200   -> 20
//   proportional       80      8     as full as it was
//   as_is              40     20     as many as there were, and no more than there is room for
//   additive          140     20     as_is, and the growth is granted
//   reset             200     20     full
//
// A full bucket stays full, whatever the rule: it is that of a key which is not known. What a key
// owes beyond an empty one (charge) stays as many tokens, up to what may be owed; reset forgives
// it. What is beyond that was taken for turns to come (reserve), of which who waits was told when
// they are: what comes behind them still does, whatever the rate is now.
enum class TokensInheritance { kProportional, kAsIs, kAdditive, kReset };

inline constexpr uint64_t kMostLate = TokenUnits::kMaxElapsed;  // ns

// Of a bucket that lacks `owed` units of being full, what it lacks in those of the new
// configuration, rounded up: a token is never early. A caller whose time was later than the change,
// or whose turn was to come after it, may have left it emptier than empty. That is told in time,
// and stays the same time but for a nanosecond, which tells the turns of before from those that are
// taken now (cancel).
inline uint64_t inherit(TokensInheritance rule, uint64_t owed, const TokenUnits& from,
                        const TokenUnits& to) noexcept {
  using Wide = unsigned __int128;
  if (owed == 0 || rule == TokensInheritance::kReset) return 0;
  const auto in_proportion = [](uint64_t part, uint64_t of, uint64_t whole) {
    return Wide{part} * of / std::max<uint64_t>(whole, 1);
  };
  const auto rounded_up = [](uint64_t part, uint64_t of, uint64_t whole) {
    whole = std::max<uint64_t>(whole, 1);
    return (Wide{part} * of + whole - 1) / whole;
  };
  const uint64_t lacks = std::min(owed, from.capacity());
  const bool grows = to.burst() >= from.burst();
  Wide after = 0;
  if (rule == TokensInheritance::kProportional) {
    after = rounded_up(lacks, to.capacity(), from.capacity());
  } else if (rule == TokensInheritance::kAdditive && grows) {
    after = rounded_up(lacks, to.per_token(), from.per_token());
  } else {
    const Wide left = in_proportion(from.capacity() - lacks, to.per_token(), from.per_token());
    after = to.capacity() - std::min<Wide>(left, to.capacity());
  }
  const uint64_t debt = std::min(owed - lacks, from.most_debt());
  const Wide still =
      std::min<Wide>(rounded_up(debt, to.per_token(), from.per_token()), to.most_debt());
  const uint64_t beyond = owed - lacks - debt;
  const auto late =
      beyond == 0 ? 0 : std::min(static_cast<uint64_t>(from.when(beyond)), kMostLate) + 1;
  return static_cast<uint64_t>(std::min<Wide>(after, to.capacity()) + still) + to.at(late).ceil;
}

// The same of a bucket by when it was to be full, of a configuration that lasted so many ns.
inline uint64_t carry(TokensInheritance rule, uint64_t full, uint64_t lasted,
                      const TokenUnits& from, const TokenUnits& to) noexcept {
  const uint64_t ended = from.at(lasted).floor;
  return inherit(rule, full > ended ? full - ended : 0, from, to);
}

}  // namespace og
