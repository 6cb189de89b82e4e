// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/fleet/reply.h"

namespace og {

// Commands and replies as Redis and Valkey speak them (RESP2): a driver that has a socket of its
// own can send the one and hand over the other as they are; one over a client takes the words.

// Appends a command.
void append_resp(std::string& out, const std::vector<std::string>& words);

// Reads one reply that is whole, and nothing behind it. Lists may hold lists, to a depth of 4.
Result<FleetReply> parse_resp(std::string_view text);

}  // namespace og
