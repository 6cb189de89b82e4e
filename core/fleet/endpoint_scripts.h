// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/script.h"

namespace og {

// Who is in a set of endpoints that machines share, and with which weight, in Redis or Valkey: a
// sorted set. What is known of an endpoint is a text, "name weight stamp zone" (endpoint_word.h).
// Its members, with their scores:
//
//   1 born version sum count   0         1 is the format; when the set began; its last version; of
//                                        those in the set the sum (endpoint_sum) and how many
//   :name weight stamp zone    version   a word of an endpoint: the last one
//   =name                      version   where that word stands
//   -name                      -stamp    of one that was removed besides
//
// A version is the time of the change (us since 1970, by the server), and greater than all before
// it. So two servers, of which one went on where the other had been, do not number alike. Whoever
// has read on to a version asks for what came later. The sum tells whether that was all: a server
// that lost some of what it had, or has more, has another sum than who knows it.
//
// Of two words of an endpoint the one with the greater stamp holds, with equal stamps the one with
// the greater weight; else the one that is there. So a command that is lost is made good by the
// next, and one that comes twice, late or behind a later one changes nothing.
//
// A removed endpoint is kept as a word for `keep` after its stamp, and then dropped: up to 16 with
// each command, before it puts what it tells. The key ends when nobody has spoken for `keep` and an
// hour.
//
// A command that tells nothing and finds nothing new costs the same for any number of endpoints
// (but for its logarithm), and writes nothing; one that tells or finds n costs n.
//
// Arguments: now (us; -1: the server's time), since (a version), most (words in an answer), keep
// (us), words of endpoints with blanks between them, or ".".
// Answers: now, born (0: nothing is there), version, reached (the version up to which this answer
// tells all: less than the last where there is more), sum, count; then words: of those told that
// do not hold the word that does, and those that came after `since`, in order.
extern const FleetScript kEndpointsScript;

}  // namespace og
