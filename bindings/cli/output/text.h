// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/replay/comparison.h"
#include "bindings/cli/replay/summary.h"

namespace og::cli {

// The summary for a terminal of 80 columns.
std::string to_text(const Summary& summary);
// Both side by side, and whom one of them alone denies.
std::string to_text(const Comparison& comparison);

}  // namespace og::cli
