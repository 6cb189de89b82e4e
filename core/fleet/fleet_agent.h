// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/fleet/fleet_kinds.h"
#include "core/fleet/fleet_record.h"
#include "core/fleet/link.h"
#include "core/fleet/members.h"
#include "core/fleet/served.h"
#include "core/scope/scope.h"

namespace og {

// What a process does while it is its machine's agent: it looks at the boards of all the fleet's
// objects in the host's scope, also of those that it has no noun over itself, and speaks to the
// server for them.
//
// It uses an object of the scope while somebody asks for something of it: one that is idle can be
// forgotten, and takes other options, as if there were no agent.
//
// Not safe from several threads. Time is given.
class FleetAgent {
 public:
  struct Settings {
    std::string fleet;  // its name
    int64_t timeout_ns = 50'000'000;
    int64_t machines = 1;  // that there are taken to be, before the server has told
    uint64_t seed = 0;     // of its pauses; 0: another for each
  };

  // has_driver: without one it stands in for those that should have one, and is apart from the
  // server for as long as it is the agent.
  FleetAgent(const Settings& settings, std::shared_ptr<Scope> host, FleetRecord& record,
             bool has_driver, int64_t now);
  ~FleetAgent();
  FleetAgent(const FleetAgent&) = delete;
  FleetAgent& operator=(const FleetAgent&) = delete;

  // Looks at what was asked for and what has ended.
  void step(int64_t now);
  // A step, and what is to be sent.
  std::vector<FleetLink::Command> take(int64_t now);
  void reply(int64_t id, FleetReply reply, int64_t now);
  void broken(std::string_view why, int64_t now);
  // The machine is not of the fleet any more, from the next batch on.
  void leave(int64_t now) { members_.leave(now); }
  // When take() is to be called again at the latest; at once where something was asked for since.
  int64_t due() const;

  bool has_driver() const { return has_driver_; }
  // What it has asks of: the record's word, as of the last step.
  uint32_t asks_seen() const { return asks_seen_; }

 private:
  struct InUse {
    std::unique_ptr<Served> served;
    int64_t used_at = 0;
  };
  using Key = std::pair<CellKind, std::string>;  // as it lies in the host's scope

  void scan(int64_t now);
  void serve(const FleetKind& kind, const std::string& name, int64_t now);
  void let_go_of_idle(int64_t now);
  void show();

  const Settings settings_;
  const std::shared_ptr<Scope> host_;
  FleetRecord& record_;
  const bool has_driver_;
  const uint64_t owner_;
  FleetLink link_;
  FleetMembers members_;
  const Served::Agent agent_;
  std::map<Key, InUse> objects_;
  uint64_t scans_seen_ = 0;
  uint32_t asks_seen_ = 0;
  int64_t scan_at_ = 0;
  int64_t beat_by_ = 0;
  FleetLink::Counts shown_ = {};
};

}  // namespace og
