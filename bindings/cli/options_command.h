// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// Prints the options of a noun, as the library describes them, and the replay's own keys of that
// section, in TOML: each with what it means, at its default. "replay" prints the sections that a
// replay's configuration may have, "" all there are.
Result<void> print_options(const std::string& noun);

}  // namespace og::cli
