// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capi/src/handles.h"
#include "core/scope/host_scope.h"
#include "core/scope/place.h"

namespace og::capi {

// Where a noun's state is to lie: on the heap when there is no scope.
inline Result<Place> place_in(const og_scope* scope, const char* name) {
  if (!scope) return Place();
  if (!name) return fail(Status::kInvalidArgument, "name is NULL: a noun in a scope needs one");
  return Place(scope->scope->segment(), name);
}

}  // namespace og::capi
