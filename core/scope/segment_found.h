// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/scope/free_space.h"
#include "core/scope/object_extent.h"
#include "core/scope/segment.h"

namespace og {

// An object that was found: its record's number, and what that said when it was looked at.
struct Segment::Found : Seen {
  uint32_t number;
};

inline FreeSpace Segment::free_space() const noexcept { return {records(), shape_}; }

}  // namespace og
