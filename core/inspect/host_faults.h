// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/scope/segment.h"

namespace og {

// What is wrong with a segment and the objects in it, a line a fault, while others use it: nothing
// in a sound one, whoever died in it and wherever.
Result<std::vector<std::string>> host_faults(const std::shared_ptr<Segment>& segment);

}  // namespace og
