// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/balance/endpoints.h"
#include "core/balance/fleet_set.h"
#include "core/fleet/fleet.h"

namespace og {

// What a set has besides in a fleet.
struct EndpointSet::InFleet {
  const std::shared_ptr<Fleet> fleet;
  FleetSet object;
  const size_t capacity;
};

}  // namespace og
