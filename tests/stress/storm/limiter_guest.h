// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/stress/storm/guest.h"

namespace og::storm {

std::unique_ptr<Guest> token_bucket_guest();
std::unique_ptr<Guest> sliding_window_guest();
// A table that is always full, whose keys come and go.
std::unique_ptr<Guest> crowded_limiter_guest();

}  // namespace og::storm
