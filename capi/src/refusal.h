// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "capi/src/guard.h"

namespace og::capi {

// What a noun says of a wait that it refused with: say(handle) gives the text.
template <class Handle, class F>
og_status refusal(Handle* noun, int64_t wait_ns, og_text** out, og_error** error,
                  F&& say) noexcept {
  return guard_create(out, error, [&]() -> Result<og_text> {
    if (!noun) return fail(Status::kNullHandle, "the noun is NULL");
    if (wait_ns < 0) {
      return fail(Status::kInvalidArgument,
                  "wait_ns cannot be " + std::to_string(wait_ns) + ": a wait is 0 or more",
                  "wait_ns");
    }
    return og_text{say(*noun)};
  });
}

}  // namespace og::capi
