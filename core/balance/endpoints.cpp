// SPDX-License-Identifier: Apache-2.0
#include "core/balance/endpoints.h"

#include <algorithm>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"

namespace og {
namespace {

constexpr OptionSpec kRows[] = {
    {.name = "max_endpoints", .type = OptionType::kInt, .fallback = "256", .min = 1, .max = 65536,
     .unit = "endpoints", .doc = "How many there can be at a time; indexes are below it."},
};

tl::unexpected<Error> no_such(int32_t index) {
  return fail(Status::kInvalidArgument, "no endpoint has the index " + std::to_string(index));
}

Result<void> check_weight(int64_t weight) {
  if (weight >= 0 && weight <= EndpointSet::kMaxWeight) return {};
  return fail(Status::kInvalidArgument, "weight cannot be " + std::to_string(weight) +
                                            ": use 0 to " + std::to_string(EndpointSet::kMaxWeight));
}

}  // namespace

const OptionTable kEndpointsOptions{"endpoints", kRows};

Result<std::shared_ptr<EndpointSet>> EndpointSet::create(const Config& config, const Place& place) {
  auto options = Options::resolve(kEndpointsOptions, config);
  if (!options) return tl::unexpected(options.error());
  auto capacity = static_cast<size_t>(options->integer("max_endpoints"));
  std::unique_ptr<EndpointRecords> records;
  if (place.is_host()) {
    auto memory = place.take(CellKind::kEndpoints, *options,
                             EndpointRecords::bytes_for(capacity, place.segment()->attachment_limit()));
    if (!memory) return tl::unexpected(memory.error());
    records = std::make_unique<EndpointRecords>(std::move(*memory), capacity);
  }
  std::shared_ptr<EndpointSet> set(new EndpointSet(capacity, std::move(records)));
  set->join_forks();
  if (!set->is_shared()) return set;
  std::unique_lock lock(set->mutex_);
  if (set->records_->only_looks()) {
    set->look();
    return set;
  }
  if (auto change = set->begin_change(lock); !change) return tl::unexpected(change.error());
  return set;
}

EndpointSet::EndpointSet(size_t capacity, std::unique_ptr<EndpointRecords> records)
    : capacity_(capacity), records_(std::move(records)), table_(new std::atomic<Endpoint*>[capacity]()) {}

EndpointSet::~EndpointSet() { leave_forks(); }

// What is in flight is the parent's; in a segment the child's attachment, being new, has nothing.
void EndpointSet::after_fork_in_child() noexcept {
  if (records_) return;
  for (const auto& endpoint : owned_) endpoint->counts.in_flight.store(0, std::memory_order_relaxed);
}

Endpoint* EndpointSet::at(int32_t index) const noexcept {
  if (index < 0 || static_cast<size_t>(index) >= capacity_) return nullptr;
  return table_[static_cast<size_t>(index)].load(std::memory_order_acquire);
}

const EndpointSet::Entry* EndpointSet::entry(int32_t index) const {
  auto found = std::lower_bound(entries_.begin(), entries_.end(), index,
                                [](const Entry& e, int32_t i) { return e.endpoint->index < i; });
  return found != entries_.end() && found->endpoint->index == index ? &*found : nullptr;
}

const EndpointSet::Entry* EndpointSet::entry(std::string_view name) const {
  for (const Entry& e : entries_) {
    if (e.endpoint->name == name) return &e;
  }
  return nullptr;
}

std::vector<Member> EndpointSet::members(const std::vector<Entry>& entries) const {
  std::vector<Member> members;
  members.reserve(entries.size());
  for (const Entry& e : entries) {
    members.push_back({e.endpoint, e.endpoint->name, e.weight,
                       e.endpoint->healthy.load(std::memory_order_relaxed)});
  }
  return members;
}

// Draws every watcher's plan for what is shown, then shows it. Throws before anything has changed.
void EndpointSet::prepare(std::span<const Member> shown) {
  for (Watcher* watcher : watchers_) watcher->prepare(shown);
}

void EndpointSet::commit(std::vector<Entry> next, uint64_t version) noexcept {
  entries_ = std::move(next);
  for (Watcher* watcher : watchers_) watcher->commit();
  drawn_.store(version, std::memory_order_release);
}

// The place of a removed endpoint that a new one takes: its own, or, when no unused index is left, one
// whose last holder is beyond anybody's reach. Calls are looked at after the grace period: until then
// a reader may still begin one.
std::vector<EndpointSet::Removed>::iterator EndpointSet::vacated(std::string_view name) {
  auto own = std::find_if(removed_.begin(), removed_.end(),
                          [&](const Removed& r) { return r.endpoint->name == name; });
  if (own != removed_.end() || owned_.size() < capacity_) return own;
  if (records_) records_->in_flight().reclaim();
  return std::find_if(removed_.begin(), removed_.end(), [&](Removed& r) {
    return r.grace.over(gate_) && r.endpoint->in_flight.is_idle();
  });
}

Result<void> EndpointSet::check(std::string_view name, int64_t weight, std::string_view zone) const {
  if (name.empty()) return fail(Status::kInvalidArgument, "an endpoint needs a name");
  if (auto ok = check_text(name, "name"); !ok) return ok;
  if (auto ok = check_text(zone, "zone"); !ok) return ok;
  if (auto ok = check_weight(weight); !ok) return ok;
  if (records_ && name.size() + zone.size() > EndpointRecords::kMostText) {
    return fail(Status::kInvalidArgument, "in a scope an endpoint's name and zone have together at most " +
                std::to_string(EndpointRecords::kMostText) + " bytes, not " +
                std::to_string(name.size() + zone.size()));
  }
  return {};
}

Result<int32_t> EndpointSet::add(std::string_view name, int64_t weight, std::string_view zone) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  std::unique_lock lock(mutex_);
  auto change = begin_change(lock);
  if (!change) return tl::unexpected(change.error());
  if (!entry(name)) return insert(name, weight, zone);
  return fail(Status::kInvalidArgument,
              "an endpoint '" + shown(name, 80) + "' is in the set already");
}

Result<int32_t> EndpointSet::put(std::string_view name, int64_t weight, std::string_view zone) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  std::unique_lock lock(mutex_);
  auto change = begin_change(lock);
  if (!change) return tl::unexpected(change.error());
  const Entry* known = entry(name);
  if (!known) return insert(name, weight, zone);
  const Endpoint& endpoint = *known->endpoint;
  if (!zone.empty() && zone != endpoint.zone) {
    return fail(Status::kInvalidArgument, "endpoint '" + shown(name, 80) +
                                              "' is in the set with zone '" + endpoint.zone + "', not '" +
                                              shown(zone, 80) + "': remove it first", "zone");
  }
  weigh(*known, weight);
  return endpoint.index;
}

Result<int32_t> EndpointSet::insert(std::string_view name, int64_t weight, std::string_view zone) {
  auto was = vacated(name);
  if (was == removed_.end() && owned_.size() == capacity_) {
    return fail(Status::kFull, "the set holds its max_endpoints, " + std::to_string(capacity_) +
                                   ", counting removed ones with calls in flight", "max_endpoints");
  }

  // All that can fail comes first, and shows nowhere.
  std::string name_copy(name), zone_copy(zone);
  std::unique_ptr<Endpoint> made;
  if (was == removed_.end()) {
    const auto index = static_cast<int32_t>(owned_.size());
    made.reset(records_ ? records_->make_endpoint(index) : new Endpoint(index));
    owned_.reserve(owned_.size() + 1);
  }
  Endpoint* place = made ? made.get() : was->endpoint;
  bool fresh = place->name != name;
  std::vector<Entry> next = entries_;
  auto spot = std::upper_bound(next.begin(), next.end(), place->index,
                               [](int32_t i, const Entry& e) { return i < e.endpoint->index; });
  auto at = static_cast<size_t>(spot - next.begin());
  next.insert(spot, {place, weight});
  std::vector<Member> shown = members(next);
  shown[at] = {place, name, weight, true, fresh};
  prepare(shown);

  uint64_t version = 0;
  if (records_) {
    version = records_->put(place->index, name, zone, weight, fresh);
  } else if (fresh) {
    place->counts.reset();
  }
  place->name.swap(name_copy);
  place->zone.swap(zone_copy);
  place->healthy.store(true, std::memory_order_relaxed);
  if (made) {
    table_[owned_.size()].store(place, std::memory_order_release);
    owned_.push_back(std::move(made));
  } else {
    removed_.erase(was);
  }
  commit(std::move(next), version);
  return place->index;
}

Result<void> EndpointSet::remove(int32_t index) {
  std::unique_lock lock(mutex_);
  auto change = begin_change(lock);
  if (!change) return tl::unexpected(change.error());
  const Entry* gone = entry(index);
  if (!gone) return no_such(index);
  Endpoint* endpoint = gone->endpoint;
  std::vector<Entry> next = entries_;
  next.erase(next.begin() + (gone - entries_.data()));
  removed_.reserve(removed_.size() + 1);
  prepare(members(next));
  commit(std::move(next), records_ ? records_->remove(index) : 0);
  removed_.push_back({endpoint, {}});
  removed_.back().grace.begin(gate_);
  return {};
}

Result<void> EndpointSet::set_weight(int32_t index, int64_t weight) {
  if (auto ok = check_weight(weight); !ok) return ok;
  std::unique_lock lock(mutex_);
  auto change = begin_change(lock);
  if (!change) return tl::unexpected(change.error());
  const Entry* changed = entry(index);
  if (!changed) return no_such(index);
  weigh(*changed, weight);
  return {};
}

void EndpointSet::weigh(const Entry& changed, int64_t weight) {
  if (changed.weight == weight) return;
  const int32_t index = changed.endpoint->index;
  std::vector<Entry> next = entries_;
  next[static_cast<size_t>(&changed - entries_.data())].weight = weight;
  prepare(members(next));
  commit(std::move(next), records_ ? records_->set_weight(index, weight) : 0);
}

Result<void> EndpointSet::set_healthy(int32_t index, bool healthy) {
  std::unique_lock lock(mutex_);
  if (records_) return set_shared_health(index, healthy);
  const Entry* changed = entry(index);
  if (!changed) return no_such(index);
  Endpoint* endpoint = changed->endpoint;
  if (endpoint->healthy.load(std::memory_order_relaxed) == healthy) return {};
  std::vector<Member> shown = members(entries_);
  shown[static_cast<size_t>(changed - entries_.data())].healthy = healthy;
  std::vector<Entry> next = entries_;
  prepare(shown);
  endpoint->healthy.store(healthy, std::memory_order_relaxed);
  commit(std::move(next), 0);
  return {};
}

int32_t EndpointSet::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  refresh();
  const Entry* found = entry(name);
  return found ? found->endpoint->index : static_cast<int32_t>(Status::kNone);
}

int64_t EndpointSet::count() {
  std::lock_guard lock(mutex_);
  refresh();
  return static_cast<int64_t>(entries_.size());
}

// A removed endpoint keeps its name until its index is given away.
Result<std::string> EndpointSet::name(int32_t index) {
  std::lock_guard lock(mutex_);
  refresh();
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->name;
}

Result<std::string> EndpointSet::zone(int32_t index) {
  std::lock_guard lock(mutex_);
  refresh();
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->zone;
}

Result<int64_t> EndpointSet::weight(int32_t index) {
  std::lock_guard lock(mutex_);
  refresh();
  const Entry* found = entry(index);
  if (!found) return no_such(index);
  return found->weight;
}

int32_t EndpointSet::healthy(int32_t index) noexcept {
  std::lock_guard lock(mutex_);
  refresh();
  const Entry* found = entry(index);
  if (!found) return static_cast<int32_t>(Status::kInvalidArgument);
  return found->endpoint->healthy.load(std::memory_order_relaxed);
}

void EndpointSet::watch(Watcher* watcher) {
  std::lock_guard lock(mutex_);
  refresh();
  watchers_.reserve(watchers_.size() + 1);
  watcher->prepare(members(entries_));
  watcher->commit();
  watchers_.push_back(watcher);
}

void EndpointSet::unwatch(Watcher* watcher) noexcept {
  std::lock_guard lock(mutex_);
  std::erase(watchers_, watcher);
}

void EndpointSet::collect(MetricSink& sink) {
  std::lock_guard lock(mutex_);
  refresh();
  if (records_) records_->in_flight().reclaim();
  for (const Entry& e : entries_) {
    const Endpoint& p = *e.endpoint;
    int64_t calls = p.counts.calls.load(std::memory_order_relaxed);
    int64_t failures = p.counts.failures.load(std::memory_order_relaxed);
    sink.gauge("outgrow_endpoint_healthy", "1 when the endpoint may be picked.",
               {{"endpoint", p.name}, {"zone", p.zone}}, p.healthy.load(std::memory_order_relaxed) ? 1 : 0);
    sink.gauge("outgrow_endpoint_in_flight", "Calls out at the endpoint.", {{"endpoint", p.name}},
               static_cast<double>(p.in_flight.load()));
    sink.counter("outgrow_endpoint_calls_total", "Calls returned, by how they ended.",
                 {{"endpoint", p.name}, {"outcome", "success"}}, calls - failures);
    sink.counter("outgrow_endpoint_calls_total", "Calls returned, by how they ended.",
                 {{"endpoint", p.name}, {"outcome", "failure"}}, failures);
    sink.histogram("outgrow_endpoint_latency_seconds", "How long calls took.",
                   {{"endpoint", p.name}}, p.counts.latency);
  }
}

}  // namespace og
