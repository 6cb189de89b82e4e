// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/fleet/link.h"

namespace og {

// How many calls one machine may have in flight, of a limit that its fleet shares. The machine
// holds slots for lease_ns, counted from when they were asked for, and renews them three times in
// that. It wants twice as many when calls were refused, at least as many as were; and gives back
// those that were idle for a second. When other machines asked for more than they got, it gives
// back at its next renewal what is idle and what is more than its part of the limit, as its calls
// end.
//
// The bound. The server grants no more than the limit, and a machine's slots end for itself before
// they end for the server. So all machines together let in no more calls than the limit. Calls that
// go on for longer than the lease on a machine that is cut off are not among those: their slots go
// to others. Where the server forgot, calls in flight are at most the limit and what was forgotten,
// and fall, as machines tell their floors before they are given more.
//
// A slot that is held and idle costs use, and never the limit. Apart from the server for longer
// than a lease, the machine has none: what it lets in then is the caller's to say.
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class SlotLeases : public FleetCaller {
 public:
  struct Terms {
    int64_t limit = 1;
    int64_t lease_ns = 3'000'000'000;
    int64_t idle_ns = 1'000'000'000;  // after which slots are given back
  };

  // key: of the limit, on the server. name: this machine's.
  SlotLeases(const Terms& terms, std::string key, std::string name, FleetLink& link)
      : terms_(terms), key_(std::move(key)), name_(std::move(name)), link_(link) {}

  // Looks at the machine's calls in flight and those that were refused since, and asks for what it
  // needs. Called at least every 10 ms while there are calls.
  void step(int64_t in_flight, int64_t refused, int64_t now);
  int64_t due() const;

  // How many calls may be in flight then; less than those that are where slots have ended.
  int64_t slots(int64_t now) const { return now < ends_at_ ? held_ : 0; }
  // When those end that it holds, or ended.
  int64_t ends_at() const { return ends_at_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  const Terms terms_;
  const std::string key_, name_;
  FleetLink& link_;
  int64_t held_ = 0, ends_at_ = 0;
  int64_t refused_ = 0;
  int64_t needed_ = 0, needed_at_ = 0;  // the most in flight of late, and when it was so many
  int64_t renew_at_ = 0, ask_at_ = 0;
  int64_t wanted_ = 0;  // by the last call
  int64_t claimants_ = 1;
  int64_t unmet_ = 0;  // of the others
  bool is_called_ = false;
};

}  // namespace og
