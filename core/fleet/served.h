// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/fleet/fleet_record.h"
#include "core/fleet/link.h"
#include "core/scope/scope.h"

namespace og {

// An object of a fleet, while the machine's agent serves it: what it says to the server for the
// object, and what it brings its workers. One class a kind, listed in
// core/inspect/fleet_kinds.cpp.
//
// Where workers ask for something lies in the object's own memory, and so does the agent's mark:
// who looks there. A worker writes what it asks for and then reads the mark; an agent that stops
// looking clears the mark and then reads what was asked for. So nothing is asked for unseen.
//
// Not safe from several threads. Time is given.
class Served {
 public:
  // What an agent has for all that it serves.
  struct Agent {
    const std::string fleet;    // its name
    const std::string machine;  // the machine's, on the server
    const std::shared_ptr<Scope> host;
    FleetLink& link;
    const int64_t epoch;  // greater with each agent of the machine
  };

  virtual ~Served() = default;
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  // Looks at what was asked for and makes the calls that are due. machines: in the fleet, as far as
  // this one knows.
  virtual void step(int64_t machines, int64_t now) = 0;
  // When step() is to be called again at the latest; at once where something was asked for since.
  virtual int64_t due() const = 0;
  // Whether workers used it of late, as of the last step.
  virtual bool is_in_use() const = 0;
  // Whether nothing is asked for that nobody has seen.
  virtual bool is_idle() const = 0;
  // Who looks at it: an attachment; 0: nobody.
  virtual uint64_t agent() const = 0;
  virtual void set_agent(uint64_t owner) = 0;
  // Its calls are nobody's any more.
  virtual void forget_calls() = 0;
  // Adds what was counted since the last time.
  virtual void show(FleetRecord& record) = 0;

 protected:
  Served() = default;
  // What the object says of its options, where that has changed: use(terms). seen: their version
  // as of the last time. Those that are being written are used later.
  template <class Object, class Use>
  static void follow_terms(const Object& object, uint64_t& seen, Use&& use) {
    const uint64_t version = object.terms_version();
    if (version == seen) return;
    if (const auto terms = object.terms()) {
      use(*terms);
      seen = version;
    }
  }
  static void add(FleetRecord& record, FleetRecord::Figure which, int64_t total, int64_t& shown) {
    if (total != shown) record.add(which, total - shown);
    shown = total;
  }
};

}  // namespace og
