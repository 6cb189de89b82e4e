// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/fleet/breaker_votes.h"
#include "core/fleet/served.h"
#include "core/guard/verdict_teller.h"
#include "core/guard/voted_object.h"
#include "core/scope/placed_counters.h"

namespace og {

// A breaker of a fleet, as the machine's agent serves it. That calls pass it reads from what they
// count as they end, so that a healthy call writes nothing more.
class ServedBreaker final : public Served {
 public:
  static std::unique_ptr<Served> serve(Scope::Cells cells, const std::string& name,
                                       const Agent& agent);

  void step(int64_t machines, int64_t now) override;
  int64_t due() const override;
  bool is_in_use() const override { return stepped_at_ < in_use_until_ || probing_ > 0; }
  bool is_idle() const override;
  uint64_t agent() const override { return object_.agent(); }
  void set_agent(uint64_t owner) override { object_.set_agent(owner); }
  void forget_calls() override { link_.forget(*breaker_); }
  void show(FleetRecord& record) override;

 private:
  ServedBreaker(Scope::Cells cells, const FleetBreaker::Terms& terms, std::string key,
                const Agent& agent);

  FleetBreaker::Own look(int64_t now);
  bool tell(int64_t now);
  int64_t calls() const;

  const std::shared_ptr<Scope> host_;
  const CellMemory memory_;
  VotedObject<> object_;
  const PlacedCounters<4> counts_;
  VerdictTeller<> teller_;
  FleetLink& link_;
  const FleetBreaker::Terms first_terms_;
  const std::string key_, machine_;
  const int64_t epoch_;
  uint64_t terms_version_;
  std::optional<FleetBreaker> breaker_;  // from the first step on
  int64_t closed_ = 0;                   // as told

  // As of the last look.
  int64_t counted_at_ = 0;
  int64_t calls_ = 0, refused_ = 0, ended_ = 0;
  BreakerWord word_{};
  int64_t probing_ = 0;
  int64_t stepped_at_ = 0, in_use_until_ = 0;
  FleetBreaker::Counts shown_ = {};
};

}  // namespace og
