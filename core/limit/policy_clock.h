// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/clock.h"
#include "core/limit/policies.h"

namespace og {

// A calendar goes by Unix time, which a program's manual clock is taken to tell.
inline Result<ClockPtr> clock_of(const LimitPolicies::Any& policy, const ClockPtr& given) {
  return visit_variant(policy, [&]<class P>(const P&) -> Result<ClockPtr> {
    if constexpr (!requires { P::kNeedsUnixTime; }) {
      return given ? given : system_clock();
    } else {
      if (!given) return wall_clock();
      if (given->kind() == Clock::Kind::kWall || given->kind() == Clock::Kind::kManual)
        return given;
      return fail(Status::kBadValue,
                  std::string("option 'policy' cannot be ") + P::kWord +
                      " with a clock that begins near the machine's boot: give it the wall clock, "
                      "or a manual one of Unix time",
                  "policy");
    }
  });
}

}  // namespace og
