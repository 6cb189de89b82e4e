// SPDX-License-Identifier: Apache-2.0
#include "core/balance/endpoints.h"

#include <algorithm>

#include "core/balance/endpoint_records.h"
#include "core/balance/endpoints_in_fleet.h"
#include "core/balance/own_records.h"
#include "core/base/shown_text.h"
#include "core/base/text_argument.h"
#include "core/base/typed_options.h"

namespace og {
namespace {

// clang-format off: a row an option
constexpr OptionSpec kEndpointRows[] = {
    {.name = "max_endpoints", .type = OptionType::kInt, .fallback = "256", .min = 1, .max = 65536,
     .unit = "endpoints",
     .doc = "How many there can be at a time; indexes are below it."},
    kOnMismatch,
};
// clang-format on

constexpr CellSpec kCells{CellKind::kEndpoints};

Result<void> check_weight(int64_t weight) {
  if (weight >= 0 && weight <= EndpointSet::kMaxWeight) return {};
  return fail(Status::kInvalidArgument, "weight cannot be " + std::to_string(weight) +
                                            ": use 0 to " +
                                            std::to_string(EndpointSet::kMaxWeight));
}

}  // namespace

constexpr OptionTable kEndpointsOptions{"endpoints", kEndpointRows};

tl::unexpected<Error> EndpointSet::no_such(int32_t index) {
  return fail(Status::kInvalidArgument, "no endpoint has the index " + std::to_string(index));
}

Result<std::shared_ptr<EndpointSet>> EndpointSet::create(const Config& config, const Place& place) {
  auto options = OptionsOf<kEndpointsOptions>::resolve(config);
  if (!options) return tl::unexpected(options.error());
  size_t capacity = 0;
  const std::shared_ptr<Fleet> fleet = place.scope().fleet();
  auto memory = place.take(kCells, *options, [&](const auto& agreed) -> Result<Scope::Bytes> {
    capacity = static_cast<size_t>(agreed.integer("max_endpoints"));
    Scope::Bytes bytes{.shared =
                           EndpointRecords::bytes_for(capacity, place.scope().attachment_limit())};
    if (!fleet) return bytes;
    bytes.own = bytes.least = FleetSet::bytes_behind(capacity);
    bytes.begin = [capacity](char* own) { FleetSet::before(own).begin(capacity); };
    return bytes;
  });
  if (!memory) return tl::unexpected(memory.error());
  std::unique_ptr<InFleet> in_fleet;
  if (fleet) in_fleet.reset(new InFleet{fleet, FleetSet::before(memory->data()), capacity});
  std::unique_ptr<SetRecords> records;
  if (memory->shared())
    records = std::make_unique<EndpointRecords>(
        std::move(*memory), capacity,
        in_fleet ? in_fleet->object.overruled(capacity) : IndexBits());
  else
    records = std::make_unique<OwnRecords>();
  std::shared_ptr<EndpointSet> set(new EndpointSet(capacity, std::move(records), place));
  set->in_fleet_ = std::move(in_fleet);
  set->join_forks();
  std::unique_lock changing(set->changing_);
  set->changing_.assert_held();
  if (set->records_->is_read_only()) {
    set->load_once();
    return set;
  }
  auto held = set->records_->lock(changing);
  if (!held) return tl::unexpected(held.error());
  if (auto ok = set->follow_held(); !ok) return tl::unexpected(ok.error());
  set->tell_agent();
  return set;
}

std::shared_ptr<EndpointSet> EndpointSet::over(CellMemory memory, size_t capacity) {
  const IndexBits overruled = FleetSet(memory.data()).overruled(capacity);
  std::shared_ptr<EndpointSet> set(new EndpointSet(
      capacity, std::make_unique<EndpointRecords>(std::move(memory), capacity, overruled), {}));
  set->join_forks();
  return set;
}

EndpointSet::EndpointSet(size_t capacity, std::unique_ptr<SetRecords> records, Place place)
    : capacity_(capacity),
      records_(std::move(records)),
      place_(std::move(place)),
      names_(capacity),
      table_(new std::atomic<Endpoint*>[capacity]()) {
  known_.reserve(capacity);
}

EndpointSet::~EndpointSet() { leave_forks(); }

Result<CellMemory> EndpointSet::policy_memory(std::string_view policy, uint64_t bytes) const {
  if (auto turn = records_->turn(policy)) return std::move(*turn);
  return place_.beside(policy).take({CellKind::kPickPolicy}, {.own = bytes});
}

void EndpointSet::after_fork_in_child() noexcept {
  for (const Known& known : known_) records_->disown_calls(*known.endpoint);
}

Endpoint* EndpointSet::at(int32_t index) const noexcept {
  if (index < 0 || static_cast<size_t>(index) >= capacity_) return nullptr;
  return table_[static_cast<size_t>(index)].load(std::memory_order_acquire);
}

const EndpointSet::Known* EndpointSet::member(int32_t index) const {
  if (index < 0 || static_cast<size_t>(index) >= known_.size()) return nullptr;
  const Known& known = known_[static_cast<size_t>(index)];
  return known.in_set ? &known : nullptr;
}

const EndpointSet::Known* EndpointSet::member(std::string_view name) const {
  return member(named(name, true));
}

int32_t EndpointSet::named(std::string_view name, bool in_set) const {
  return names_.find(name, [all = known_.data(), name, in_set](int32_t index) {
    const Known& known = all[static_cast<size_t>(index)];
    return known.in_set == in_set && known.endpoint->name == name;
  });
}

Member EndpointSet::as_member(const Known& known) noexcept {
  Endpoint& endpoint = *known.endpoint;
  return {&endpoint, endpoint.name, known.weight, endpoint.healthy.load(std::memory_order_relaxed),
          false,     endpoint.zone};
}

std::vector<Member> EndpointSet::members(int32_t changed, const Member* becomes) const {
  std::vector<Member> all;
  all.reserve(count_ + 1);
  bool told = becomes == nullptr;
  for (const Known& known : known_) {
    const bool is_changed = known.endpoint->index == changed;
    if (is_changed && becomes) all.push_back(*becomes);
    if (is_changed) told = true;
    if (!is_changed && known.in_set) all.push_back(as_member(known));
  }
  if (!told) all.push_back(*becomes);
  visits_.fetch_add(static_cast<int64_t>(known_.size()), std::memory_order_relaxed);
  return all;
}

// Draws every watcher's plan. Throws before anything has changed.
void EndpointSet::prepare(Draft& draft) {
  ++drawings_;
  for (Watcher* watcher : watchers_) watcher->prepare(draft);
  if (draft.drew()) cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
}

// The same for a change made here, whose cycle other processes may want. Where nobody draws, the
// members are not gone over.
void EndpointSet::draw(int32_t changed, const Member* becomes) {
  cycle_ = {};
  const CycleRecord* record = records_->cycle();
  const bool is_wanted = record && record->is_wanted();
  std::vector<Member> shown;
  if (is_wanted || !watchers_.empty()) shown = members(changed, becomes);
  Draft draft(shown);
  if (is_wanted) cycle_ = {draft.cycle(), CycleRecord::fingerprint(shown)};
  prepare(draft);
}

// Shows what was prepared.
void EndpointSet::commit(uint64_t version) noexcept {
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
  changing_.assert_held();
  for (int overtaken = 0;; ++overtaken) {
    Scope::Change held;
    const bool lock_first = overtaken == kMostOvertaken;
    refresh();
    if (lock_first) {
      if (auto ok = hold(changing, &held); !ok) return ok;
      if (auto ok = follow_held(); !ok) return ok;
    }
    const Result<bool> drew = drawing();
    if (!lock_first) {
      const uint64_t mine = drawings_;
      if (auto ok = hold(changing, &held); !ok) return ok;
      if (drawings_ != mine || !is_as(drawn())) continue;
    }
    if (!drew) return tl::unexpected(drew.error());
    if (!*drew) return {};
    {
      ForkLock lock(mutex_);
      apply();
    }
    tell_agent();
    return {};
  }
}

// The removed endpoint whose index a new one takes: its own, or, when no unused index is left, one
// whose last holder is beyond anybody's reach. Calls are looked at after the grace period: until
// then a reader may still begin one.
Endpoint* EndpointSet::vacated(std::string_view name) {
  if (const int32_t own = named(name, false); own >= 0)
    return known_[static_cast<size_t>(own)].endpoint.get();
  if (known_.size() < capacity_) return nullptr;
  records_->reclaim();
  for (Removed& removed : removed_) {
    visits_.fetch_add(1, std::memory_order_relaxed);
    if (removed.grace.over(gate_) && removed.endpoint->in_flight.is_idle()) return removed.endpoint;
  }
  return nullptr;
}

Result<void> EndpointSet::check(std::string_view name, int64_t weight,
                                std::string_view zone) const {
  if (name.empty()) return fail(Status::kInvalidArgument, "an endpoint needs a name");
  if (auto ok = check_text(name, "name"); !ok) return ok;
  if (auto ok = check_text(zone, "zone"); !ok) return ok;
  if (auto ok = check_weight(weight); !ok) return ok;
  if (name.size() + zone.size() > records_->most_text()) {
    return fail(Status::kInvalidArgument,
                "in a scope an endpoint's name and zone have together at most " +
                    std::to_string(records_->most_text()) + " bytes, not " +
                    std::to_string(name.size() + zone.size()));
  }
  return {};
}

Result<int32_t> EndpointSet::add(std::string_view name, int64_t weight, std::string_view zone) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  Joining joining;
  auto drawing = [&]() -> Result<bool> {
    assert_drawing();
    if (!member(name)) return draw_join(name, weight, zone, &joining);
    return fail(Status::kInvalidArgument,
                "an endpoint '" + shown(name, 80) + "' is in the set already");
  };
  if (auto made = change(drawing,
                         [&] {
                           assert_making();
                           join(joining);
                         });
      !made)
    return tl::unexpected(made.error());
  return joining.endpoint->index;
}

Result<int32_t> EndpointSet::put(std::string_view name, int64_t weight, std::string_view zone) {
  return join_or_change(name, weight, zone, false);
}

Result<int32_t> EndpointSet::ensure(std::string_view name, int64_t weight, std::string_view zone) {
  return join_or_change(name, weight, zone, true);
}

Result<int32_t> EndpointSet::join_or_change(std::string_view name, int64_t weight,
                                            std::string_view zone, bool yields) {
  if (auto ok = check(name, weight, zone); !ok) return tl::unexpected(ok.error());
  Joining joining;
  int32_t index = 0;
  bool joins = false;
  auto drawing = [&]() -> Result<bool> {
    assert_drawing();
    const Known* known = member(name);
    joins = known == nullptr;
    if (joins) {
      auto drawn = draw_join(name, weight, zone, &joining);
      joining.yields = yields;
      return drawn;
    }
    const Endpoint& endpoint = *known->endpoint;
    index = endpoint.index;
    if (yields) return false;
    if (!zone.empty() && zone != endpoint.zone) {
      return fail(Status::kInvalidArgument,
                  "endpoint '" + shown(name, 80) + "' is in the set with zone '" + endpoint.zone +
                      "', not '" + shown(zone, 80) + "': remove it first",
                  "zone");
    }
    return draw_weight(*known, weight);
  };
  auto made = change(drawing, [&] {
    assert_making();
    if (joins) return join(joining);
    change_weight(index, weight);
  });
  if (!made) return tl::unexpected(made.error());
  return joins ? joining.endpoint->index : index;
}

// All that can fail, and it shows nowhere.
Result<bool> EndpointSet::draw_join(std::string_view name, int64_t weight, std::string_view zone,
                                    Joining* out) {
  Endpoint* endpoint = vacated(name);
  if (!endpoint && known_.size() == capacity_) {
    return fail(Status::kFull,
                "the set holds its max_endpoints, " + std::to_string(capacity_) +
                    ", counting removed ones with calls in flight",
                "max_endpoints");
  }
  *out = {};
  out->name = name;
  out->zone = zone;
  out->weight = weight;
  if (!endpoint) {
    out->made.reset(records_->make_endpoint(static_cast<int32_t>(known_.size())));
    endpoint = out->made.get();
  }
  out->endpoint = endpoint;
  out->fresh = endpoint->name != name;
  if (out->fresh) out->indexed = names_.make(name, endpoint->index);
  const Member becomes{endpoint, name, weight, true, out->fresh, zone};
  draw(endpoint->index, &becomes);
  return true;
}

void EndpointSet::join(Joining& joining) noexcept {
  Endpoint& endpoint = *joining.endpoint;
  set_yields(endpoint.index, joining.yields);
  const uint64_t version = followed(records_->put(
      endpoint, {joining.name, joining.zone, joining.weight, joining.fresh}, shared_cycle()));
  note_changed(endpoint.index);
  if (joining.fresh) {
    names_.remove(endpoint.name, endpoint.index);
    names_.put(std::move(joining.indexed));
  }
  endpoint.name.swap(joining.name);
  endpoint.zone.swap(joining.zone);
  endpoint.healthy.store(true, std::memory_order_relaxed);
  if (joining.made) {
    table_[known_.size()].store(&endpoint, std::memory_order_release);
    known_.push_back({std::move(joining.made)});
  } else {
    removed_.erase(known_[static_cast<size_t>(endpoint.index)].removed);
  }
  Known& known = known_[static_cast<size_t>(endpoint.index)];
  known.in_set = true;
  known.weight = joining.weight;
  ++count_;
  commit(version);
}

Result<void> EndpointSet::remove(int32_t index) {
  RemovedList removed;
  auto drawing = [&]() -> Result<bool> {
    assert_drawing();
    const Known* gone = member(index);
    if (!gone) return no_such(index);
    removed.clear();
    removed.push_back({gone->endpoint.get(), {}});
    draw(index, nullptr);
    return true;
  };
  return change(drawing, [&] {
    assert_making();
    leave(index, removed);
  });
}

void EndpointSet::leave(int32_t index, RemovedList& removed) noexcept {
  Known& known = known_[static_cast<size_t>(index)];
  const uint64_t version = followed(records_->remove(index, shared_cycle()));
  note_changed(index);
  known.in_set = false;
  known.removed = removed.begin();
  --count_;
  commit(version);
  removed_.splice(removed_.end(), removed);
  known.removed->grace.begin(gate_);
}

Result<bool> EndpointSet::draw_weight(const Known& changed, int64_t weight) {
  if (changed.weight == weight) return false;
  Member becomes = as_member(changed);
  becomes.weight = weight;
  draw(changed.endpoint->index, &becomes);
  return true;
}

void EndpointSet::change_weight(int32_t index, int64_t weight) noexcept {
  set_yields(index, false);
  const uint64_t version = followed(records_->set_weight(index, weight, shared_cycle()));
  note_changed(index);
  known_[static_cast<size_t>(index)].weight = weight;
  commit(version);
}

Result<void> EndpointSet::set_weight(int32_t index, int64_t weight) {
  if (auto ok = check_weight(weight); !ok) return ok;
  auto drawing = [&]() -> Result<bool> {
    assert_drawing();
    const Known* changed = member(index);
    if (!changed) return no_such(index);
    return draw_weight(*changed, weight);
  };
  return change(drawing, [&] {
    assert_making();
    change_weight(index, weight);
  });
}

Result<void> EndpointSet::set_healthy(int32_t index, bool healthy) {
  if (records_->sets_health()) {
    {
      ForkLock changing(changing_);
      if (auto ok = set_shared_health(index, healthy); !ok) return ok;
    }
    tell_agent();
    return {};
  }
  auto drawing = [&]() -> Result<bool> {
    assert_drawing();
    const Known* changed = member(index);
    if (!changed) return no_such(index);
    Member becomes = as_member(*changed);
    if (becomes.healthy == healthy) return false;
    becomes.healthy = healthy;
    draw(index, &becomes);
    return true;
  };
  return change(drawing, [&] {
    assert_making();
    known_[static_cast<size_t>(index)].endpoint->healthy.store(healthy, std::memory_order_relaxed);
    commit(drawn());
  });
}

void EndpointSet::watch(Watcher* watcher) {
  ForkLock changing(changing_);
  watchers_.reserve(watchers_.size() + 1);
  show_members(watcher);
  watchers_.push_back(watcher);
}

void EndpointSet::show_once(Watcher* watcher) {
  ForkLock changing(changing_);
  show_members(watcher);
}

// A change that another thread has drawn, and waits to make, is drawn again.
void EndpointSet::show_members(Watcher* watcher) {
  refresh();
  assert_drawing();
  const std::vector<Member> shown = members();
  Draft draft(shown, records_->cycle());
  ++drawings_;
  watcher->prepare(draft);
  if (draft.drew()) cycles_drawn_.fetch_add(1, std::memory_order_relaxed);
  watcher->commit();
}

void EndpointSet::unwatch(Watcher* watcher) noexcept {
  ForkLock changing(changing_);
  std::erase(watchers_, watcher);
}

}  // namespace og
