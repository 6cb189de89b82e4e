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
  if (version != drawn()) show(seen, version);
  return true;
}

// As with a change made here: all that can fail comes first, and shows nowhere.
void EndpointSet::show(std::vector<Seen>& seen, uint64_t version) {
  const size_t known = owned_.size();
  owned_.reserve(std::max(known, seen.size()));
  std::vector<std::unique_ptr<Endpoint>> made;
  std::vector<Entry> next;
  std::vector<Member> shown;
  for (size_t i = 0; i < seen.size(); ++i) {
    if (i >= known) made.emplace_back(records_->make_endpoint(static_cast<int32_t>(i)));
    Endpoint* endpoint = i < known ? owned_[i].get() : made.back().get();
    const Seen& now = seen[i];
    if (!now.in_set) continue;
    next.push_back({endpoint, now.weight});
    shown.push_back(
        {endpoint, now.name, now.weight, now.healthy, endpoint->name != now.name, now.zone});
  }
  std::vector<Removed> removed = removed_among(seen);
  removed.reserve(removed.size() + made.size());
  Draft draft(shown, &records_->cycle());
  prepare(draft);

  std::lock_guard lock(mutex_);
  for (auto& endpoint : made) {
    const auto at = static_cast<size_t>(endpoint->index);
    if (!seen[at].in_set) removed.push_back({endpoint.get(), {}, seen[at].removed_at});
    table_[at].store(endpoint.get(), std::memory_order_release);
    owned_.push_back(std::move(endpoint));
  }
  for (size_t i = 0; i < seen.size(); ++i) {
    owned_[i]->name.swap(seen[i].name);
    owned_[i]->zone.swap(seen[i].zone);
    owned_[i]->healthy.store(seen[i].healthy, std::memory_order_relaxed);
  }
  std::vector<Entry> before = std::move(entries_);
  commit(std::move(next), version);
  std::sort(removed.begin(), removed.end(),
            [](const Removed& a, const Removed& b) { return a.at < b.at; });
  for (Removed& r : removed) {  // readers here may hold a plan with those that were in the set
    auto was = [&](const Entry& e) { return e.endpoint == r.endpoint; };
    if (std::any_of(before.begin(), before.end(), was)) r.grace.begin(gate_);
  }
  removed_ = std::move(removed);
}

// Of the known ones, with the grace periods that have begun.
std::vector<EndpointSet::Removed> EndpointSet::removed_among(const std::vector<Seen>& seen) const {
  std::vector<const Removed*> before(owned_.size());
  for (const Removed& r : removed_) before[static_cast<size_t>(r.endpoint->index)] = &r;
  std::vector<Removed> removed;
  for (size_t i = 0; i < owned_.size(); ++i) {
    if (i < seen.size() && seen[i].in_set) continue;
    Removed r{owned_[i].get(), {}, i < seen.size() ? seen[i].removed_at : 0};
    if (before[i]) r.grace = before[i]->grace;
    removed.push_back(r);
  }
  return removed;
}

// The word is changed first, and then everybody draws new plans. One may have died in between: who
// says the same again finds it said, and not drawn.
Result<void> EndpointSet::set_shared_health(int32_t index, bool healthy) {
  refresh();
  const Entry* known = entry(index);
  if (known) share_cycle(*known, healthy);
  if (!known || !records_->set_healthy(index, healthy)) {
    return fail(Status::kInvalidArgument, "no endpoint has the index " + std::to_string(index));
  }
  refresh();
  known = entry(index);
  if (known && known->endpoint->healthy.load(std::memory_order_relaxed) != healthy &&
      is_as(drawn())) {
    records_->announce();
    refresh();
  }
  return {};
}

// The cycle for an endpoint's new health, before it has it: so that others find it there.
void EndpointSet::share_cycle(const Entry& changed, bool healthy) noexcept {
  if (!records_->cycle().is_wanted()) return;
  if (changed.endpoint->healthy.load(std::memory_order_relaxed) == healthy) return;
  try {
    std::vector<Member> shown = members(entries_);
    shown[static_cast<size_t>(&changed - entries_.data())].healthy = healthy;
    Draft draft(shown);
    records_->share({draft.cycle(), CycleRecord::fingerprint(shown)});
    cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
  } catch (const std::bad_alloc&) {  // each draws its own
  }
}

// Once: who only looks shows what was there when it came, and waits for nobody who is at a change.
void EndpointSet::look() {
  if (follow()) return;
  std::vector<Seen> seen;
  records_->read_each(&seen);
  show(seen, records_->version().load(std::memory_order_relaxed));
}

// Nothing to do on the heap, or while another process is at a change, whose time is yet to come.
void EndpointSet::refresh() noexcept {
  if (!records_ || is_as(drawn()) || records_->only_looks()) return;
  const bool changing = records_->version().load(std::memory_order_relaxed) & 1;
  if (changing && !records_->repair()) return;
  try {
    follow();
  } catch (const std::bad_alloc&) {  // with the old plans, until it can
  }
}

void EndpointSet::catch_up() noexcept {
  std::unique_lock changing(changing_, std::try_to_lock);
  if (changing) refresh();
}

void EndpointSet::follow_others() noexcept {
  if (!records_ || is_as(drawn())) return;
  std::lock_guard changing(changing_);
  refresh();
}

bool EndpointSet::has(int32_t index) noexcept {
  std::lock_guard changing(changing_);
  refresh();
  return is_as(drawn()) && entry(index) != nullptr;
}

std::vector<std::string> EndpointSet::faults() {
  std::unique_lock changing(changing_);
  auto change = records_->lock(changing);
  return change ? records_->faults() : std::vector{change.error().message};
}

const Endpoint* EndpointSet::observe(int32_t index) noexcept {
  if (records_) {
    follow_others();
    records_->in_flight().reclaim();
  }
  return at(index);
}

}  // namespace og
