// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>

#include "core/base/options.h"

namespace og {

// What the result of a call makes of a closed breaker.
struct Judged {
  int64_t count;  // to be kept in the breaker's word, in 16 bits
  bool opens = false;
};

// When a closed breaker opens: a class in a file of its own, registered in breaker_policies.h. It
// lies over words that are shared with the breaker's cell and may be changed while it is asked.
template <class P>
concept BreakerPolicy = requires(P policy, char* cells, const Options& options, int64_t count) {
  { P::kWord } -> std::convertible_to<const char*>;
  { P::kOptions } -> std::convertible_to<std::span<const OptionSpec>>;  // of its own
  { P::kBytes } -> std::convertible_to<uint64_t>;  // of its cells, zeroed at first
  // What writes the meaning of the options into the cells, also of a breaker that is in use. It
  // cannot fail.
  { P::writer(options) } -> std::same_as<std::function<void(char* cells)>>;
  P(cells);
  // A result that changes nothing is told by the count alone, without the clock.
  { policy.judge(count, true) } -> std::same_as<Judged>;
};

}  // namespace og
