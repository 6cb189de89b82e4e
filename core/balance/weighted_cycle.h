// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/balance/endpoint.h"

namespace og {

// A cycle of weighted round robin, written down: endpoints' indexes, each as often as its weight
// says, in the smooth order (smooth_order.h).
using Cycle = std::vector<int32_t>;

// The order repeats after the sum of the weights over their greatest common divisor. What is
// written down is at most this long, and one pick more for each server whose share would come to
// nothing: 256 KiB, more only for more than 8,192 servers.
constexpr int64_t longest_cycle(size_t servers) {
  constexpr int64_t kLongest = 65536;
  constexpr int64_t kLeastShare = 8;  // picks for a server of mean weight
  return std::max(kLongest, kLeastShare * static_cast<int64_t>(servers));
}

// Of the members that may be picked. Weights whose cycle is longer than `longest` are rounded to
// shares of it, none to nothing.
Cycle weighted_cycle(std::span<const Member> members, int64_t longest);

}  // namespace og
