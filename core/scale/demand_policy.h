// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/scale/reactive_policy.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kDemandRows[] = {
    {.name = "demand_margin", .type = OptionType::kDouble, .fallback = "2.6", .min = 0, .max = 10,
     .unit = "deviations",
     .doc = "Demand: deviations of the load's own scatter to have room for above its level.",
     .changes = true},
    {.name = "demand_hold_ms", .type = OptionType::kDuration, .fallback = "1200000", .min = 0,
     .max = 86'400'000, .unit = "ms",
     .doc = "Demand: how long fewer must do, without a break, before there are fewer.",
     .changes = true},
    {.name = "start_ms", .type = OptionType::kDuration, .fallback = "120000", .min = 0,
     .max = 86'400'000, .unit = "ms",
     .doc = "Demand: what an instance takes until it serves; a rise is followed so far ahead.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kDemandOptions{"autoscaler", kDemandRows};

std::unique_ptr<ReactivePolicy> make_demand_policy(const Thresholds& thresholds,
                                                   const Options& options);

inline constexpr ReactivePolicyRow kDemand{
    .word = "demand", .options = kDemandRows, .make = &make_demand_policy};

}  // namespace og
