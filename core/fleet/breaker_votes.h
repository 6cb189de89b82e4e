// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/fleet/link.h"

namespace og {

// A breaker of a fleet, as one machine of it has it.
//
// Each machine judges by its own calls, with a breaker of its own, which goes on as if there were
// no fleet. While that one is open the machine votes. At 2 votes, or 30 % of the machines if that
// is more, the fleet opens: then every machine refuses, those too that have seen nothing yet. So a
// machine whose own cable is bad stops its own calls, and nobody else's. When the fleet is to be
// tried, machines whose calls are refused ask for probes. The server lets out no more than
// `permits` of them at a time over all machines. One that fails opens the fleet again; enough that
// succeed close it, and each machine's own breaker with it. Machines count that have had calls of
// late.
//
// A machine that is alone, or apart from the server, has its own breaker and nothing else. It is
// alone where the server has heard of no other: a quorum of one would let a machine open a fleet
// that it has not found yet. What the fleet agreed on holds for three polls after it was last
// heard.
//
// Times, where messages arrive. A vote is told at once. Each machine hears of what the fleet agreed
// on within poll_ns, and a machine without calls with its first. So from the last vote to every
// machine's refusal it takes poll_ns and a round trip. A machine asks for a probe within a tenth of
// poll_ns after the fleet is to be tried, and one that got none, again within poll_ns. A probe
// whose machine died comes back after permit_ns and a fifth of vote_ns. One that no call takes is
// given back after twice the time between the machine's last two calls, and poll_ns at least. A
// machine whose probe failed leaves the next ones to others for a poll: its cable may be bad.
//
// Messages. One in poll_ns from a machine that has had calls in vote_ns; one more for a vote, for
// asking for a probe and for each probe's end; no more than 50 a second ever.
//
// Bounds. Probes out are at most `permits`: a machine's end for itself before they end for the
// server. Those that last longer than permit_ns are not among them. A server that forgot is told by
// the next machine that speaks what was agreed on, and by each that has probes how many. Until all
// have spoken it may have let out as many again: 2 * permits, once each time that it forgets.
//
// Endpoints of a balancer vote on their health in the same way, a key and a FleetBreaker each.
//
// Workers need one load: what verdict() tells lies in the segment (voted_object.h), and that the
// fleet has it open in the breaker's own word (verdict_teller.h).
//
// Sources: Nygard, Release It! (2007), for the breaker; the votes are those of a failure detector
// with a quorum. State that each message tells whole: Shapiro et al., Conflict-free Replicated Data
// Types (2011).
//
// Not safe from several threads: one agent of a machine has it. Time is given.
class FleetBreaker : public FleetCaller {
 public:
  struct Terms {
    int64_t open_ns = 60'000'000'000;  // that it refuses before it is tried
    int64_t success_threshold = 3;     // probes that close it
    int64_t permits = 1;               // probes at a time
    int64_t permit_ns = 10'000'000'000;
    int64_t vote_ns = 10'000'000'000;  // that a machine's word holds: several polls
    int64_t poll_ns = 1'000'000'000;
    int64_t quorum = 30;  // % of the machines, but 2 at least
  };

  // What an agent tells of itself and of the workers.
  struct Own {
    bool is_failing = false;  // the machine's own breaker is not closed
    // Since the last step:
    int64_t calls = 0;                    // that came
    int64_t refused = 0;                  // of those, for want of a probe
    int64_t ended = 0;                    // probes, before their time was over
    int64_t successes = 0, failures = 0;  // of those that were begun in `generation`
    int64_t generation = 0;
    // Now:
    int64_t probing = 0;  // probes out, whose time is not over
  };

  // What workers go by.
  struct Verdict {
    int64_t generation = 0;   // of the fleet's breaker; 0: not known
    int64_t until = 0;        // 0: closed; else it refuses all but probes. us, the server's
    int64_t holds_until = 0;  // ns; after that the own breaker has all to say
    int64_t tried_at = 0;     // ns: when probes are granted, while it is open
    int64_t probes = 0;       // that may be out, with those that are
    int64_t probes_end = 0;   // ns
    bool may_begin = false;   // a probe, where fewer are out; not where one has failed

    bool operator==(const Verdict&) const = default;
  };

  // key: of the breaker, on the server. name: this machine's since it was started. epoch: greater
  // with each agent of the machine. seed: of when it polls. last: what workers go by as yet. now:
  // for an agent that has had one of this key before; else 0.
  FleetBreaker(const Terms& terms, std::string key, std::string name, FleetLink& link,
               int64_t epoch, uint64_t seed, const Verdict& last, int64_t now = 0);

  // Makes the call that is due. Called at least every 100 ms while there are calls. What it tells
  // the server that the machine keeps is no less than what verdict() told the workers before the
  // step: where that falls, the call is made by the next step, which is due at once, with what the
  // workers have begun meanwhile.
  void step(const Own& own, int64_t now);
  void set_terms(const Terms& terms) { terms_ = terms; }
  int64_t due() const;

  bool is_open(int64_t now) const { return verdict_.until != 0 && now < verdict_.holds_until; }
  // How many may be out.
  int64_t probes(int64_t now) const { return now < verdict_.probes_end ? verdict_.probes : 0; }
  const Verdict& verdict() const { return verdict_; }

  // As last heard; what was agreed on may be another thing by now.
  int64_t votes() const { return votes_; }
  int64_t quorum() const { return quorum_; }
  int64_t machines() const { return machines_; }

  struct Counts {
    int64_t calls = 0;
    int64_t opened = 0;  // times that it heard so, of each generation
    int64_t closed = 0;  // the machine's own breaker is to begin anew
  };
  const Counts& counts() const { return counts_; }

  void answered(uint64_t tag, const FleetAnswer& answer, int64_t now) override;

 private:
  bool has_news() const;
  bool is_active(int64_t then) const;
  bool is_due(int64_t now) const;
  bool is_idle(int64_t now) const;  // a probe that may be begun, for too long
  int64_t longest_unused() const { return std::max(terms_.poll_ns, 2 * gap_); }
  bool may_ask(int64_t now) const;
  void call(int64_t now);
  void heard(int64_t generation, int64_t until, int64_t wait_ns, int64_t now);
  int64_t some_of(int64_t ns) {
    return static_cast<int64_t>(random_.below(static_cast<uint64_t>(ns) + 1));
  }

  Terms terms_;
  const std::string key_, name_;
  FleetLink& link_;
  Random random_;
  Verdict verdict_;
  int64_t order_;
  int64_t probes_of_;  // the generation in which they were granted

  // Of the workers.
  bool is_failing_ = false;
  bool has_calls_ = false;
  int64_t called_at_ = 0, gap_ = 0;  // the last call, and the time before it
  int64_t refused_ = 0;              // since it asked for probes
  int64_t probing_ = 0;
  int64_t unused_since_ = 0;  // of a probe, while there is one
  bool gives_back_ = false;   // such a one, which the server is to hear of
  bool is_fewer_ = false;     // probes than before the last step

  // Of this generation.
  int64_t successes_ = 0;
  bool failed_ = false;
  bool failed_before_ = false;  // in the last that was open

  // What the server knows of it, where it answered.
  struct Said {
    int64_t generation = 0;
    bool is_failing = false;
    int64_t successes = 0;
    int64_t keep = 0, want = 0;
  };
  Said sent_, said_;
  bool is_called_ = false;
  int64_t ended_since_ = 0;  // probes, since the call
  int64_t poll_at_ = 0, retry_at_ = 0, ask_at_ = 0;

  int64_t votes_ = 0, quorum_ = 2;
  int64_t machines_ = 1, machines_at_ = 0;
  Counts counts_;
};

}  // namespace og
