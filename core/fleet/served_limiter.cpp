// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/served_limiter.h"

#include <utility>

#include "core/fleet/fleet_names.h"

namespace og {

std::unique_ptr<Served> ServedLimiter::serve(Scope::Cells cells, const std::string& name,
                                             const Agent& agent) {
  const uint64_t bytes = cells.own_bytes;
  if (bytes < LeasedObject::kBytes) return nullptr;
  const LeasedObject object(cells.own);
  auto grants = object.cells(bytes);
  const auto terms = object.terms();
  if (!grants || !terms || object.board().is_idle()) return nullptr;
  return std::unique_ptr<Served>(
      new ServedLimiter(std::move(cells), object, std::move(*grants), *terms,
                        FleetNames::on_server(agent.fleet, "limiter", name) + ':', agent));
}

ServedLimiter::ServedLimiter(Scope::Cells cells, LeasedObject object, GrantCells<> grants,
                             const LeaseAgent::Terms& terms, std::string prefix, const Agent& agent)
    : cells_(std::move(cells)),
      object_(object),
      grants_(std::move(grants)),
      board_(object.board()),
      link_(agent.link),
      leases_(terms, std::move(prefix), grants_, board_, agent.link,
              [host = agent.host](uint64_t owner) { return host->is_alive(owner); }),
      terms_version_(object.terms_version()) {}

void ServedLimiter::step(int64_t machines, int64_t now) {
  follow_terms(object_, terms_version_, [this](const auto& terms) { leases_.set_terms(terms); });
  leases_.set_machines(machines);
  leases_.step(now);
}

void ServedLimiter::show(FleetRecord& record) {
  using R = FleetRecord;
  const LeaseAgent::Counts& counts = leases_.counts();
  add(record, R::kGranted, counts.granted, shown_.granted);
  add(record, R::kLost, counts.lost, shown_.lost);
  add(record, R::kGrantedApart, counts.apart, shown_.apart);
}

}  // namespace og
