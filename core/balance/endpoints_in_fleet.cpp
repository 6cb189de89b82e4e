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
  if (in_fleet_) in_fleet_->object.yielding(in_fleet_->capacity).set(index, yields);
}

// After the change: who dies before has changed nothing that an agent could have undone.
void EndpointSet::note_changed(int32_t index) noexcept {
  if (in_fleet_) in_fleet_->object.changed(in_fleet_->capacity).set(index, true);
}

// As EndpointSet::change, with the segment's lock.
template <class Draw, class Apply>
Result<void> EndpointSet::Alone::change(Draw&& drawing, Apply&& apply) {
  const Result<bool> drew = drawing();
  if (!drew) return tl::unexpected(drew.error());
  if (!*drew) return {};
  ForkLock lock(set_.mutex_);
  apply();
  return {};
}

Result<void> EndpointSet::Alone::put(std::string_view name, int64_t weight, std::string_view zone) {
  EndpointSet& set = set_;
  const Known* known = member(name);
  if (known && known->endpoint->zone != zone) {
    if (auto gone = remove(name); !gone) return gone;
    known = nullptr;
  }
  if (known) {
    return change(
        [&]() -> Result<bool> {
          set.assert_drawing();
          return set.draw_weight(*known, weight);
        },
        [&] {
          set.assert_making();
          set.change_weight(known->endpoint->index, weight);
        });
  }
  if (auto ok = set.check(name, weight, zone); !ok) return ok;
  Joining joining;
  return change(
      [&]() -> Result<bool> {
        set.assert_drawing();
        return set.draw_join(name, weight, zone, &joining);
      },
      [&] {
        set.assert_making();
        set.join(joining);
      });
}

Result<void> EndpointSet::Alone::remove(std::string_view name) {
  EndpointSet& set = set_;
  const Known* gone = member(name);
  if (!gone) return {};
  const int32_t index = gone->endpoint->index;
  RemovedList removed;
  return change(
      [&]() -> Result<bool> {
        set.assert_drawing();
        removed.push_back({gone->endpoint.get(), {}});
        set.draw(index, nullptr);
        return true;
      },
      [&] {
        set.assert_making();
        set.leave(index, removed);
      });
}

bool EndpointSet::Alone::is_found_healthy(int32_t index) const noexcept {
  return set_.records_->is_found_healthy(index);
}

void EndpointSet::Alone::overrule(const std::set<int32_t>& unhealthy) {
  EndpointSet& set = set_;
  set.assert_drawing();
  const IndexBits bits = set.records_->overruled();
  bool changes = false;
  for (const Known& known : set.known_) {
    const int32_t index = known.endpoint->index;
    const bool is = known.in_set && unhealthy.count(index) != 0;
    changes = changes || is != bits.has(index);
    bits.set(index, is);
  }
  if (!changes) return;
  set.records_->announce();
  set.changing_.assert_held();
  set.follow();
}

const EndpointSet::Known* EndpointSet::Alone::member(std::string_view name) const {
  set_.assert_drawing();
  return set_.member(name);
}

}  // namespace og
