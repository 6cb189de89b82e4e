// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "capi/src/guard.h"

namespace og::capi {

// Gives a noun, the one member of its handle, other options while it is in use.
template <class Handle>
og_status reconfigure(Handle* handle, const og_config* config, og_error** error) noexcept {
  if (!handle) return report(error, Status::kNullHandle, "the handle is NULL");
  return guard(error, [&] {
    const auto& [noun] = *handle;
    return noun->reconfigure(config_or_empty(config));
  });
}

}  // namespace og::capi
