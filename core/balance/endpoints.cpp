// SPDX-License-Identifier: Apache-2.0
#include "core/balance/endpoints.h"

#include <algorithm>

#include "core/base/shown_text.h"
#include "core/base/text_argument.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kRows[] = {
    {.name = "max_endpoints", .type = OptionType::kInt, .fallback = "256", .min = 1, .max = 65536,
     .unit = "endpoints",
     .doc = "How many there can be at a time; indexes are below it."},
};
// clang-format on

tl::unexpected<Error> no_such(int32_t index) {
  return fail(Status::kInvalidArgument, "no endpoint has the index " + std::to_string(index));
}

Result<void> check_weight(int64_t weight) {
  if (weight >= 0 && weight <= EndpointSet::kMaxWeight) return {};
  return fail(Status::kInvalidArgument, "weight cannot be " + std::to_string(weight) +
                                            ": use 0 to " +
                                            std::to_string(EndpointSet::kMaxWeight));
}

}  // namespace

constexpr OptionTable kEndpointsOptions{"endpoints", kRows};

Result<std::shared_ptr<EndpointSet>> EndpointSet::create(const Config& config, const Place& place) {
  auto options = OptionsOf<kEndpointsOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  auto capacity = static_cast<size_t>(options->integer("max_endpoints"));
  const uint32_t attachments = place.scope().attachment_limit();
  auto memory = place.take(CellKind::kEndpoints, *options,
                           {.shared = EndpointRecords::bytes_for(capacity, attachments)});
  if (!memory) return tl::unexpected(memory.error());
  std::unique_ptr<EndpointRecords> records;
  if (memory->shared()) records = std::make_unique<EndpointRecords>(std::move(*memory), capacity);
  std::shared_ptr<EndpointSet> set(new EndpointSet(capacity, std::move(records), place));
  set->join_forks();
  if (!set->is_shared()) return set;
  std::unique_lock changing(set->changing_);
  if (set->records_->only_looks()) {
    set->look();
    return set;
  }
  auto held = set->records_->lock(changing);
  if (!held) return tl::unexpected(held.error());
  if (auto ok = set->follow_held(); !ok) return tl::unexpected(ok.error());
  return set;
}

EndpointSet::EndpointSet(size_t capacity, std::unique_ptr<EndpointRecords> records, Place place)
    : capacity_(capacity),
      records_(std::move(records)),
      place_(std::move(place)),
      table_(new std::atomic<Endpoint*>[capacity]()) {}

EndpointSet::~EndpointSet() { leave_forks(); }

Result<CellMemory> EndpointSet::policy_memory(std::string_view policy, uint64_t bytes) const {
  if (records_) {
    if (auto turn = records_->turn(policy)) return std::move(*turn);
  }
  return place_.beside(policy).take(CellKind::kPickPolicy, Options{}, {.own = bytes});
}

// What is in flight is the parent's; in a segment the child's attachment, being new, has nothing.
void EndpointSet::after_fork_in_child() noexcept {
  if (records_) return;
  for (const auto& endpoint : owned_)
    endpoint->counts.in_flight.store(0, std::memory_order_relaxed);
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
                       e.endpoint->healthy.load(std::memory_order_relaxed), false,
                       e.endpoint->zone});
  }
  return members;
}

// Draws every watcher's plan. Throws before anything has changed.
void EndpointSet::prepare(Draft& draft) {
  ++drawings_;
  for (Watcher* watcher : watchers_) watcher->prepare(draft);
  if (draft.drew()) cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
}

// The same for a change made here, whose cycle other processes may want.
void EndpointSet::draw(std::span<const Member> shown) {
  Draft draft(shown);
  cycle_ = {};
  if (records_ && records_->cycle().is_wanted())
    cycle_ = {draft.cycle(), CycleRecord::fingerprint(shown)};
  prepare(draft);
}

// Shows what was prepared.
void EndpointSet::commit(std::vector<Entry> next, uint64_t version) noexcept {
  entries_ = std::move(next);
  for (Watcher* watcher : watchers_) watcher->commit();
  drawn_.store(version, std::memory_order_release);
}

// The version after a change made here. When it is not the next, somebody changed an endpoint's
// health meanwhile, which takes no lock: that is followed by the next who looks.
uint64_t EndpointSet::followed(uint64_t version) const noexcept {
  return version == drawn() + 2 ? version : drawn();
}

// Drawing takes long where servers are many, so it comes before the segment's lock. Another process
// may change the set meanwhile, another thread may draw; who is overtaken again and again draws
// with the lock.
template <class Draw, class Apply>
Result<void> EndpointSet::change(Draw&& drawing, Apply&& apply) {
  constexpr int kMostOvertaken = 2;
  std::unique_lock changing(changing_);
  for (int overtaken = 0;; ++overtaken) {
    Scope::Change held;
    const bool lock_first = records_ && overtaken == kMostOvertaken;
    refresh();
    if (lock_first) {
      if (auto ok = hold(changing, &held); !ok) return ok;
      if (auto ok = follow_held(); !ok) return ok;
    }
    const Result<bool> drew = drawing();
    if (records_ && !lock_first) {
      const uint64_t mine = drawings_;
      if (auto ok = hold(changing, &held); !ok) return ok;
      if (drawings_ != mine || !is_as(drawn())) continue;
    }
    if (!drew) return tl::unexpected(drew.error());
    if (!*drew) return {};
    std::lock_guard lock(mutex_);
    apply();
    return {};
  }
}

// The place of a removed endpoint that a new one takes: its own, or, when no unused index is left,
// one whose last holder is beyond anybody's reach. Calls are looked at after the grace period:
// until then a reader may still begin one.
std::vector<EndpointSet::Removed>::iterator EndpointSet::vacated(std::string_view name) {
  auto own = std::find_if(removed_.begin(), removed_.end(),
                          [&](const Removed& r) { return r.endpoint->name == name; });
  if (own != removed_.end() || owned_.size() < capacity_) return own;
  if (records_) records_->in_flight().reclaim();
  return std::find_if(removed_.begin(), removed_.end(), [&](Removed& r) {
    return r.grace.over(gate_) && r.endpoint->in_flight.is_idle();
  });
}

Result<void> EndpointSet::check(std::string_view name, int64_t weight,
                                std::string_view zone) const {
  if (name.empty()) return fail(Status::kInvalidArgument, "an endpoint needs a name");
  if (auto ok = check_text(name, "name"); !ok) return ok;
  if (auto ok = check_text(zone, "zone"); !ok) return ok;
  if (auto ok = check_weight(weight); !ok) return ok;
  if (records_ && name.size() + zone.size() > EndpointRecords::kMostText) {
    return fail(Status::kInvalidArgument,
                "in a scope an endpoint's name and zone have together at most " +
                    std::to_string(EndpointRecords::kMostText) + " bytes, not " +
                    std::to_string(name.size() + zone.size()));
  }
  return {};
}

Result<int32_t> EndpointSet::add(std::string_view name, int64_t weight, std::string_view zone) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  Joining joining;
  auto drawing = [&]() -> Result<bool> {
    if (!entry(name)) return draw_join(name, weight, zone, &joining);
    return fail(Status::kInvalidArgument,
                "an endpoint '" + shown(name, 80) + "' is in the set already");
  };
  if (auto made = change(drawing, [&] { join(joining); }); !made)
    return tl::unexpected(made.error());
  return joining.place->index;
}

Result<int32_t> EndpointSet::put(std::string_view name, int64_t weight, std::string_view zone) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  Joining joining;
  std::vector<Entry> next;
  int32_t index = 0;
  bool joins = false;
  auto drawing = [&]() -> Result<bool> {
    const Entry* known = entry(name);
    joins = known == nullptr;
    if (joins) return draw_join(name, weight, zone, &joining);
    const Endpoint& endpoint = *known->endpoint;
    if (!zone.empty() && zone != endpoint.zone) {
      return fail(Status::kInvalidArgument,
                  "endpoint '" + shown(name, 80) + "' is in the set with zone '" + endpoint.zone +
                      "', not '" + shown(zone, 80) + "': remove it first",
                  "zone");
    }
    index = endpoint.index;
    return draw_weight(*known, weight, &next);
  };
  auto made = change(drawing, [&] {
    if (joins) return join(joining);
    commit(std::move(next),
           records_ ? followed(records_->set_weight(index, weight, shared_cycle())) : 0);
  });
  if (!made) return tl::unexpected(made.error());
  return joins ? joining.place->index : index;
}

// All that can fail, and it shows nowhere.
Result<bool> EndpointSet::draw_join(std::string_view name, int64_t weight, std::string_view zone,
                                    Joining* out) {
  auto was = vacated(name);
  if (was == removed_.end() && owned_.size() == capacity_) {
    return fail(Status::kFull,
                "the set holds its max_endpoints, " + std::to_string(capacity_) +
                    ", counting removed ones with calls in flight",
                "max_endpoints");
  }
  *out = {.name = std::string(name), .zone = std::string(zone), .weight = weight, .next = entries_};
  if (was == removed_.end()) {
    const auto index = static_cast<int32_t>(owned_.size());
    out->made.reset(records_ ? records_->make_endpoint(index) : new Endpoint(index));
    owned_.reserve(owned_.size() + 1);
  }
  Endpoint* place = out->made ? out->made.get() : was->endpoint;
  out->place = place;
  out->fresh = place->name != name;
  std::vector<Entry>& next = out->next;
  auto spot = std::upper_bound(next.begin(), next.end(), place->index,
                               [](int32_t i, const Entry& e) { return i < e.endpoint->index; });
  auto at = static_cast<size_t>(spot - next.begin());
  next.insert(spot, {place, weight});
  std::vector<Member> shown = members(next);
  shown[at] = {place, name, weight, true, out->fresh, zone};
  draw(shown);
  return true;
}

void EndpointSet::join(Joining& joining) noexcept {
  Endpoint* place = joining.place;
  uint64_t version = 0;
  if (records_) {
    version = followed(records_->put(place->index, joining.name, joining.zone, joining.weight,
                                     joining.fresh, shared_cycle()));
  } else if (joining.fresh) {
    place->counts.reset();
  }
  place->name.swap(joining.name);
  place->zone.swap(joining.zone);
  place->healthy.store(true, std::memory_order_relaxed);
  if (joining.made) {
    table_[owned_.size()].store(place, std::memory_order_release);
    owned_.push_back(std::move(joining.made));
  } else {
    std::erase_if(removed_, [&](const Removed& r) { return r.endpoint == place; });
  }
  commit(std::move(joining.next), version);
}

Result<void> EndpointSet::remove(int32_t index) {
  Endpoint* endpoint = nullptr;
  std::vector<Entry> next;
  auto drawing = [&]() -> Result<bool> {
    const Entry* gone = entry(index);
    if (!gone) return no_such(index);
    endpoint = gone->endpoint;
    next = entries_;
    next.erase(next.begin() + (gone - entries_.data()));
    removed_.reserve(removed_.size() + 1);
    draw(members(next));
    return true;
  };
  return change(drawing, [&] {
    commit(std::move(next), records_ ? followed(records_->remove(index, shared_cycle())) : 0);
    removed_.push_back({endpoint, {}});
    removed_.back().grace.begin(gate_);
  });
}

Result<bool> EndpointSet::draw_weight(const Entry& changed, int64_t weight,
                                      std::vector<Entry>* next) {
  if (changed.weight == weight) return false;
  *next = entries_;
  (*next)[static_cast<size_t>(&changed - entries_.data())].weight = weight;
  draw(members(*next));
  return true;
}

Result<void> EndpointSet::set_weight(int32_t index, int64_t weight) {
  if (auto ok = check_weight(weight); !ok) return ok;
  std::vector<Entry> next;
  auto drawing = [&]() -> Result<bool> {
    const Entry* changed = entry(index);
    if (!changed) return no_such(index);
    return draw_weight(*changed, weight, &next);
  };
  return change(drawing, [&] {
    commit(std::move(next),
           records_ ? followed(records_->set_weight(index, weight, shared_cycle())) : 0);
  });
}

Result<void> EndpointSet::set_healthy(int32_t index, bool healthy) {
  if (records_) {
    std::unique_lock changing(changing_);
    return set_shared_health(index, healthy);
  }
  Endpoint* endpoint = nullptr;
  std::vector<Entry> next;
  auto drawing = [&]() -> Result<bool> {
    const Entry* changed = entry(index);
    if (!changed) return no_such(index);
    endpoint = changed->endpoint;
    if (endpoint->healthy.load(std::memory_order_relaxed) == healthy) return false;
    std::vector<Member> shown = members(entries_);
    shown[static_cast<size_t>(changed - entries_.data())].healthy = healthy;
    next = entries_;
    draw(shown);
    return true;
  };
  return change(drawing, [&] {
    endpoint->healthy.store(healthy, std::memory_order_relaxed);
    commit(std::move(next), 0);
  });
}

int32_t EndpointSet::find(std::string_view name) {
  follow_others();
  std::lock_guard lock(mutex_);
  const Entry* found = entry(name);
  return found ? found->endpoint->index : static_cast<int32_t>(Status::kNone);
}

int64_t EndpointSet::count() {
  follow_others();
  std::lock_guard lock(mutex_);
  return static_cast<int64_t>(entries_.size());
}

// A removed endpoint keeps its name until its index is given away.
Result<std::string> EndpointSet::name(int32_t index) {
  follow_others();
  std::lock_guard lock(mutex_);
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->name;
}

Result<std::string> EndpointSet::zone(int32_t index) {
  follow_others();
  std::lock_guard lock(mutex_);
  Endpoint* endpoint = at(index);
  if (!endpoint) return no_such(index);
  return endpoint->zone;
}

Result<int64_t> EndpointSet::weight(int32_t index) {
  follow_others();
  std::lock_guard lock(mutex_);
  const Entry* found = entry(index);
  if (!found) return no_such(index);
  return found->weight;
}

int32_t EndpointSet::healthy(int32_t index) noexcept {
  follow_others();
  std::lock_guard lock(mutex_);
  const Entry* found = entry(index);
  if (!found) return static_cast<int32_t>(Status::kInvalidArgument);
  return found->endpoint->healthy.load(std::memory_order_relaxed);
}

void EndpointSet::watch(Watcher* watcher) {
  std::lock_guard changing(changing_);
  refresh();
  watchers_.reserve(watchers_.size() + 1);
  const std::vector<Member> shown = members(entries_);
  Draft draft(shown, records_ ? &records_->cycle() : nullptr);
  ++drawings_;
  watcher->prepare(draft);
  if (draft.drew()) cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
  watcher->commit();
  watchers_.push_back(watcher);
}

void EndpointSet::unwatch(Watcher* watcher) noexcept {
  std::lock_guard changing(changing_);
  std::erase(watchers_, watcher);
}

void EndpointSet::collect(MetricSink& sink) {
  follow_others();
  std::lock_guard lock(mutex_);
  if (records_) records_->in_flight().reclaim();
  for (const Entry& e : entries_) {
    const Endpoint& p = *e.endpoint;
    int64_t calls = p.counts.calls.load(std::memory_order_relaxed);
    int64_t failures = p.counts.failures.load(std::memory_order_relaxed);
    sink.gauge("outgrow_endpoint_healthy", "1 when the endpoint may be picked.",
               {{"endpoint", p.name}, {"zone", p.zone}},
               p.healthy.load(std::memory_order_relaxed) ? 1 : 0);
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
