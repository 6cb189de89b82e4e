// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/fleet/slot_door.h"
#include "core/guard/concurrency.h"

namespace og {

// What a concurrency limiter in a fleet has besides its table.
struct ConcurrencyLimiter::Leased {
  Leased(const std::shared_ptr<Fleet>& fleet, char* own, PermitTable<>& table)
      : object(LeasedSlots::before(own)), permits(object.permits(), table), door(fleet, object) {}

  LeasedSlots object;
  LeasedPermits<> permits;
  SlotDoor door;
};

}  // namespace og
