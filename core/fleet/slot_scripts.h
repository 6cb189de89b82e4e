// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// Slots of a limit of calls in flight, in Redis or Valkey, that machines hold for a while: a hash,
// each machine's field "1 slots until unmet order": the format, how many it holds, until when (us
// since 1970, by the server), how many more it asked for than it got, and which of its commands
// that was. What has ended is nobody's. A command that comes behind a later one changes nothing:
// the machine counts on what that one gave.
//
// Arguments: now (us; -1: the server's time), limit, lease (us), floor, want, order (greater with
// each command), the machine's name.
// The machine holds `want` slots from now on, or as many as the others leave of the limit, but at
// least `floor`: its calls in flight. A server that forgot the hash is told so by each machine's
// floor; until all have, and are below the limit, nobody gets more. Answers: held (-1: the
// command is late); free, below 0
// where floors are over the limit; machines that hold or
// want some, with this one; how many more the others asked for.
extern const FleetScript kSlotsScript;

}  // namespace og
