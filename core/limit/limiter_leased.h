// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "core/fleet/lease_door.h"
#include "core/limit/limiter.h"

namespace og {

// What a limiter has in a fleet: what the machine was granted, and where more is asked for.
struct Limiter::Leased {
  Leased(std::shared_ptr<Fleet> fleet, char* own, const Settings& settings)
      : object(LeasedObject::before(own)),
        grants(object.start(), own + Epochs::kBytes, own + Region::bytes_for(settings.keys, 0),
               settings.keys, settings.seed),
        door(std::move(fleet), object, grants) {}

  LeasedObject object;
  GrantCells<> grants;
  LeaseDoor door;
};

}  // namespace og
