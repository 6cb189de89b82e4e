// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bindings/cli/failure.h"

namespace og::cli {

// A configuration's text, 1 MiB at most.
Result<std::string> read_small_file(const std::string& path);

// Whether writing a report leaves what was read as it is: they may be the same file.
Result<void> check_kept(const std::string& written, const std::string& read);

}  // namespace og::cli
