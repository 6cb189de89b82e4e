// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/fleet/lease_agent.h"
#include "core/fleet/leased_object.h"
#include "core/fleet/served.h"

namespace og {

// A limiter of a fleet, as the machine's agent serves it.
class ServedLimiter final : public Served {
 public:
  static std::unique_ptr<Served> serve(Scope::Cells cells, const std::string& name,
                                       const Agent& agent);

  void step(int64_t machines, int64_t now) override;
  int64_t due() const override { return leases_.due(); }
  bool is_in_use() const override { return leases_.keys() > 0; }
  bool is_idle() const override { return board_.is_idle(); }
  uint64_t agent() const override { return object_.agent(); }
  void set_agent(uint64_t owner) override { object_.set_agent(owner); }
  void forget_calls() override { link_.forget(leases_); }
  void show(FleetRecord& record) override;

 private:
  ServedLimiter(Scope::Cells cells, LeasedObject object, GrantCells<> grants,
                const LeaseAgent::Terms& terms, std::string prefix, const Agent& agent);

  const Scope::Cells cells_;
  LeasedObject object_;
  GrantCells<> grants_;
  AskBoard<> board_;
  FleetLink& link_;
  LeaseAgent leases_;
  uint64_t terms_version_;
  LeaseAgent::Counts shown_ = {};
};

}  // namespace og
