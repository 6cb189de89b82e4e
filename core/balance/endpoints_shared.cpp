// SPDX-License-Identifier: Apache-2.0
// A set in a segment: what other processes did to it.
#include <algorithm>
#include <new>

#include "core/balance/endpoints.h"

namespace og {

Result<void> EndpointSet::hold(std::unique_lock<ForkMutex>& changing, Scope::Change* held) {
  auto change = records_->lock(changing);
  if (!change) return tl::unexpected(change.error());
  *held = std::move(*change);
  return {};
}

Result<void> EndpointSet::follow_held() {
  if (follow()) return {};
  return fail(Status::kIo,
              "the set's records in the segment are damaged: they change under its lock");
}

// While changes wait, as all here. False when there was nothing to be read.
bool EndpointSet::follow() {
  std::vector<Seen> seen;
  uint64_t version;
  if (!records_->read(&seen, &version)) return false;
  if (version != drawn()) publish(seen, version);
  return true;
}

// As with a change made here: all that can fail comes first, and shows nowhere.
EndpointSet::Drawn EndpointSet::draw_seen(const std::vector<Seen>& seen) {
  const size_t known = known_.size();
  std::vector<std::unique_ptr<Endpoint>> made;
  NameIndex names(capacity_);
  std::vector<Member> shown;
  for (size_t i = 0; i < seen.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    if (i >= known) made.emplace_back(records_->make_endpoint(index));
    Endpoint* endpoint = i < known ? known_[i].endpoint.get() : made.back().get();
    const Seen& now = seen[i];
    if (!now.name.empty()) names.put(names.make(now.name, index));
    if (!now.in_set) continue;
    shown.push_back(
        {endpoint, now.name, now.weight, now.healthy, endpoint->name != now.name, now.zone});
  }
  RemovedList removed = removed_among(seen);
  for (const auto& endpoint : made) {
    const Seen& now = seen[static_cast<size_t>(endpoint->index)];
    if (!now.in_set) removed.push_back({endpoint.get(), {}, now.removed_at});
  }
  Draft draft(shown, records_->cycle());
  prepare(draft);
  return {std::move(made), std::move(names), std::move(removed), shown.size()};
}

void EndpointSet::publish(std::vector<Seen>& seen, uint64_t version) {
  Drawn drawn = [&] {
    assert_drawing();
    return draw_seen(seen);
  }();
  RemovedList& removed = drawn.removed;
  ForkLock lock(mutex_);
  for (auto& endpoint : drawn.made) {
    table_[static_cast<size_t>(endpoint->index)].store(endpoint.get(), std::memory_order_release);
    known_.push_back({std::move(endpoint)});
  }
  removed.sort([](const Removed& a, const Removed& b) { return a.at < b.at; });
  for (size_t i = 0; i < seen.size(); ++i) {
    Endpoint& endpoint = *known_[i].endpoint;
    endpoint.name.swap(seen[i].name);
    endpoint.zone.swap(seen[i].zone);
    endpoint.healthy.store(seen[i].healthy, std::memory_order_relaxed);
  }
  names_ = std::move(drawn.names);
  count_ = drawn.count;
  commit(version);
  for (auto each = removed.begin(); each != removed.end(); ++each) {
    Known& now = known_[static_cast<size_t>(each->endpoint->index)];
    if (now.in_set) each->grace.begin(gate_);  // readers here may hold a plan with it
    now.in_set = false;
    now.removed = each;
  }
  removed_ = std::move(removed);
  for (size_t i = 0; i < seen.size(); ++i) {
    known_[i].in_set = seen[i].in_set;
    known_[i].weight = seen[i].weight;
  }
}

// Of the known ones, with the grace periods that have begun.
EndpointSet::RemovedList EndpointSet::removed_among(const std::vector<Seen>& seen) const {
  RemovedList removed;
  for (size_t i = 0; i < known_.size(); ++i) {
    if (i < seen.size() && seen[i].in_set) continue;
    const Known& known = known_[i];
    removed.push_back({known.endpoint.get(), {}, i < seen.size() ? seen[i].removed_at : 0});
    if (!known.in_set) removed.back().grace = known.removed->grace;
  }
  return removed;
}

// The word is changed first, and then everybody draws new plans. One may have died in between: who
// says the same again finds it said, and not drawn.
Result<void> EndpointSet::set_shared_health(int32_t index, bool healthy) {
  refresh();
  assert_drawing();
  const Known* known = member(index);
  if (known) share_cycle(*known, healthy);
  if (!known || !records_->set_healthy(index, healthy)) return no_such(index);
  refresh();
  known = member(index);
  healthy = healthy && !records_->overruled().has(index);
  if (known && known->endpoint->healthy.load(std::memory_order_relaxed) != healthy &&
      is_as(drawn())) {
    records_->announce();
    refresh();
  }
  return {};
}

// The cycle for an endpoint's new health, before it has it: so that others find it there.
void EndpointSet::share_cycle(const Known& changed, bool healthy) noexcept {
  if (!records_->cycle()->is_wanted()) return;
  Member becomes = as_member(changed);
  healthy = healthy && !records_->overruled().has(becomes.endpoint->index);
  if (becomes.healthy == healthy) return;
  becomes.healthy = healthy;
  try {
    const std::vector<Member> shown = members(becomes.endpoint->index, &becomes);
    Draft draft(shown);
    records_->share({draft.cycle(), CycleRecord::fingerprint(shown)});
    cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::bad_alloc&) {  // each draws its own
  }
}

// Where the scope is opened to look only: the set stays as it was found, and nobody who is at a
// change is waited for.
void EndpointSet::load_once() {
  if (follow()) return;
  std::vector<Seen> seen;
  records_->read_each(&seen);
  publish(seen, records_->version().load(std::memory_order_relaxed));
}

// Nothing to do where nobody else changes the set, or while another process is at a change, whose
// time is yet to come.
void EndpointSet::refresh() noexcept {
  if (is_as(drawn()) || records_->is_read_only()) return;
  const bool changing = records_->version().load(std::memory_order_relaxed) & 1;
  if (changing && !records_->try_lock()) return;
  try {
    follow();
  } catch (const std::bad_alloc&) {  // with the old plans, until it can
  }
}

void EndpointSet::catch_up() noexcept {
  if (!changing_.try_lock()) return;
  refresh();
  changing_.unlock();
}

void EndpointSet::follow_others() noexcept {
  if (is_as(drawn())) return;
  ForkLock changing(changing_);
  refresh();
}

bool EndpointSet::has(int32_t index) noexcept {
  ForkLock changing(changing_);
  refresh();
  assert_drawing();
  return is_as(drawn()) && member(index) != nullptr;
}

std::vector<std::string> EndpointSet::faults() {
  std::unique_lock changing(changing_);
  auto change = records_->lock(changing);
  return change ? records_->faults() : std::vector{change.error().message};
}

const Endpoint* EndpointSet::observe(int32_t index) noexcept {
  follow_others();
  records_->reclaim();
  return at(index);
}

}  // namespace og
