// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/base/status.h"
#include "core/base/time.h"

namespace og {

inline constexpr int64_t kNeverPasses = std::numeric_limits<int64_t>::max();

struct Verdict {
  int64_t wait = 0;  // ns until the same request passes; 0 when it did, kNeverPasses when it cannot
  bool crowded_out = false;  // the table had no cell for the key; wait is until it may have one
  bool is_answer = true;     // whether anything was decided: else wait is 0, or a negative Status

  static Verdict out_of_range() noexcept {
    return {static_cast<int64_t>(Status::kInvalidArgument), false, false};
  }
  // Of a cost that is nothing, less, or more than there ever is.
  static Verdict of_odd(int64_t cost) noexcept {
    if (cost > 0) return {kNeverPasses};
    return cost == 0 ? Verdict{0, false, false} : out_of_range();
  }
};

// The wait of a request that did not pass, until ns of the epoch in which it is `since`, which may
// be negative. Never 0: not even where cells are damaged.
inline int64_t wait_until(int64_t due, int64_t since) noexcept {
  if (since >= 0) [[likely]]
    return std::max<int64_t>(due - since, 1);
  const uint64_t early = std::min<uint64_t>(0 - static_cast<uint64_t>(since), kEndOfTime);
  return later(std::max<int64_t>(due, 1), static_cast<int64_t>(early));
}

// What was taken before it is there.
struct Slot {
  Verdict verdict{};   // wait 0: it was taken; else what its wait would have been
  int64_t after = 0;   // ns until the caller's turn
  int64_t number = 0;  // when that is, which no two turns have in common

  static Slot unsupported() noexcept {
    return {{static_cast<int64_t>(Status::kUnsupported), false, false}};
  }
};

// What becomes of a key for which the table has no cell.
enum class Crowd { kDeny, kAllow };

// Where a key stands, as HTTP's RateLimit fields tell it (draft-ietf-httpapi-ratelimit-headers).
struct Standing {
  int64_t limit = 0;
  int64_t remaining = 0;
  int64_t reset_after = 0;  // ns until all of it is there again
  int64_t next_after = 0;   // ns until `remaining` is one more; 0 where all of it is there
};

}  // namespace og
