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

}  // namespace

FleetAgent::Served::Served(Scope::Cells held, LeasedObject of, GrantCells<> found,
                           const LeaseAgent::Terms& terms, std::string prefix, FleetAgent& agent)
    : cells(std::move(held)),
      object(of),
      grants(std::move(found)),
      board(object.board()),
      leases(terms, std::move(prefix), grants, board, agent.link_,
             [host = agent.host_](uint64_t owner) { return host->is_alive(owner); }),
      terms_version(object.terms_version()) {}

FleetAgent::FleetAgent(const Settings& settings, std::shared_ptr<Scope> host, FleetRecord& record,
                       bool has_driver, int64_t now)
    : settings_(settings),
      host_(std::move(host)),
      record_(record),
      has_driver_(has_driver),
      owner_(host_->owner()),
      link_({.timeout_ns = settings.timeout_ns, .seed = entropy_seed()}),
      members_(FleetNames::members(settings.fleet), record.machine(), link_, entropy_seed(),
               std::max(settings.machines, record.figure(FleetRecord::kMachines))) {
  if (!has_driver_) link_.broken("no process of this machine runs a driver", now);
  record_.add(FleetRecord::kElections, 1);
}

// In a forked child it is the parent that looks at them.
FleetAgent::~FleetAgent() {
  if (host_->owner() != owner_) return;
  for (auto& [name, served] : served_) {
    if (served->object.agent() == owner_) served->object.set_agent(0);
  }
}

void FleetAgent::step(int64_t now) {
  record_.beat().store(static_cast<uint64_t>(now), std::memory_order_seq_cst);
  asks_seen_ = record_.asks().load(std::memory_order_seq_cst);
  link_.step(now);
  if (has_driver_) members_.step(now);
  const uint64_t scans = record_.scans().load(std::memory_order_seq_cst);
  if (scans != scans_seen_ || has_come(scan_at_, now)) {
    scans_seen_ = scans;
    scan(now);
  }
  for (auto& [name, served] : served_) look(*served, now);
  let_go_of_idle(now);
  beat_by_ = later(now, kBeatEvery);
  show();
}

void FleetAgent::look(Served& served, int64_t now) {
  if (const uint64_t version = served.object.terms_version(); version != served.terms_version) {
    if (const auto terms = served.object.terms()) {
      served.leases.set_terms(*terms);
      served.terms_version = version;
    }
  }
  served.leases.set_machines(members_.machines());
  served.leases.step(now);
  if (served.leases.keys() > 0) served.used_at = now;
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
  for (const auto& [name, served] : served_) due = std::min(due, served->leases.due());
  return due;
}

void FleetAgent::scan(int64_t now) {
  scan_at_ = later(now, kScanEvery);
  for (const std::string& name : host_->names(CellKind::kFleetLimiter)) {
    if (FleetNames::is_of(settings_.fleet, name) && !served_.count(name)) serve(name, now);
  }
}

// One that cannot be is asked about again with the next scan.
void FleetAgent::serve(const std::string& name, int64_t now) {
  auto opened = host_->open(CellKind::kFleetLimiter, name, kLeasedLayout);
  if (!opened || !*opened) return;
  const LeasedObject object((**opened).own);
  const uint64_t bytes = (**opened).own_bytes;
  if (bytes < LeasedObject::kBytes) return;
  auto grants = object.cells(bytes);
  const auto terms = object.terms();
  if (!grants || !terms) return;
  if (object.board().is_idle()) return;
  auto served = std::make_unique<Served>(std::move(**opened), object, std::move(*grants), *terms,
                                         FleetNames::limiter_prefix(settings_.fleet, name), *this);
  served->used_at = now;
  served->object.set_agent(owner_);
  served_.emplace(name, std::move(served));
}

void FleetAgent::let_go_of_idle(int64_t now) {
  for (auto at = served_.begin(); at != served_.end();) {
    Served& served = *at->second;
    if (now - served.used_at < kIdleAfter) {
      ++at;
      continue;
    }
    served.object.set_agent(0);
    if (served.board.is_idle()) {
      link_.forget(served.leases);
      at = served_.erase(at);
    } else {
      served.object.set_agent(owner_);
      ++at;
    }
  }
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
  for (auto& [name, served] : served_) {
    const LeaseAgent::Counts& leases = served->leases.counts();
    add(R::kGranted, leases.granted, served->shown.granted);
    add(R::kLost, leases.lost, served->shown.lost);
    add(R::kGrantedApart, leases.apart, served->shown.apart);
  }
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
}

}  // namespace og
