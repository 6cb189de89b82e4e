// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/cache/s3_fifo.h"

namespace og {

// The evictions that a cache can have. The first is the one that it has: with a second comes an
// option whose words are these.
inline constexpr EvictionRow kEvictions[] = {kS3Fifo};

}  // namespace og
