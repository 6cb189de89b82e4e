// SPDX-License-Identifier: Apache-2.0
#pragma once

// Operations of vectors that no table says.
#include <vector>

#include "tests/conformance/answers_cpp.h"

namespace outgrow::conformance {

inline json limiter_all(const RateLimiter& limiter, const json& step, std::int64_t now) {
  const auto keys = raws(step, "keys");
  const auto costs = wholes(step, "costs");
  std::vector<LimitPart> parts;
  for (std::size_t i = 0; i < keys.size(); ++i)
    parts.push_back({limiter, keys[i], costs.empty() ? 1 : costs[i]});
  const auto said = given(step) ? acquire_all_at(parts.data(), parts.size(), time_of(now))
                                : acquire_all(parts.data(), parts.size());
  return {{"wait", answer_wait(said.retry_after())}, {"which", said ? json() : json(said.which())}};
}

}  // namespace outgrow::conformance
