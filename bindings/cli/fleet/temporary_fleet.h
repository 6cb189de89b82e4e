// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"
#include "bindings/cli/replay/handle.h"

namespace og::cli {

using ScopeHandle = Handle<og_scope, &og_scope_destroy>;
using FleetHandle = Handle<og_fleet, &og_fleet_destroy>;

// A part in a fleet for a moment: in shared memory whose name is gone at once.
struct TemporaryFleet {
  ScopeHandle host, scope;
  FleetHandle fleet;

  // timeout_ms: of a command.
  static Result<TemporaryFleet> create(const std::string& name, int64_t timeout_ms);
};

Failure failure_of(og_error* error);

}  // namespace og::cli
