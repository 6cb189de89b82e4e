// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/base/random.h"
#include "core/fleet/endpoint_word.h"
#include "core/fleet/link.h"

namespace og {

// Who is in a set of endpoints that a fleet shares, and with which weight, as one machine of it has
// them. In-flight counts are not shared: those of other machines are old when they arrive, and who
// goes by old counts sends all calls to one server (Mitzenmacher, How Useful Is Old Information?,
// 2000).
//
// Each machine picks from a set of its own, and goes on with it whatever becomes of the fleet. What
// is put, weighted or removed in it is told to the fleet at once, and every machine does the same
// within poll_ns (and the pause between two calls) and a round trip, where messages arrive. A
// machine says of each endpoint the whole of it: in the set or not, its weight, its zone, and when
// that was said, by the server's time. Of two words the later one holds, and one that was said
// knowing of another is later in any case. So what reaches a machine twice, late or out of order
// changes nothing, and all come to the same (a last-writer-wins map: Shapiro et al., Conflict-free
// Replicated Data Types, 2011). Two changes made on two machines that had not heard of each other's
// are as far apart as the machines' estimates of the server's time are good: half a round trip.
//
// Away. A machine that was apart tells what was changed on it meanwhile, as of when it was changed:
// what others said later holds. A machine that is new, with a set that the fleet has never heard
// of, yields: what was put before it has first read what the fleet knows counts only for endpoints
// of which the fleet knows nothing, removed ones included. So a machine that is started anew with
// the list and the weights of its configuration does not undo what was changed since.
//
// Removed. That an endpoint was removed is kept for tombstone_ns, so that no machine that missed it
// tells the fleet of the endpoint again. A machine that was apart for longer takes as removed what
// the server does not know, but for what was changed on it meanwhile.
//
// A server that forgot, all or the last of it, has another beginning, an older version or another
// sum over what is in its set. Each machine looks at them with every answer. Then it reads all, and
// tells what the server lacks: the first machine that speaks, within poll_ns, begins with it, and
// others tell what is still missing. Nothing changes in any machine's set meanwhile. What is lost
// is what no machine knows: a change of one that died before another heard it. What may come back:
// an endpoint that was removed more than tombstone_ns before, from a machine that was apart for as
// long, and only where the server has begun anew meanwhile.
//
// Costs. A poll in poll_ns, which costs the same for any number of endpoints when nothing is new.
// What changed costs its words, `batch` of them told and `page` of them heard in a call. Never more
// than 50 calls a second: a set of 65,536 endpoints is read within 3 s and told within 6 s, where
// round trips take less than 20 ms. An agent that takes over reads all.
//
// What the segment keeps. The agent keeps each Entry in the segment before it does to the set what
// the entry says, and then says own() of it. The next agent restores them: what it finds in the set
// is what was found last; or what is known, and then it was applied; or else it was changed on this
// machine. What is as it was found last may have been applied and undone: where the program has
// changed an endpoint since, the entry is restored as if what is known had been found. An agent
// that was stopped, and is not the machine's any more, must not say own(): its epoch is compared
// under the set's lock. What it still tells is true, if old, and does no harm.
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class FleetEndpoints : public FleetCaller {
 public:
  struct Terms {
    int64_t poll_ns = 1'000'000'000;
    int64_t tombstone_ns = 86'400'000'000'000;
    int64_t page = 512;
    size_t batch = 256;
  };
  // Of one endpoint, for the next agent.
  struct Entry {
    EndpointWord known;  // what holds in the fleet, as far as this machine knows
    EndpointPlace own;   // how it stood in the machine's set when that was last looked at
  };
  // Of all of them, for the next agent: when the machine last knew what the server did.
  struct Heard {
    int64_t born = -1;      // of the server's set; -1: never
    int64_t at = 0;         // ns
    int64_t server_us = 0;  // the server's time then
  };

  // key: of the set, on the server. seed: of when it polls. last: of the agent before, or as it is
  // made.
  FleetEndpoints(const Terms& terms, std::string key, FleetLink& link, uint64_t seed,
                 const Heard& last);
  void restore(const std::string& name, const Entry& entry);

  // How an endpoint stands in the machine's own set: of each that may have been changed since the
  // last time, by the program or by what is known of it. yields: it was not meant as a change of
  // what is known, where anything is.
  void own(const std::string& name, const EndpointPlace& is, int64_t now, bool yields = false);

  void step(int64_t now);
  int64_t due() const;

  // Whose entries are to be kept; those without an entry are to be forgotten. It asks once.
  std::set<std::string> take_unkept() { return std::exchange(unkept_, {}); }
  bool has_unkept() const { return !unkept_.empty(); }
  // In whose place the set is to have what is known, where it still has what was last found.
  const std::set<std::string>& unapplied() const { return unapplied_; }
  const Entry* find(const std::string& name) const;
  // To be kept after the entries.
  const Heard& heard() const { return heard_; }
  // Known here and not by the server, as far as it has said.
  size_t untold() const { return untold_.size(); }

  struct Counts {
    int64_t calls = 0;
    int64_t told = 0;   // words, with those told again
    int64_t read = 0;   // words
    int64_t reads = 0;  // times that it read all
  };
  const Counts& counts() const { return counts_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  struct Held : Entry {
    bool is_there = false;  // in the server's set, as it last said
    uint64_t sum = 0;       // of that
    uint64_t read = 0;      // the last reading of all that found it
  };

  bool is_new() const { return heard_.born < 0; }
  int64_t server_us(int64_t now) const;
  void call(int64_t now);
  void read_all();
  void hear(const std::string& text);
  void end_reading(int64_t server_now);
  void drop_tombstones(int64_t now);
  void not_there(Held& held);

  const Terms terms_;
  const std::string key_;
  FleetLink& link_;
  Random random_;
  Heard heard_;

  std::map<std::string, Held> entries_;
  std::set<std::string> untold_, unapplied_, unkept_;
  uint64_t sum_ = 0;  // of the server's set, by what it said
  int64_t count_ = 0;

  // Of the server's set, as it is being read.
  int64_t born_ = -1, since_ = 0;
  uint64_t reading_ = 1;  // all: how many times
  bool reads_all_ = true, has_more_ = true;

  bool is_called_ = false;
  int64_t poll_at_ = 0, retry_at_ = 0, reread_at_ = 0, drop_at_ = 0;
  Counts counts_;
};

}  // namespace og
