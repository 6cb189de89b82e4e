// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// A breaker that machines share, in Redis or Valkey: a hash. Its field "" is what they agreed on:
// "1 generation until machines votes successes probes counted". 1 is the format. `until`: 0 while
// it is closed; when it is or was to be tried, while it is open or half-open (us since 1970, by the
// server). The four after it are sums over the other fields, as of `counted` or later. A machine's
// field is "1 ends generation vote successes probes until order": when all of it ends, of which
// generation its vote and its successes are, how many probes it may have out until when, and which
// of its commands that was.
//
// Each command is all that a machine has to say. So one that is lost is made good by the next, one
// that comes twice changes nothing, and neither does one that comes behind a later one.
//
//   closed -> open       votes of this generation reach the quorum: 2, or `part` of the machines
//   open -> half-open    by time: probes are granted
//   half-open -> open    a probe of this generation failed
//   half-open -> closed  enough probes of this generation succeeded
//
// Each step but the one by time begins a generation, which is greater than all before it: what was
// seen in an older one counts no more. Who has heard of a greater one than the server brings it
// back: a server that forgot goes on where it was. A generation is the time of its beginning, so
// that two servers do not begin the same.
//
// A machine is counted that spoke within the time of a vote; the quorum is of those, or of as many
// as the machine that speaks heard of lately: a server that forgot is told how many there were.
// Sums are over what ended too, until they are counted again: five times in the time of a vote, and
// before it opens. A command costs the same for any number of machines, but for those.
//
// Arguments: now (us; -1: the server's time), open (us that it refuses), vote (us that a machine's
// word holds), permits (probes at a time), permit (us that one has), threshold (successes that
// close it), part (%), machines, generation and until (as the machine heard them, 0 where it knows
// nothing), vote (1: its calls fail), successes, failed (1: a probe), keep (probes that it has out
// or may begin), left (us that those have), want (probes, where it keeps none), order (greater with
// each command of a machine), the machine's name.
// Answers: 1 (-1: the command is late, and nothing follows), generation, until, us until a probe is
// granted (0 where it is closed too), votes, quorum, machines, probes granted or kept.
extern const FleetScript kVotesScript;

}  // namespace og
