// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capi/src/guard.h"
#include "core/scope/place.h"

namespace og::capi {

// Where a noun's state is to lie: on the heap when there is no scope. The name is for its messages
// then, and may be NULL.
inline Result<Place> place_in(const og_scope* scope, const char* name) {
  if (!scope) return Place(HeapScope::instance(), name ? name : "");
  if (!name) return fail(Status::kInvalidArgument, "name is NULL: a noun in a scope needs one");
  return Place(scope->scope, name);
}

// Creates a noun that can lie in a scope: make(place) gives what its handle holds.
template <class Handle, class Make>
og_status guard_create_in(const og_scope* scope, const char* name, Handle** out, og_error** error,
                          Make&& make) noexcept {
  return guard_create(out, error, [&]() -> Result<Handle> {
    auto place = place_in(scope, name);
    if (!place) return tl::unexpected(place.error());
    auto made = std::forward<Make>(make)(*place);
    if (!made) return tl::unexpected(made.error());
    return Handle{std::move(*made)};
  });
}

}  // namespace og::capi
