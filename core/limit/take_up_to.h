// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/limit/verdict.h"

namespace og {

struct TakenUpTo {
  int64_t count = 0;
  Verdict verdict{};  // of the last attempt
};

template <class C>
bool is_yet_to_begin(C& cells, uint64_t hash) noexcept {
  if constexpr (requires { cells.is_yet_to_begin(hash); })
    return cells.is_yet_to_begin(hash);
  else
    return false;
}

// As many as there are of `most`, by any policy's cells: what a look finds is taken, and where
// others were faster, less is asked for. So there is an end to it, also where the cells are
// damaged. A new key that has nothing yet begins with a request that is refused.
template <class C>
TakenUpTo take_up_to(C& cells, uint64_t hash, int64_t time, int64_t most) noexcept {
  constexpr int kAttempts = 1000;
  if (most <= 0) return {0, most == 0 ? Verdict{} : Verdict::out_of_range()};
  TakenUpTo taken{most, {1}};
  for (int attempt = 0; attempt < kAttempts && taken.count > 0; ++attempt) {
    const int64_t there = cells.standing(hash, time, Crowd::kAllow).remaining;
    taken.count = std::min(taken.count - (attempt > 0), there);
    if (taken.count <= 0) {
      if (attempt > 0 || !is_yet_to_begin(cells, hash)) break;
      taken.count = 1;
    }
    taken.verdict = cells.acquire(hash, time, taken.count);
    const bool was_there = taken.verdict.is_answer && taken.verdict.wait == 0;
    if (was_there || !taken.verdict.is_answer || taken.verdict.crowded_out) return taken;
  }
  return {0, taken.verdict};
}

}  // namespace og
