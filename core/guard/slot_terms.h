// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/options.h"
#include "core/base/status.h"
#include "core/fleet/slot_leases.h"

namespace og {

// clang-format off: a row an option
inline constexpr OptionSpec kSlotRows[] = {
    {.name = "lease_ms", .type = OptionType::kDuration, .fallback = "3s", .min = 100, .max = 60000,
     .doc = "In a fleet: how long a machine has its part of the limit; what it had goes to others "
            "so long after it has died.", .changes = true},
    {.name = "outage", .type = OptionType::kEnum, .fallback = "local",
     .choices = "local|open|closed",
     .doc = "In a fleet that cannot be asked for longer than lease_ms: local: the machine's part "
            "of the limit by its last known size, at least one; open: the limit; closed: none.",
     .changes = true},
};
// clang-format on
inline constexpr OptionTable kSlotOptions{"concurrency", kSlotRows};

// A concurrency limiter's options as its fleet's agent is to have them.
SlotLeases::Terms slot_terms(int64_t limit, const Options& options);
// Elsewhere those of a fleet are to be as they are by default.
Result<void> check_without_fleet(const Options& options);

}  // namespace og
