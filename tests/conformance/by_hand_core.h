// SPDX-License-Identifier: Apache-2.0
#pragma once

// Operations of vectors that no table says.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/limit/acquire_all.h"
#include "tests/conformance/answers_core.h"

namespace og::conformance {

inline json limiter_all(const std::shared_ptr<Limiter>& limiter, const json& step,
                        std::int64_t now) {
  const auto keys = step.at("keys").get<std::vector<std::string>>();
  const auto costs = wholes(step, "costs");
  std::vector<AcquireAll::Part> parts;
  for (std::size_t i = 0; i < keys.size(); ++i)
    parts.push_back({limiter.get(), keys[i], costs.empty() ? 1 : costs[i]});
  const auto answer = AcquireAll::of(parts, given(step) ? std::optional(now) : std::nullopt);
  const bool none = answer.which == AcquireAll::kNone;
  return {{"wait", answer_wait(answer.wait)}, {"which", none ? json() : json(answer.which)}};
}

}  // namespace og::conformance
