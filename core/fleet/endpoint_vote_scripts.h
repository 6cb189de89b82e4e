// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// Which endpoints of a set the machines of a fleet find unhealthy, in Redis or Valkey: a hash.
//
//   ""        "1 born version machines counted"  1 is the format; when it began, the version of
//             what more than one machine votes for, how many machines there are, when they were
//             last counted
//   "="       "name count name count ..."        how many machines vote for each; no 0
//   ":machine"  "1 ends order told"              when its votes end, its last command, and the one
//             that told which they are (0: none has)
//   "-machine"  "name name ..."                  those, where there are some
//
// Times are us since 1970, by the server. A version is the time of the change, and greater than all
// before it. Names are printable ASCII without blanks.
//
// Each command says that a machine is there, and may tell all that the machine votes for. So one
// that is lost is made good by the next, one that comes twice changes nothing, and neither does one
// that comes behind a later one. A machine learns from each answer which of its commands told what
// the server has of it, and so that a server has forgotten.
//
// Counts are kept by difference. What a machine said ends `vote` after its last command. Those that
// ended are counted until they are looked for: five times in `vote`. Where most of the machines are
// found to have ended, or the clock stands before `born`, or a machine has heard of a version that
// is yet to come, it begins anew: what is left says little until all have spoken again.
//
// A command that tells nothing and finds no other version costs the same for any number of
// endpoints and machines. One that tells costs what it tells and what there is to count; one that
// finds another version, what there is to count. Looking for those that ended costs a short word a
// machine.
//
// Arguments: now (us; -1: the server's time), vote (us), most (names in an answer), has (the
// version that the caller has; 0: none), tells (1: what the machine votes for follows), order
// (greater with each command of a machine), the machine's name, and behind it after a blank the
// endpoints' names with blanks between them.
// Answers: 1 (-1: the command is late, and nothing follows), us since it began, version, machines,
// told; and where the version is not the caller's, "name count ...": those with more than one vote,
// at most `most` of them, those with most votes before others, of equal ones those that were told
// of first.
extern const FleetScript kEndpointVotesScript;

}  // namespace og
