// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// A token bucket in Redis or Valkey: what a limiter's machines take from.
//
// State. One string, "1 level last period": the format, what the bucket holds, when it was last
// counted (us since 1970, by the server), and us a token. The level is in units. A token is
// `period` of them and a microsecond refills `count`, so that a rate of count in period us is
// exact. All of it are integers in Lua's doubles: burst * period is at most kMostUnits. A level is
// below 0 where machines have spent first and told later; what is more than kMostUnits below full
// is forgotten. A full bucket is no key: forgetting it grants nothing, so a key expires when it is
// full.
//
// The time is the server's. One that steps back by a second or less refills nothing until it is
// past where it was; by more, the bucket goes on from there, and the step is given once more at
// most.
//
// Change. A state whose period is another one keeps its whole tokens; what is over a smaller burst
// is dropped.
//
// Arguments of both: now (us; -1: the server's time), count, period, burst, and then their own.
// Source: the generic cell rate algorithm told by tokens; scripts of one key, so that they run on a
// cluster.
inline constexpr double kMostUnits = 9007199254740992.0;  // 2^53

// need, want, refund, share (%): adds `refund` tokens (below 0: takes as many, be they there or
// not), then takes `want` of them, or as many as there are, but no more than `share` of what is
// there; at least `need`, or none. Answers: taken; us until `need` are there (0 where they were
// taken, -1 never); tokens left; us until it is full.
extern const FleetScript kTakeScript;

// spent: takes as many, be they there or not. Answers: tokens left, below 0 where more were spent;
// us until there is one; us until it is full.
extern const FleetScript kSpentScript;

}  // namespace og
