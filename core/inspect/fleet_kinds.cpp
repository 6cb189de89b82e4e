// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_kinds.h"

#include "core/balance/served_endpoints.h"
#include "core/fleet/served_limiter.h"
#include "core/fleet/served_slots.h"
#include "core/guard/served_breaker.h"

namespace og {
namespace {

constexpr FleetKind kKinds[] = {
    {CellKind::kLimiter, CellKind::kFleetLimiter, kLeasedLayout, LeasedObject::kBytes,
     &ServedLimiter::serve},
    {CellKind::kConcurrency, CellKind::kFleetConcurrency, kLeasedSlotsLayout, LeasedSlots::kBytes,
     &ServedSlots::serve},
    {CellKind::kBreaker, CellKind::kFleetBreaker, kVotedLayout, VotedObject<>::kBytes,
     &ServedBreaker::serve},
    {CellKind::kEndpoints, CellKind::kFleetEndpoints, kFleetSetLayout, FleetSet::kBytes,
     &ServedEndpoints::serve},
};

}  // namespace

std::span<const FleetKind> fleet_kinds() { return kKinds; }

const FleetKind* fleet_kind_of(CellKind noun) {
  for (const FleetKind& kind : kKinds) {
    if (kind.noun == noun) return &kind;
  }
  return nullptr;
}

}  // namespace og
