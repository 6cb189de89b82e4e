// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/tokens_inheritance.h"

namespace og {

// What counts as passed in a window of at most `to` requests, when it comes in the place of one of
// at most `from` in which `used` did. The rules are those of a bucket whose tokens are what is
// left.
inline uint64_t inherit_count(TokensInheritance rule, uint64_t used, uint64_t from,
                              uint64_t to) noexcept {
  if (used == 0 || rule == TokensInheritance::kReset) return 0;
  from = std::max<uint64_t>(from, 1);
  used = std::min(used, from);
  if (rule == TokensInheritance::kProportional) {
    const auto part = static_cast<unsigned __int128>(used) * to;
    return static_cast<uint64_t>((part + from - 1) / from);
  }
  if (rule == TokensInheritance::kAdditive && to >= from) return used;
  return to - std::min(from - used, to);
}

}  // namespace og
