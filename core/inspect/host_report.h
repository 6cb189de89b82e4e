// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/scope/segment.h"

namespace og {

// What lies in a segment, as one JSON object, for those who look after a machine:
//
//   {"name", "bytes", "bytes_left",
//    "attachments": [{"pid", "command", "start_time"}],
//    "objects": [{"kind", "name", "options": {...}, "bytes", "state", "figures": {...},
//                 "added_up": {...},
//                 "hottest": [{"key", "denied"}]}],  of a damaged one "error" instead of figures
//    "faults": []}  when it is verified, which reads all of it
//
// The state is a breaker's, in words. The figures are what the
// object counts, under its metrics' names. Of metrics those added up are what the processes count
// each for itself and publish. A limiter's hottest keys are those most denied, cut at 96 bytes.
// start_time is in clock ticks since boot, as /proc/<pid>/stat has it. An object that a later
// release put there has no figures. A gauge that is NaN or infinite is null. What is not UTF-8 is
// U+FFFD, a byte each. No lock is taken but to verify: a process that was stopped with one keeps
// nobody from looking.
std::string host_report(const std::shared_ptr<Segment>& segment, bool verify);

}  // namespace og
