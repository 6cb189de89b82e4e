// SPDX-License-Identifier: Apache-2.0
#include "core/balance/served_endpoints.h"

#include <algorithm>
#include <utility>

#include "core/base/hash.h"
#include "core/base/time.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

constexpr int64_t kLookForUsers = 1'000'000'000;  // ns
constexpr int64_t kLookAgain = 2'000'000;         // ns: where somebody is at a change
constexpr int64_t kTryAgain = 1'000'000'000;      // ns: what there was no room for
constexpr int64_t kKeepHeard = 10'000'000'000;    // ns: of a fleet that says nothing new
constexpr int64_t kQuorum = 30;                   // % of the machines
constexpr size_t kMostChanges = 64;               // in one go, with the others waiting

}  // namespace

std::unique_ptr<Served> ServedEndpoints::serve(Scope::Cells cells, const std::string& name,
                                               const Agent& agent) {
  if (cells.own_bytes < FleetSet::kBytes || !cells.shared) return nullptr;
  const FleetSet object(cells.own);
  if (!object.is_sound() ||
      cells.own_bytes < FleetSet::kBytes + FleetSet::bytes_behind(object.capacity()))
    return nullptr;
  std::unique_ptr<ServedEndpoints> served(new ServedEndpoints(std::move(cells), name, agent));
  if (served->is_idle()) return nullptr;
  return served;
}

ServedEndpoints::ServedEndpoints(Scope::Cells cells, const std::string& name, const Agent& agent)
    : host_(agent.host),
      name_(name),
      key_(FleetNames::on_server(agent.fleet, "endpoints", name)),
      votes_key_(FleetNames::on_server(agent.fleet, "endpoint_votes", name)),
      machine_(agent.machine),
      object_(cells.own),
      kept_(object_.entries(), object_.capacity()),
      yields_(object_.yielding(object_.capacity())),
      changed_(object_.changed(object_.capacity())),
      set_(EndpointSet::over(CellMemory(std::move(cells), agent.host),
                             static_cast<size_t>(object_.capacity()))),
      link_(agent.link),
      epoch_(agent.epoch) {}

bool ServedEndpoints::is_used_besides() const {
  return host_->is_used_besides(CellKind::kFleetEndpoints, name_, 1);
}

bool ServedEndpoints::is_unsettled() const {
  if (!endpoints_ || object_.is_asked() || !set_->is_as(set_->drawn())) return true;
  const FleetEndpoints::Heard& heard = endpoints_->heard();
  if (votes_->votes() != judged_ || (votes_->machines() != judged_of_ && !judged_.empty()))
    return true;
  return endpoints_->has_unkept() || endpoints_->unapplied().size() > lacking_.size() ||
         heard.born != heard_.born || heard.at - heard_.at >= kKeepHeard;
}

void ServedEndpoints::step(int64_t, int64_t now) {
  if (has_come(used_at_, now)) {
    used_at_ = later(now, kLookForUsers);
    is_used_ = is_used_besides();
  }
  if (has_come(try_again_at_, now)) lacking_.clear();
  if (has_lapsed_) return;
  if (is_unsettled() && has_come(settle_at_, now)) settle(now);
  if (!endpoints_ || has_lapsed_) return;
  endpoints_->step(now);
  votes_->step(now);
}

int64_t ServedEndpoints::due() const {
  if (has_lapsed_) return kEndOfTime;
  int64_t due = used_at_;
  if (endpoints_) due = std::min({due, endpoints_->due(), votes_->due()});
  if (!lacking_.empty()) due = std::min(due, try_again_at_);
  return is_unsettled() ? std::min(due, settle_at_) : due;
}

void ServedEndpoints::settle(int64_t now) {
  const bool was_alone = set_->try_alone([&](EndpointSet::Alone& set) {
    has_lapsed_ = !object_.is_of(epoch_);
    if (has_lapsed_) return;
    object_.seen();
    if (!endpoints_) begin(set, now);
    if (set_->drawn() != looked_at_) look(set, now);
    keep_entries();
    apply(set, now);
    keep_entries();
    judge(set);
    keep_heard();
    looked_at_ = set_->drawn();
  });
  settle_at_ = was_alone ? now : later(now, kLookAgain);
}

void ServedEndpoints::begin(const EndpointSet::Alone& set, int64_t now) {
  std::map<std::string, EndpointPlace> stands;
  std::set<std::string> changed;
  const auto note = [&](int32_t index, const std::string& name) {
    if (changed_.has(index)) changed.insert(name);
  };
  set.for_each(
      [&](int32_t index, const std::string& name, int64_t weight, const std::string& zone) {
        stands.emplace(name, EndpointPlace{weight, zone});
        note(index, name);
      });
  set.for_each_left(note);
  heard_ = object_.heard();
  endpoints_.emplace(FleetEndpoints::Terms{}, key_, link_,
                     hash64(key_, static_cast<uint64_t>(epoch_)), heard_);
  votes_.emplace(EndpointVotes::Terms{}, votes_key_, machine_, link_, epoch_,
                 hash64(votes_key_, static_cast<uint64_t>(epoch_)), now);
  for (const KeptEntries::Kept& kept : kept_.read()) {
    const auto found = stands.find(kept.name);
    const EndpointPlace is = found == stands.end() ? EndpointPlace{} : found->second;
    // What a program has changed since is its word, be it what stood there before the last agent,
    // which died amid that, put there what is known.
    const EndpointPlace own = changed.count(kept.name) ? kept.known.is : kept.own(is);
    endpoints_->restore(kept.name, {kept.known, own});
    if (own.is_in()) seen_.insert(kept.name);
  }
}

// What was changed here since the last look.
void ServedEndpoints::look(const EndpointSet::Alone& set, int64_t now) {
  std::set<std::string> seen;
  set.for_each(
      [&](int32_t index, const std::string& name, int64_t weight, const std::string& zone) {
        const bool yields = yields_.has(index);
        endpoints_->own(name, {weight, zone}, now, yields);
        if (yields) yielding_.push_back(index);
        if (changed_.has(index)) changes_.push_back(index);
        votes_->own(name, !set.is_found_healthy(index));
        seen.insert(name);
      });
  set.for_each_left([&](int32_t index, const std::string&) {
    if (changed_.has(index)) changes_.push_back(index);
  });
  for (const std::string& name : std::exchange(seen_, std::move(seen))) {
    if (seen_.count(name)) continue;
    endpoints_->own(name, {}, now);
    votes_->own(name, false);
  }
}

// What the others said. It has been looked at the set under the same lock, so that it stands there
// as it was last found.
void ServedEndpoints::apply(EndpointSet::Alone& set, int64_t now) {
  std::vector<std::string> names;
  for (const std::string& name : endpoints_->unapplied()) {
    if (names.size() == kMostChanges) break;
    if (!lacking_.count(name)) names.push_back(name);
  }
  for (const std::string& name : names) {
    const EndpointPlace is = endpoints_->find(name)->known.is;
    if (!(is.is_in() ? set.put(name, is.weight, is.zone) : set.remove(name))) {
      lacking_.insert(name);
      try_again_at_ = later(now, kTryAgain);
      continue;
    }
    if (is.is_in()) {
      seen_.insert(name);
    } else {
      seen_.erase(name);
      votes_->own(name, false);
    }
    endpoints_->own(name, is, now);
  }
}

// Which endpoints the machine holds for unhealthy on the word of others.
void ServedEndpoints::judge(EndpointSet::Alone& set) {
  judged_ = votes_->votes();
  judged_of_ = votes_->machines();
  std::map<std::string, int64_t> weights;
  std::map<std::string, int32_t> indexes;
  int64_t total = 0;
  set.for_each([&](int32_t index, const std::string& name, int64_t weight, const std::string&) {
    total += weight;
    if (!judged_.count(name)) return;
    weights[name] = weight;
    indexes[name] = index;
  });
  std::set<int32_t> unhealthy;
  for (const std::string& name :
       EndpointVotes::judged(judged_, judged_of_, weights, total, kQuorum))
    unhealthy.insert(indexes.at(name));
  set.overrule(unhealthy);
}

void ServedEndpoints::keep_entries() {
  for (const std::string& name : endpoints_->take_unkept())
    kept_.keep(name, endpoints_->find(name));
  for (const int32_t index : std::exchange(yielding_, {})) yields_.set(index, false);
  for (const int32_t index : std::exchange(changes_, {})) changed_.set(index, false);
}

void ServedEndpoints::keep_heard() {
  const FleetEndpoints::Heard& heard = endpoints_->heard();
  if (heard.born == heard_.born && heard.at - heard_.at < kKeepHeard) return;
  heard_ = heard;
  object_.keep(heard);
}

void ServedEndpoints::forget_calls() {
  if (!endpoints_) return;
  link_.forget(*endpoints_);
  link_.forget(*votes_);
}

void ServedEndpoints::show(FleetRecord& record) {
  if (!endpoints_) return;
  const FleetEndpoints::Counts& counts = endpoints_->counts();
  add(record, FleetRecord::kEndpointsTold, counts.told, shown_.told);
  add(record, FleetRecord::kEndpointsHeard, counts.read, shown_.read);
}

}  // namespace og
