// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/options.h"
#include "core/limit/token_units.h"

namespace og {

// Plans by number. The limiter's own rate and burst are the first; those that its option names
// follow. What a key can have besides are two words.
inline constexpr uint64_t kDefaultPlan = 0;
inline constexpr uint64_t kMostPlans = 16;  // with a rate, or unlimited
inline constexpr uint64_t kExempt = 16;     // always passes, and nothing is counted against it
inline constexpr uint64_t kBlocked = 17;    // never passes
inline constexpr uint64_t kPlanNumbers = 18;
inline constexpr size_t kMostPlanName = 31;  // bytes

inline constexpr std::string_view kDefaultWord = "default", kExemptWord = "exempt",
                                  kBlockedWord = "blocked";

// One of `plans`, as it is written: "pro=100/s:200", "pro=100/s", "internal=unlimited".
struct PlanSpec {
  std::string name;
  std::optional<Rate> rate;  // none: unlimited
  int64_t burst = 0;         // 0: the rate's count
};

// In the option's order, at most kMostPlans - 1.
Result<std::vector<PlanSpec>> parse_plans(std::string_view text);

// What a plan is while an epoch lasts.
struct PlanTerms {
  enum Kind : uint64_t { kNone, kRated, kUnlimited };
  Kind kind = kNone;
  LimitWords words{};  // TokenUnits, of a rated one
};
Result<PlanTerms> terms_of_plan(const PlanSpec& plan, int64_t max_debt, int64_t max_wait_ns);

using AllPlanTerms = std::array<PlanTerms, kMostPlans>;

}  // namespace og
