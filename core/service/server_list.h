// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"

namespace og {

struct ListedServer {
  std::string name;
  int64_t weight = 1;
};

// "10.0.0.1:80=5, 10.0.0.2:80": names with weights, 1 where none is said. Empty text is no server.
Result<std::vector<ListedServer>> parse_servers(std::string_view text);

}  // namespace og
