// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/cache/cache_entry.h"
#include "outgrow/cache.h"

namespace og::capi {

// An og_value is an entry to which its holder has a reference: no handle to allocate on a hit.
inline og_value* hand_out(CacheValue value) { return reinterpret_cast<og_value*>(value.release()); }

}  // namespace og::capi
