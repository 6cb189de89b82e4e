// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// Prints the options of a noun in TOML, as the library describes them: each with what it means, at
// its default. "replay" prints the sections that a replay's configuration may have, with the
// replay's own keys and defaults, "" all there are.
Result<void> print_options(const std::string& noun);

}  // namespace og::cli
