// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/balance/endpoints.h"
#include "core/balance/fleet_set.h"
#include "core/balance/kept_entries.h"
#include "core/fleet/endpoint_votes.h"
#include "core/fleet/fleet_endpoints.h"
#include "core/fleet/served.h"

namespace og {

// A set of endpoints of a fleet, as the machine's agent serves it: for as long as any process of
// the machine has it.
//
// What the agent reads of the set, keeps in the segment and does to the set is under the scope's
// lock, where it looks whether it still is the machine's agent. So nobody changes the set between
// its look and what it does, and one that was stopped, and knows less than the present agent, does
// nothing. While somebody else is at a change it comes again; it never waits.
class ServedEndpoints final : public Served {
 public:
  static std::unique_ptr<Served> serve(Scope::Cells cells, const std::string& name,
                                       const Agent& agent);

  void step(int64_t machines, int64_t now) override;
  int64_t due() const override;
  bool is_in_use() const override { return is_used_; }
  bool is_idle() const override { return !object_.is_asked() && !is_used_besides(); }
  uint64_t agent() const override { return object_.agent(); }
  void set_agent(uint64_t owner) override { object_.set_agent(owner); }
  void forget_calls() override;
  void show(FleetRecord& record) override;

 private:
  ServedEndpoints(Scope::Cells cells, const std::string& name, const Agent& agent);

  bool is_used_besides() const;
  bool is_unsettled() const;
  void settle(int64_t now);
  void begin(const EndpointSet::Alone& set, int64_t now);
  void look(const EndpointSet::Alone& set, int64_t now);
  void apply(EndpointSet::Alone& set, int64_t now);
  void judge(EndpointSet::Alone& set);
  void keep_entries();
  void keep_heard();

  const std::shared_ptr<Scope> host_;
  const std::string name_, key_, votes_key_, machine_;  // in the host's scope, on the server
  FleetSet object_;
  KeptEntries kept_;
  const IndexBits yields_, changed_;
  const std::shared_ptr<EndpointSet> set_;
  FleetLink& link_;
  const int64_t epoch_;
  std::optional<FleetEndpoints> endpoints_;  // once it has been alone with the set
  std::optional<EndpointVotes> votes_;
  bool has_lapsed_ = false;  // a later agent has the set
  bool is_used_ = true;
  uint64_t looked_at_ = UINT64_MAX;        // the set's version that is known here
  std::set<std::string> seen_;             // in the set
  std::vector<int32_t> yielding_;          // of them, until that is kept
  std::vector<int32_t> changes_;           // of programs, until they are kept
  std::set<std::string> lacking_;          // what the set has no room for
  FleetEndpoints::Heard heard_;            // as kept
  std::map<std::string, int64_t> judged_;  // the votes that the set goes by
  int64_t judged_of_ = 0;                  // so many machines
  int64_t used_at_ = 0, settle_at_ = 0, try_again_at_ = 0;
  FleetEndpoints::Counts shown_ = {};
};

}  // namespace og
