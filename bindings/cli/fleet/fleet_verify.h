// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bindings/cli/failure.h"

namespace og::cli {

// Whether a fleet of that name works on a server: this machine joins it for a moment, with objects
// of its own, over the client that is given, and leaves again.
Result<void> verify_server(const std::string& fleet, const std::vector<std::string>& client);

}  // namespace og::cli
