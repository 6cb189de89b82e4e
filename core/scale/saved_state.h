// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace og {

// A state's text: a head, of which the last letter before the blank is the version of what follows,
// and at its end a checksum.
std::string sealed(std::string text);
// What lies between; kBadValue, with why `whose` state it is not.
Result<std::string_view> unsealed(std::string_view saved, std::string_view head, const char* whose);

}  // namespace og
