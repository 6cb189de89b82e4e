// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/balance/policies/consistent_hash.h"
#include "core/balance/policies/least_connections.h"
#include "core/balance/policies/round_robin.h"
#include "core/balance/policies/weighted_round_robin.h"
#include "core/balance/policy.h"

namespace og {

// The policies that a balancer can have, in the order in which their words are listed. The first is
// the default.
inline constexpr PickPolicyRow kPickPolicies[] = {
    kRoundRobin,
    kWeightedRoundRobin,
    kLeastConnections,
    kConsistentHash,
};

}  // namespace og
