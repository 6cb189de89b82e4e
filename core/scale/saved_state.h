// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/clock.h"
#include "core/base/status.h"
#include "core/scale/state_archive.h"

namespace og {

// A state's text: a head, of which the last letter before the blank is the version of what follows,
// and at its end a checksum.
std::string sealed(std::string text);
// What lies between; kBadValue, with why `whose` state it is not.
Result<std::string_view> unsealed(std::string_view saved, std::string_view head, const char* whose);

// What to add to the clock's time to get UTC; a manual clock counts from the epoch.
int64_t offset_to_utc(const Clock& clock);

// Reads what was saved by a clock of another beginning, which the body begins with, as it is by one
// of `clock_began`: who saved did so no later than now. A time then comes first, that of the save.
StateArchive resumed(std::string_view body, int64_t clock_began, int64_t now);

}  // namespace og
