// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/options.h"
#include "core/base/status.h"
#include "core/fleet/lease_agent.h"
#include "core/limit/policy.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kLeaseRows[] = {
    {.name = "mode", .type = OptionType::kEnum, .fallback = "leased",
     .choices = "leased|exact|optimistic",
     .doc = "In a fleet: leased: tokens are taken ahead; exact: by each call, for a round trip; "
            "optimistic: they are spent first and told later."},
    {.name = "lease_ms", .type = OptionType::kDuration, .fallback = "500ms", .min = 10,
     .max = 60000,
     .doc = "In a fleet: how long a machine may spend what it was granted.", .changes = true},
    {.name = "slice", .type = OptionType::kInt, .fallback = "0", .min = 0, .max = 1e6,
     .unit = "events",
     .doc = "In a fleet: the most that a machine is granted at a time; 0: a tenth of the burst, or 50 ms of the rate.",
     .changes = true},
    {.name = "share", .type = OptionType::kInt, .fallback = "50", .min = 1, .max = 100,
     .unit = "percent",
     .doc = "In a fleet: the most of what is left that one machine is granted.", .changes = true},
    {.name = "outage", .type = OptionType::kEnum, .fallback = "local",
     .choices = "local|open|closed",
     .doc = "In a fleet that cannot be asked: local: the machine's share by its last known size; "
            "open: all pass; closed: none.", .changes = true},
};
// clang-format on
inline constexpr OptionTable kLeaseOptions{"limiter", kLeaseRows};

// A limiter's options as its fleet's agent is to have them; or what is wrong with them there.
Result<LeaseAgent::Terms> lease_terms(const LimitSetup& setup);
// Elsewhere they are to be as they are by default.
Result<void> check_unleased(const Options& options);

}  // namespace og
