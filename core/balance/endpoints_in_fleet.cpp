// SPDX-License-Identifier: Apache-2.0
// A set that the machines of a fleet share: what is told to the machine's agent, and how that
// changes the set by what the others say.
#include "core/balance/endpoints_in_fleet.h"

namespace og {

void EndpointSet::tell_agent() noexcept {
  if (!in_fleet_) return;
  in_fleet_->object.ask();
  in_fleet_->fleet->asked(in_fleet_->object.agent() != 0);
}

void EndpointSet::set_yields(int32_t index, bool yields) noexcept {
  if (in_fleet_) in_fleet_->object.set_yields(index, yields);
}

// With all locks, as those who draw under the segment's lock.
Result<void> EndpointSet::Alone::put(std::string_view name, int64_t weight, std::string_view zone) {
  EndpointSet& set = set_;
  set.assert_drawing();
  const Known* known = set.member(name);
  if (known && known->endpoint->zone != zone) {
    remove(name);
    known = nullptr;
  }
  if (known) {
    const int32_t index = known->endpoint->index;
    if (!*set.draw_weight(*known, weight)) return {};
    ForkLock lock(set.mutex_);
    set.change_weight(index, weight);
    return {};
  }
  if (auto ok = set.check(name, weight, zone); !ok) return ok;
  Joining joining;
  if (auto drawn = set.draw_join(name, weight, zone, &joining); !drawn)
    return tl::unexpected(drawn.error());
  ForkLock lock(set.mutex_);
  set.join(joining);
  return {};
}

void EndpointSet::Alone::remove(std::string_view name) {
  EndpointSet& set = set_;
  set.assert_drawing();
  const Known* gone = set.member(name);
  if (!gone) return;
  const int32_t index = gone->endpoint->index;
  RemovedList removed;
  removed.push_back({gone->endpoint.get(), {}});
  set.draw(index, nullptr);
  ForkLock lock(set.mutex_);
  set.leave(index, removed);
}

}  // namespace og
