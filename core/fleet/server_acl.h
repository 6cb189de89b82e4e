// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/status.h"

namespace og {

// The command that gives a user of the server what a fleet needs there, and nothing else. Which
// commands those are is read from the scripts themselves.
Result<std::string> fleet_acl(std::string_view fleet, std::string_view user);

}  // namespace og
