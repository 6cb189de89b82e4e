// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "core/fleet/lease_agent.h"
#include "core/fleet/link.h"

namespace og {

// A machine's calls in flight, as they are let in: LeasedPermits, or a test's.
class SlotUse {
 public:
  virtual ~SlotUse() = default;
  struct Allowance {
    int64_t slots = 0;
    int64_t ends_at = 0;
    bool is_granted = true;  // by the server; else it is what the machine may do without it
  };
  // From now on no call is let in that would make more than that, nor at ends_at or later. How many
  // are in flight, counted when that holds; below 0 where this agent is the machine's no more.
  virtual int64_t allow(const Allowance& allowance, int64_t now) = 0;
  // Until then it is in vain to ask for more; 0: it may not be.
  virtual void none_until(int64_t time) = 0;
};

// How many calls one machine may have in flight, of a limit that its fleet shares. The machine
// holds slots for lease_ns, counted from when they were asked for, and renews them three times in
// that. It wants twice as many when calls were refused, at least as many as were; and gives back
// those that were idle for half a second to a second. When its renewal is
// answered with that other machines asked for more than they got, it gives back what is idle and
// what is more than its part of the limit, as its calls end. One slot it keeps for the next call,
// up to ten minutes after the last, while a quarter of the limit is free.
//
// The bound. The server grants no more than the limit, and a machine's slots end for itself before
// they end for the server. What a machine gives back it does not use from before it says so, and
// what it says is in flight it counts after that. So all machines together let in no more calls
// than the limit: the greatest one, while machines have different ones. Calls that go on for longer
// than the lease on a machine that is cut off are not among those: their slots go to others. Where
// the server forgot, calls in flight are at most the limit and what was forgotten, and fall, as
// machines tell their floors before they are given more.
//
// A slot that is held and idle costs use, and never the limit. Apart from the server for longer
// than a lease, a machine may have in flight what WhenApart says: its part of the limit by the
// fleet's size as it last was, at least one; the limit; or nothing. When it can ask again it lets
// in no more than are in flight then, until it was answered.
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class SlotLeases : public FleetCaller {
 public:
  struct Terms {
    int64_t limit = 1;
    int64_t lease_ns = 3'000'000'000;
    int64_t idle_ns = 1'000'000'000;  // after which slots are given back
    WhenApart when_apart = WhenApart::kLocal;
  };

  // key: of the limit, on the server. name: this machine's. left: what the agent before allowed.
  SlotLeases(const Terms& terms, std::string key, std::string name, FleetLink& link, SlotUse& use,
             const SlotUse::Allowance& left = {});

  // Looks at the machine's calls in flight and at how many were refused since, and asks for what it
  // needs.
  void step(int64_t refused, int64_t now);
  // When step() is to be called again at the latest; at once where calls were refused since.
  int64_t due() const { return due_; }
  void set_terms(const Terms& terms);
  // Of which the fleet is, as far as this machine knows.
  void set_machines(int64_t machines) { machines_ = std::max<int64_t>(machines, 1); }

  // How many slots it has from the server.
  int64_t slots(int64_t now) const { return now < ends_at_ ? held_ : 0; }
  // When those end that it holds, or ended.
  int64_t ends_at() const { return ends_at_; }
  // Nothing is in flight, held or asked for.
  bool is_idle() const { return !is_called_ && in_flight_ == 0 && held_ == 0 && refused_ == 0; }
  // Another agent has taken over: this one does nothing any more.
  bool is_over() const { return is_over_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  SlotUse::Allowance allowance(int64_t now) const;
  bool allow(const SlotUse::Allowance& allowance, int64_t now);
  void ask(int64_t now);
  int64_t wanted(int64_t now) const;
  void set_due(int64_t now);

  Terms terms_;
  const std::string key_, name_;
  FleetLink& link_;
  SlotUse& use_;
  int64_t machines_ = 1;
  int64_t held_ = 0, ends_at_ = 0;
  int64_t in_flight_ = 0;  // as of the last look
  int64_t refused_ = 0;
  // The most in flight since needed_at_, and in half of idle_ns before that.
  int64_t needed_ = 0, needed_before_ = 0, needed_at_ = 0;
  int64_t used_at_ = 0;  // when any was, or was refused
  int64_t renew_at_ = 0, ask_at_ = 0, due_ = 0;
  int64_t wanted_ = 0;  // by the last call
  int64_t frozen_ = 0;  // without the server, while it is asked again
  int64_t claimants_ = 1;
  int64_t free_ = 0;   // of the limit, as last heard
  int64_t unmet_ = 0;  // of the others
  bool is_called_ = false;
  bool is_apart_ = false;  // it could not ask, and was not answered since
  bool is_over_ = false;
};

}  // namespace og
