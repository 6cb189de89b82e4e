// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// The machines of a fleet, in Redis or Valkey: a sorted set of their names, by when each is thought
// gone (us since 1970, by the server). Each says that it is there before that. So one that is cut
// off goes by itself, and one that leaves goes at once. A server that forgets the set knows it
// again after a third of the time to live.
//
// Arguments: now (us; -1: the server's time), time to live (us; 0: it leaves), the machine's name.
// Answers how many there are, with this one.
extern const FleetScript kBeatScript;

}  // namespace og
