// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "core/fleet/fleet.h"
#include "core/fleet/leased_slots.h"

namespace og {

// Where a concurrency limiter's workers turn to that find no slot among their machine's.
class SlotDoor {
 public:
  SlotDoor(std::shared_ptr<Fleet> fleet, LeasedSlots object)
      : fleet_(std::move(fleet)), object_(object) {}

  // Asks for a slot more, unless it is known to be in vain. What take(now) gives, which tries once
  // more; 0: the call is refused.
  //
  // may_wait: for who has the time from the system's clock. Then a call waits for the answer, up to
  // the fleet's timeout, where the machine does not know of the fleet that it has no more.
  template <class Take>
  int64_t ask(int64_t now, bool may_wait, Take&& take) noexcept {
    object_.add_refused();
    if (now < object_.none_until()) return 0;
    const uint32_t seen = fleet_->answers_seen();
    fleet_->asked(object_.agent() != 0);
    fleet_->help(now);
    if (const int64_t permit = take(now)) return permit;
    if (!may_wait || object_.none_until() != 0) return 0;
    return wait_for(now, seen, std::ref(take));
  }

  const std::string& fleet_name() const noexcept { return fleet_->name(); }

 private:
  int64_t wait_for(int64_t now, uint32_t seen,
                   const std::function<int64_t(int64_t)>& take) noexcept;

  const std::shared_ptr<Fleet> fleet_;
  LeasedSlots object_;
};

}  // namespace og
