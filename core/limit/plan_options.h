// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/options.h"
#include "core/limit/plan_list.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kPlanRows[] = {
    {.name = "plans", .type = OptionType::kString, .fallback = "",
     .doc = "Other rates that keys can have: pro=100/s:200, internal=unlimited; rate and burst are those of the plan default.",
     .changes = true, .is_list = true},
    {.name = "plan_keys", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1073741824,
     .unit = "keys",
     .doc = "Keys that can have a plan, or be exempt or blocked: 16 bytes each; 0: as many as keys where there are plans, else none."},
};
// clang-format on
inline constexpr OptionTable kPlanOptions{"limiter", kPlanRows};

// What a limiter with plans is made of.
struct PlanSetup {
  std::vector<PlanSpec> specs;
  uint64_t plan_keys = 0;
  AllPlanTerms terms{};  // of the default plan, and of those in their order
};
// Of a limiter's options; nothing where it has no plans.
Result<std::optional<PlanSetup>> plan_setup(const Options& all, bool is_in_fleet);

}  // namespace og
