// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// `outgrow host`: the segments that the processes of this machine share.

// One line each: name, size, objects, processes.
Result<void> list_segments(bool as_json);
// What lies in one: its processes, its objects and what they count.
// With verify, a segment that does not hold together is a failure.
Result<void> show_segment(const std::string& name, bool as_json, bool verify);
// Removes the name; says who goes on with what was there.
Result<void> remove_segment(const std::string& name);

}  // namespace og::cli
