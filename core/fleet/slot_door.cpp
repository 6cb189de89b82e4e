// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/slot_door.h"

#include "core/base/time.h"
#include "core/base/wait_around.h"

namespace og {

int64_t SlotDoor::wait_for(int64_t now, uint32_t seen,
                           const std::function<int64_t(int64_t)>& take) noexcept {
  const int64_t until = later(now, fleet_->timeout_ns());
  const WaitAround around;
  if (!around.may_wait()) return 0;
  for (;;) {
    now = fleet_->await_answer(seen, now, until);
    if (const int64_t permit = take(now)) return permit;
    if (object_.none_until() != 0 || now >= until) return 0;
    // Others were faster at what was granted: the agent is to hear of it when it looks next.
    if (!object_.has_refused()) object_.add_refused();
  }
}

}  // namespace og
