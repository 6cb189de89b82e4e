// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace og {

// What Redis or Valkey runs as one step, on one key. A script is known by the SHA-1 of its text: so
// that two releases of the library with different ones share a server.
struct FleetScript {
  std::string_view name;
  std::string_view text;
  std::string_view sha;  // in hex; tests/integration/fleet_scripts_test.py compares it
};

}  // namespace og
