// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/served_slots.h"

#include <utility>

#include "core/base/time.h"
#include "core/fleet/fleet_names.h"
#include "core/scope/living.h"

namespace og {
namespace {

constexpr int64_t kLookForTheDead = 100'000'000;  // ns, while calls are in flight

PermitTable<> table_in(const Scope::Cells& cells) {
  char* table = LeasedSlots(cells.own).table();
  return {table, PermitTable<>::room_of(table, cells.own_bytes - LeasedSlots::kBytes)};
}

}  // namespace

std::unique_ptr<Served> ServedSlots::serve(Scope::Cells cells, const std::string& name,
                                           const Agent& agent) {
  if (cells.own_bytes < LeasedSlots::kBytes + PermitTable<>::bytes_for(1)) return nullptr;
  const LeasedSlots object(cells.own);
  const auto terms = object.terms();
  if (!object.is_known() || !terms) return nullptr;
  auto table = table_in(cells);
  const bool has_any = LeasedPermits<>(object.permits(), table).allowed() > 0 ||
                       table.held_from(0, 0) > 0 || object.has_refused();
  if (!has_any) return nullptr;
  return std::unique_ptr<Served>(new ServedSlots(
      std::move(cells), *terms, FleetNames::on_server(agent.fleet, "concurrency", name), agent));
}

ServedSlots::ServedSlots(Scope::Cells cells, const SlotLeases::Terms& terms, std::string key,
                         const Agent& agent)
    : cells_(std::move(cells)),
      host_(agent.host),
      object_(cells_.own),
      table_(table_in(cells_)),
      permits_(object_.permits(), table_),
      begun_(permits_.begin()),
      link_(agent.link),
      leases_(terms, std::move(key), agent.machine, agent.link, *this,
              {begun_.left.permits, begun_.left.ends_at, begun_.left.is_granted}),
      terms_version_(object_.terms_version()) {}

void ServedSlots::step(int64_t machines, int64_t now) {
  follow_terms(object_, terms_version_, [this](const auto& terms) { leases_.set_terms(terms); });
  leases_.set_machines(machines);
  if (has_come(sweep_at_, now)) sweep(now);
  leases_.step(object_.take_refused(), now);
}

// What was allowed in an outage is so no longer than somebody looks.
void ServedSlots::forget_calls() {
  link_.forget(leases_);
  permits_.allow(begun_.agent, {}, 0);
  object_.set_none_until(0);
}

int64_t ServedSlots::allow(const Allowance& allowance, int64_t now) {
  return permits_.allow(begun_.agent, {allowance.slots, allowance.ends_at, allowance.is_granted},
                        permit_time(now));
}

// Permits without a time limit are all of time 0.
int64_t ServedSlots::permit_time(int64_t now) const noexcept {
  return table_.owner_word().load(std::memory_order_relaxed) > 0 ? now : 0;
}

void ServedSlots::sweep(int64_t now) {
  sweep_at_ = later(now, kLookForTheDead);
  const int64_t time = permit_time(now);
  if (table_.held_from(0, time) == 0) return;
  const auto swept = table_.sweep(time, Living(*host_));
  object_.add_taken_back(swept.expired, swept.orphaned);
}

}  // namespace og
