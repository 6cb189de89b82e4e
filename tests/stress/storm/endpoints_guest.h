// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/stress/storm/guest.h"

namespace og::storm {

std::unique_ptr<Guest> endpoints_guest();

}  // namespace og::storm
