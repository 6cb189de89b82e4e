// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/fleet_agent.h"

#include <algorithm>
#include <utility>

#include "core/base/random.h"
#include "core/base/time.h"
#include "core/fleet/fleet_names.h"

namespace og {
namespace {

constexpr int64_t kBeatEvery = 100'000'000;    // ns
constexpr int64_t kScanEvery = 1'000'000'000;  // ns
constexpr int64_t kIdleAfter = 2'000'000'000;  // ns: an object that is let go of

uint64_t seed_of(const FleetAgent::Settings& settings) {
  return settings.seed != 0 ? settings.seed : entropy_seed();
}

}  // namespace

FleetAgent::FleetAgent(const Settings& settings, std::shared_ptr<Scope> host, FleetRecord& record,
                       bool has_driver, int64_t now)
    : settings_(settings),
      host_(std::move(host)),
      record_(record),
      has_driver_(has_driver),
      owner_(host_->owner()),
      link_({.timeout_ns = settings.timeout_ns, .seed = seed_of(settings)}),
      members_(FleetNames::members(settings.fleet), record.machine(), link_, seed_of(settings),
               std::max(settings.machines, record.figure(FleetRecord::kMachines))),
      agent_{settings.fleet, record.machine(), host_, link_,
             record.add(FleetRecord::kElections, 1) + 1} {
  if (!has_driver_) link_.broken("no process of this machine runs a driver", now);
}

// In a forked child it is the parent that looks at them.
FleetAgent::~FleetAgent() {
  if (host_->owner() != owner_) return;
  for (auto& [key, object] : objects_) {
    if (object.served->agent() == owner_) object.served->set_agent(0);
  }
}

void FleetAgent::step(int64_t now) {
  record_.beat().store(static_cast<uint64_t>(now), std::memory_order_seq_cst);
  asks_seen_ = record_.asks().load(std::memory_order_seq_cst);
  link_.step(now);
  if (has_driver_) members_.step(now);
  link_.set_machines(members_.machines());
  const uint64_t scans = record_.scans().load(std::memory_order_seq_cst);
  if (scans != scans_seen_ || has_come(scan_at_, now)) {
    scans_seen_ = scans;
    scan(now);
  }
  for (auto& [key, object] : objects_) {
    object.served->step(members_.machines(), now);
    if (object.served->is_in_use()) object.used_at = now;
  }
  let_go_of_idle(now);
  beat_by_ = later(now, kBeatEvery);
  show();
}

std::vector<FleetLink::Command> FleetAgent::take(int64_t now) {
  step(now);
  return link_.take(now);
}

void FleetAgent::reply(int64_t id, FleetReply reply, int64_t now) {
  link_.reply(id, std::move(reply), now);
  show();
}

void FleetAgent::broken(std::string_view why, int64_t now) {
  link_.broken(why, now);
  step(now);  // what was asked for gets what it gets apart, at once
}

int64_t FleetAgent::due() const {
  int64_t due = std::min({link_.due(), beat_by_, scan_at_, members_.due()});
  for (const auto& [key, object] : objects_) due = std::min(due, object.served->due());
  return due;
}

void FleetAgent::scan(int64_t now) {
  scan_at_ = later(now, kScanEvery);
  for (const FleetKind& kind : fleet_kinds()) {
    for (const std::string& name : host_->names(kind.in_host)) {
      if (FleetNames::is_of(settings_.fleet, name) && !objects_.count({kind.in_host, name}))
        serve(kind, name, now);
    }
  }
}

// One that cannot be is asked about again with the next scan.
void FleetAgent::serve(const FleetKind& kind, const std::string& name, int64_t now) {
  auto cells = host_->open(kind.in_host, name, kind.layout);
  if (!cells || !*cells) return;
  auto served = kind.serve(std::move(**cells), name, agent_);
  if (!served) return;
  served->set_agent(owner_);
  objects_.emplace(Key(kind.in_host, name), InUse{std::move(served), now});
}

void FleetAgent::let_go_of_idle(int64_t now) {
  std::erase_if(objects_, [&](auto& entry) {
    auto& [served, used_at] = entry.second;
    if (now - used_at < kIdleAfter) return false;
    served->set_agent(0);
    if (!served->is_idle()) {
      served->set_agent(owner_);
      return false;
    }
    served->forget_calls();
    return true;
  });
}

void FleetAgent::show() {
  using R = FleetRecord;
  const FleetLink::Counts& counts = link_.counts();
  const auto add = [this](R::Figure which, int64_t total, int64_t& shown) {
    if (total != shown) record_.add(which, total - std::exchange(shown, total));
  };
  add(R::kSent, counts.sent, shown_.sent);
  add(R::kAnswered, counts.answered, shown_.answered);
  add(R::kRefused, counts.refused, shown_.refused);
  add(R::kNotSent, counts.not_sent, shown_.not_sent);
  add(R::kUnknown, counts.unknown, shown_.unknown);
  add(R::kLate, counts.late, shown_.late);
  add(R::kParted, counts.parted, shown_.parted);
  add(R::kTexts, counts.texts, shown_.texts);
  add(R::kServers, counts.servers, shown_.servers);
  for (auto& [key, object] : objects_) object.served->show(record_);
  record_.set(R::kRoundTrip, link_.round_trip_ns());
  if (has_driver_ && link_.state() == FleetLink::State::kUp)
    record_.set(R::kMachines, members_.machines());
  const auto state = static_cast<int64_t>(link_.state());
  if (record_.figure(R::kState) == state && state != static_cast<int64_t>(FleetLink::State::kApart))
    return;
  record_.set(R::kState, state);
  record_.set_why(link_.why_apart());
  const ServerFacts& server = link_.server();
  record_.set_server(server.product + (server.version.empty() ? "" : " ") + server.version);
  record_.set_eviction(server.eviction_of_limits());
}

}  // namespace og
