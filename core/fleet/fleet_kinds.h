// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/fleet/served.h"
#include "core/scope/scope.h"

namespace og {

// A kind of object that can lie in a fleet.
struct FleetKind {
  CellKind noun;        // as its noun asks for it
  CellKind in_host;     // as it lies in the host's scope
  CellLayout layout;    // there: of the head and of the noun's own
  uint64_t head_bytes;  // that the agent must know, before the noun's own; whole cache lines
  // Nothing where the cells are not sound, or where nobody asks for anything.
  // name: in the host's scope.
  std::unique_ptr<Served> (*serve)(Scope::Cells cells, const std::string& name,
                                   const Served::Agent& agent);
};

// Listed above all of them, in core/inspect.
std::span<const FleetKind> fleet_kinds();
const FleetKind* fleet_kind_of(CellKind noun);

}  // namespace og
