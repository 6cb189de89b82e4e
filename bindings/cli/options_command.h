// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// The options of a noun, as the library describes them, and the replay's own keys of that section.
// "" prints all nouns and sections.
Result<void> print_options(const std::string& noun);

}  // namespace og::cli
