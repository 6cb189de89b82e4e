// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// How the fleets are that a machine has a part in, by its segment. fleet: that one alone; empty:
// all of them.
Result<void> show_fleets(const std::string& segment, const std::string& fleet, bool as_json);

}  // namespace og::cli
