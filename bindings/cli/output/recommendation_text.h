// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/replay/recommend.h"

namespace og::cli {

// A section of a configuration in TOML, with what it came to as comments above it.
std::string to_text(const Recommendation& recommendation);

}  // namespace og::cli
