// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/fleet/leased_slots.h"
#include "core/fleet/served.h"
#include "core/fleet/slot_leases.h"
#include "core/scope/permit_table.h"

namespace og {

// A concurrency limiter of a fleet, as the machine's agent serves it. It also takes back what
// processes held that are gone, as their calls would keep slots from the other machines.
class ServedSlots final : public Served, private SlotUse {
 public:
  static std::unique_ptr<Served> serve(Scope::Cells cells, const std::string& name,
                                       const Agent& agent);

  void step(int64_t machines, int64_t now) override;
  int64_t due() const override { return leases_.due(); }
  bool is_in_use() const override { return !leases_.is_idle() && !leases_.is_over(); }
  bool is_idle() const override { return leases_.is_idle() && !object_.has_refused(); }
  uint64_t agent() const override { return object_.agent(); }
  void set_agent(uint64_t owner) override { object_.set_agent(owner); }
  void forget_calls() override;
  void show(FleetRecord&) override {}

 private:
  ServedSlots(Scope::Cells cells, const SlotLeases::Terms& terms, std::string key,
              const Agent& agent);
  int64_t allow(const Allowance& allowance, int64_t now) override;
  void none_until(int64_t time) override { object_.set_none_until(time); }
  int64_t permit_time(int64_t now) const noexcept;
  void sweep(int64_t now);

  const Scope::Cells cells_;
  const std::shared_ptr<Scope> host_;
  LeasedSlots object_;
  mutable PermitTable<> table_;
  LeasedPermits<> permits_;
  const LeasedPermits<>::Begun begun_;
  FleetLink& link_;
  SlotLeases leases_;
  uint64_t terms_version_;
  int64_t sweep_at_ = 0;
};

}  // namespace og
